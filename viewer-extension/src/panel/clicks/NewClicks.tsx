import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { AskingApi } from '../../client/asking.js';
import { laterStrings } from '../../client/laterStrings.js';
import { useRights } from '../../client/rights.js';
import type { Trouble } from '../../client/trouble.js';
import { NameField } from '../ask/NameField.js';
import type { HostView } from '../host.js';
import { TroubleText } from '../TroubleText.js';
import { toTrouble } from '../toTrouble.js';
import { ClickBar } from './ClickBar.js';
import { isNew } from './clicking.js';
import type { Naming } from './clickParts.js';
import type { ClickStore } from './clickStore.js';
import { clickStoreOf, type PanelStores } from './clickStoreOf.js';
import { OpenDraft } from './OpenDraft.js';

const texts = laterStrings.clicks;

interface NewClicksProps extends PanelStores {
  readonly api: Pick<AskingApi, 'suggest'>;
  readonly view: HostView;
}

/** Something new that gets a name or is clicked on, and what was left open. */
export function NewClicks({ api, view: { series, others = [], studyInstanceUID }, boxes, ...panel }: NewClicksProps) {
  const clicks = clickStoreOf(panel);
  const { naming, clicking, drafts, ended } = useSyncExternalStore(clicks.subscribe, clicks.state);
  const mayClick = useRights().may('jobs:write');
  useEffect(() => {
    if (mayClick && studyInstanceUID !== undefined) void clicks.learn(studyInstanceUID);
  }, [clicks, mayClick, studyInstanceUID]);
  if (naming) return <NewName key={naming.series.seriesInstanceUID} api={api} clicks={clicks} naming={naming} />;
  if (clicking !== undefined && 'made' in clicking.of)
    return <ClickBar key={clicking.of.made.id} clicks={clicks} clicking={clicking} />;
  const imagesOf = (uid: string) =>
    [...(series ? [series] : []), ...others].find((each) => each.seriesInstanceUID === uid);
  return (
    <>
      {ended !== undefined && ended.sopInstanceUID === undefined && (
        <p className="promptseg-muted" role="status" data-promptseg="clicks-ended">
          {ended.sentence}
        </p>
      )}
      {drafts
        .filter(isNew)
        .filter((draft) => draft.clicks.length > 0)
        .map((draft) => (
          <OpenDraft
            key={draft.id}
            clicks={clicks}
            draft={draft}
            name={draft.target.name}
            onGoOn={() => {
              boxes.cancel();
              void clicks.goOn(draft, imagesOf(draft.seriesInstanceUID));
            }}
          />
        ))}
    </>
  );
}

interface NewNameProps {
  readonly api: Pick<AskingApi, 'suggest'>;
  readonly clicks: ClickStore;
  readonly naming: Naming;
}

/** The name comes first: it decides the code and the colour. */
function NewName({ api, clicks, naming }: NewNameProps) {
  const [name, setName] = useState('');
  const [isSending, setSending] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const canBegin = name.trim() !== '' && !isSending;
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    if (!canBegin) return;
    setSending(true);
    setTrouble(undefined);
    try {
      await clicks.beginNew(naming, name.trim());
    } catch (error) {
      setTrouble(toTrouble(error));
    } finally {
      setSending(false);
    }
  };
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === 'Escape') clicks.name(undefined);
  };
  return (
    <form
      className="promptseg-edit"
      aria-label={texts.new}
      onSubmit={(event) => void onSubmit(event)}
      onKeyDown={onKeyDown}
      data-promptseg="new-clicks"
    >
      <p>{texts.new}</p>
      <NameField api={api} series={naming.series} name={name} onName={setName} field={field} part="click-name" />
      {trouble && <TroubleText trouble={trouble} />}
      <div className="promptseg-buttons">
        <button type="submit" className="promptseg-primary" aria-disabled={!canBegin} data-promptseg="begin-clicks">
          {isSending ? texts.work.beginning : texts.begin}
        </button>
        <button
          type="button"
          className="promptseg-plain"
          onClick={() => clicks.name(undefined)}
          data-promptseg="cancel-name"
        >
          {texts.cancel}
        </button>
      </div>
    </form>
  );
}
