import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { SegmentationRequest } from '../../../../server/contract/job.js';
import { followAccount, type KnownAccount } from '../../client/account.js';
import type { Api } from '../../client/api.js';
import { RightsContext, rightsOf } from '../../client/rights.js';
import { language } from '../../client/strings/language.js';
import { strings } from '../../client/strings.js';
import { Ask } from '../ask/Ask.js';
import { addPrompts } from '../ask/question.js';
import { useKeptQuestion } from '../ask/useKeptQuestion.js';
import type { BoxStore } from '../boxes/boxStore.js';
import { JobList } from '../cards/JobList.js';
import type { Host } from '../host.js';
import { Lazy, LazyPart } from '../Lazy.js';
import type { JobStore } from '../results/jobStore.js';
import type { ResultStore } from '../results/resultStore.js';
import { useShortcuts } from '../useShortcuts.js';
import { ConnectionNotice } from './ConnectionNotice.js';
import { ViewerTools } from './ViewerTools.js';

/** Not needed if there is no log-in. */
const accountLine = new LazyPart(async () => (await import('./later.js')).AccountLine);
const newBox = new LazyPart(async () => (await import('./later.js')).NewBox);
const clickSomething = new LazyPart(async () => (await import('./later.js')).ClickSomething);
const newClicks = new LazyPart(async () => (await import('./later.js')).NewClicks);
const keysHelp = new LazyPart(async () => (await import('./later.js')).KeysHelp);

interface PanelProps {
  readonly host: Host;
  readonly api: Api;
  readonly store: JobStore;
  readonly results: ResultStore;
  readonly boxes: BoxStore;
}

/** The whole panel: the series, the prompt, the results. */
export function Panel({ host, api, store, results, boxes }: PanelProps) {
  const view = useSyncExternalStore(host.subscribe, host.view);
  const { studyInstanceUID, series } = view;
  const state = useSyncExternalStore(store.subscribe, store.state);
  const [question, setQuestion] = useKeptQuestion();
  const [account, setAccount] = useState<KnownAccount>();
  const rights = useMemo(() => rightsOf(account), [account]);
  const box = useRef<HTMLInputElement>(null);
  const panel = useRef<HTMLElement>(null);
  const [helps, setHelps] = useState(false);
  useShortcuts({
    '/': () => {
      box.current?.focus();
      return box.current !== null;
    },
    '?': () => {
      setHelps(!helps);
      return true;
    },
    escape: () => {
      setHelps(false);
      return helps;
    },
  });

  useEffect(() => followAccount(host.authorization, setAccount), [host]);

  const { modalities, boxing } = useSyncExternalStore(boxes.subscribe, boxes.state);
  const isLost = state.connection === 'lost';
  useEffect(() => {
    if (!isLost) void boxes.learn();
  }, [boxes, isLost]);

  useEffect(() => {
    if (studyInstanceUID !== undefined) void store.openStudy(studyInstanceUID);
  }, [store, studyInstanceUID]);

  const suggest = (name: string) => {
    setQuestion((now) => addPrompts(now, [name]));
    box.current?.focus();
  };
  const stores = { host, store, results, boxes };
  return (
    <RightsContext.Provider value={rights}>
      <section className="promptseg" aria-label={strings.title} lang={language} ref={panel} tabIndex={-1}>
        <Ask
          api={api}
          view={view}
          onBox={
            series && series.unsuited === undefined && modalities.includes(series.modality)
              ? (stack) => void boxes.begin({ series, stack })
              : undefined
          }
          otherwise={host.refine && <Lazy part={clickSomething} props={{ ...stores, series, question }} />}
          onOpen={host.open}
          sending={state.sending > 0}
          away={isLost}
          box={box}
          onHelp={() => setHelps(!helps)}
          question={question}
          onQuestion={setQuestion}
          onSubmit={(request) => store.submit(onShownImage(request, host))}
        />
        {boxing && 'series' in boxing.of && <Lazy part={newBox} props={{ api, boxes, series: boxing.of.series }} />}
        {host.refine && <Lazy part={newClicks} props={{ ...stores, api, view }} />}
        {helps && <Lazy part={keysHelp} props={{ onClose: () => setHelps(false) }} />}
        <JobList
          panel={panel}
          host={host}
          view={view}
          store={store}
          results={results}
          boxes={boxes}
          onSuggestion={suggest}
        />
        {account !== 'out' && <ConnectionNotice connection={state.connection} />}
        {hasAccountLine(account) && <Lazy part={accountLine} props={{ account }} />}
        <p className="promptseg-fine">{strings.researchOnly}</p>
        {host.tools && <ViewerTools tools={host.tools} results={results} />}
      </section>
    </RightsContext.Provider>
  );
}

/** Without a log-in there is nothing to show, unless it is missing. */
const hasAccountLine = (account: KnownAccount | undefined): account is KnownAccount =>
  account !== undefined && (account === 'out' || account.kind !== 'nobody' || account.withoutLogIn === true);

/** For single images, the image on screen is meant, unless another one was chosen. */
function onShownImage(request: SegmentationRequest, { shownImage }: Host): SegmentationRequest {
  const stack = request.stack ?? shownImage?.();
  return stack === undefined ? request : { ...request, stack };
}
