import { type Dispatch, type ReactNode, type RefObject, type SetStateAction, useId, useState } from 'react';
import type { SegmentationRequest } from '../../../../server/contract/job.js';
import type { AskingApi } from '../../client/asking.js';
import { useRights } from '../../client/rights.js';
import { strings } from '../../client/strings.js';
import type { Host, HostView } from '../host.js';
import { Lazy } from '../Lazy.js';
import { TroubleText } from '../TroubleText.js';
import { choiceForSeries, chosenModel } from './chosenModel.js';
import { DrawerButton, useDrawers } from './Drawers.js';
import {
  browse,
  modelChoice,
  outputOptions,
  promptHints,
  promptSets,
  recentList,
  unknownParts,
  unreadableSeries,
} from './lazyParts.js';
import { outputOf, storedOutput, storeOutput } from './output.js';
import { UnderstoodParts } from './Parts.js';
import { PromptField } from './PromptField.js';
import { lastPart, replacePart } from './promptParts.js';
import { addPrompts, askedOf, nothingAsked, promptsOf, type Question, requestOf } from './question.js';
import { isUnknown, readingOf } from './reading.js';
import { forgetPrompts, recentPrompts, rememberPrompts } from './recentPrompts.js';
import { recognitionOf } from './recognition.js';
import { SeriesHeader } from './SeriesHeader.js';
import { StackSelect } from './StackSelect.js';
import { seriesProblem } from './seriesProblem.js';
import { useModels } from './useModels.js';
import { isCurrent, partsOf, useResolution } from './useResolution.js';
import { useRun } from './useRun.js';
import { useStacks } from './useStacks.js';
import { useSuggestions } from './useSuggestions.js';

const drawerNames = ['model', 'browse', 'sets', 'recent', 'options'] as const;

interface AskProps {
  readonly api: AskingApi;
  readonly view: Pick<HostView, 'series' | 'noImages' | 'others'>;
  /** Begins to draw a box; absent where none can be drawn on the series. */
  readonly onBox: ((stack: string | undefined) => void) | undefined;
  /** Another way to ask, beside boxes. */
  readonly otherwise: ReactNode;
  /** Puts another series into the viewport; absent where the viewer cannot. */
  readonly onOpen: Host['open'];
  readonly sending: boolean;
  /** The server does not respond. */
  readonly away: boolean;
  readonly box: RefObject<HTMLInputElement>;
  /** Shows and hides what the keys do. */
  readonly onHelp: () => void;
  readonly question: Question;
  readonly onQuestion: Dispatch<SetStateAction<Question>>;
  /** @returns whether the server accepted it */
  readonly onSubmit: (request: SegmentationRequest) => Promise<boolean>;
}

/** The question: which images, what to segment, what it is understood as, by which model, and what to store. */
export function Ask({
  api,
  view,
  onBox,
  otherwise,
  onOpen,
  sending,
  away,
  box,
  onHelp,
  question,
  onQuestion,
  onSubmit,
}: AskProps) {
  const id = useId();
  const { series } = view;
  const [open, setOpen] = useState(false);
  const [output, setOutput] = useState(storedOutput);
  const [recent, setRecent] = useState(recentPrompts);
  const drawers = useDrawers(drawerNames);
  const seriesModels = useModels(api, series, away);
  const { served } = seriesModels;
  const models = served?.models ?? [];
  const modality = series?.modality ?? '';

  const { model: chosen, wait: choiceIsOpen } = choiceForSeries(question.model, seriesModels);
  const prompts = promptsOf(question);
  const resolution = useResolution(api, prompts, series, chosen, away);
  const stacks = useStacks(api, series, prompts.length > 0 && !away);
  const current = isCurrent(resolution, prompts);
  const reading = readingOf(resolution, prompts);
  const { typed } = lastPart(question.text);
  const suggested = useSuggestions(api, open ? typed : undefined, series, chosen);

  const draft = partsOf(resolution, question.text) ?? [];
  const [name, otherName] = suggested.suggestions;
  const isTypedOut = otherName === undefined && name?.name.toLowerCase() === typed.toLowerCase();
  // What merely comes near is offered where the text is not understood.
  const draftIsKnown = current && !draft.some(isUnknown);
  const listing = open && name !== undefined && !isTypedOut && (!suggested.near || draftIsKnown);
  // A word that is being typed is not wrong yet while names begin with it.
  const isBegun = (part: (typeof draft)[number]) => listing && part.prompt === typed && part === draft.at(-1);
  const read = current ? draft.filter((part) => !isBegun(part)) : [];
  const unknown = read.filter(isUnknown);

  const stack = question.stack?.seriesInstanceUID === series?.seriesInstanceUID ? question.stack?.id : undefined;
  const running = models.find((model) => model.id === (chosen ?? resolution.view?.model));
  const mayAsk = useRights().may('jobs:write');
  const canAsk = mayAsk && series !== undefined && !sending && !away && served?.models.length !== 0;
  const { model: _ofAnotherSeries, ...automatic } = question;
  const ofSeries = chosen === undefined ? automatic : question;
  const run = useRun({
    asked: askedOf(question, series?.seriesInstanceUID),
    isRead: current && !choiceIsOpen,
    reading,
    disabled: !canAsk,
    run(allowPartial) {
      if (series === undefined) return;
      setOpen(false);
      onQuestion((now) => ({ ...now, ...nothingAsked }));
      const request = requestOf(ofSeries, series, outputOf(output, running?.givesProbabilities ?? true), allowPartial);
      void onSubmit(request).then((accepted) => {
        if (!accepted) return;
        rememberPrompts(modality, prompts);
        setRecent(recentPrompts());
      });
    },
  });
  const use = (texts: readonly string[]) => {
    onQuestion((now) => addPrompts({ ...now, ...nothingAsked }, texts));
    box.current?.focus();
  };
  const of = { modality, bodyPartExamined: series?.bodyPartExamined ?? '', model: chosen };
  const about = {
    model: running,
    modality,
    onBrowse: () => drawers.open !== 'browse' && drawers.toggle('browse'),
    onAskOther(part: string, model: string) {
      if (!canAsk) return;
      const givesProbabilities = models.find(({ id: each }) => each === model)?.givesProbabilities ?? true;
      const request = requestOf(
        { ...ofSeries, prompts: [], text: part, model },
        series,
        outputOf(output, givesProbabilities),
      );
      void onSubmit(request);
    },
  };

  const problem = seriesProblem(view, served);
  if (problem !== undefined) {
    return (
      <div className="promptseg-ask">
        {problem !== 'no-images' && <SeriesHeader series={series} />}
        <Lazy part={unreadableSeries} props={{ problem, view, served, onOpen }} />
      </div>
    );
  }
  return (
    <div className="promptseg-ask">
      <SeriesHeader series={series} />
      <div className="promptseg-label">
        <span aria-hidden="true">{strings.prompt.label}</span>
        <button
          type="button"
          className="promptseg-link"
          title={strings.prompt.keys}
          aria-label={strings.prompt.keys}
          onClick={onHelp}
          data-promptseg="help"
        >
          ?
        </button>
      </div>
      <PromptField
        box={box}
        question={question}
        onQuestion={onQuestion}
        resolution={resolution}
        about={about}
        parts={read}
        busy={run.waiting}
        view={suggested}
        open={listing}
        onOpen={setOpen}
        placeholder={strings.prompt.placeholder((models[0]?.examples ?? []).join(` ${strings.prompt.and} `))}
        describedBy={`${id}-hint ${id}-understood`}
        onSubmit={run.enter}
      >
        <div className="promptseg-read">
          <div
            id={`${id}-understood`}
            role="status"
            aria-label={strings.resolution.region}
            className={current ? 'promptseg-understood' : 'promptseg-understood promptseg-stale'}
            data-promptseg="understood"
          >
            {resolution.trouble !== undefined && <TroubleText trouble={resolution.trouble} />}
            <UnderstoodParts parts={draft} />
            {unknown.length > 0 && (
              <Lazy
                part={unknownParts}
                props={{
                  ...about,
                  parts: unknown,
                  onReplace: (from, to) => {
                    onQuestion((now) => ({ ...now, text: replacePart(now.text, from, to) }));
                    box.current?.focus();
                  },
                }}
              />
            )}
            {run.warned && (
              <p className="promptseg-warned" role="alert" data-promptseg="partly">
                {strings.prompt.notStarted((reading?.unknown ?? []).join(', '))}
              </p>
            )}
            {prompts.length > 0 && (
              <Lazy part={promptHints} props={{ prompts, view: current ? resolution.view : undefined }} />
            )}
            {mayAsk && draft.every(isBegun) && resolution.trouble === undefined && (
              <span id={`${id}-hint`} className="promptseg-fine" title={strings.prompt.hintInFull}>
                {run.waiting ? strings.prompt.waiting : draft.length === 0 ? strings.prompt.hint : strings.prompt.begun}
              </span>
            )}
          </div>
          {prompts.length === 0 && mayAsk && (
            <span className="promptseg-otherwise">
              {onBox && (
                <button
                  type="button"
                  className="promptseg-link"
                  title={strings.box.hint}
                  onClick={() => onBox(stack)}
                  data-promptseg="box-something"
                >
                  {strings.box.open}
                </button>
              )}
              {otherwise}
              {/* Never `disabled`, so that it keeps the focus. */}
              <button
                type="button"
                className="promptseg-link"
                aria-disabled={!canAsk || choiceIsOpen}
                title={strings.recognition.hint}
                onClick={() => canAsk && !choiceIsOpen && void onSubmit(recognitionOf(ofSeries, series))}
                data-promptseg="recognize"
              >
                {strings.recognition.ask}
              </button>
            </span>
          )}
        </div>
        <StackSelect
          stacks={stacks}
          chosen={stack}
          onChoose={(stack) =>
            onQuestion(({ stack: _before, ...now }) =>
              stack === undefined || series === undefined
                ? now
                : { ...now, stack: { seriesInstanceUID: series.seriesInstanceUID, id: stack } },
            )
          }
        />
        <div className="promptseg-run">
          <DrawerButton drawers={drawers} name="model">
            <span className="promptseg-muted">{strings.model.open}</span>
            <span className="promptseg-ellipsis">{chosenModel(models, chosen, resolution.view)}</span>
          </DrawerButton>
          <button
            type="button"
            className="promptseg-primary"
            disabled={!canAsk || prompts.length === 0 || reading?.understood === 0}
            onClick={() => {
              box.current?.focus();
              run.press();
            }}
            data-promptseg="run"
          >
            {sending
              ? strings.prompt.sending
              : reading === undefined || reading.unknown.length === 0 || reading.understood === 0
                ? strings.prompt.run
                : strings.prompt.runPart(reading.understood, reading.parts)}
          </button>
        </div>
        {!mayAsk && (
          <p className="promptseg-fine" data-promptseg="may-only-view">
            {strings.account.mayOnlyView}
          </p>
        )}
      </PromptField>
      <div className="promptseg-drawers">
        {(['browse', 'sets', 'recent', 'options'] as const).map((drawer) => (
          <DrawerButton key={drawer} drawers={drawers} name={drawer}>
            {strings[drawer].open}
          </DrawerButton>
        ))}
      </div>
      <div id={drawers.id} className="promptseg-opened" hidden={drawers.open === undefined} data-promptseg="drawer">
        {drawers.open === 'model' && (
          <Lazy
            part={modelChoice}
            props={{
              models,
              chosen,
              resolved: resolution.view,
              onChoose: (model) =>
                onQuestion(({ model: _before, ...now }) => (model === undefined ? now : { ...now, model })),
            }}
          />
        )}
        {drawers.open === 'browse' && <Lazy part={browse} props={{ api, of, question, onQuestion }} />}
        {drawers.open === 'recent' && (
          <Lazy
            part={recentList}
            props={{
              recent: recent[modality] ?? [],
              modality,
              onUse: use,
              onForget: () => {
                forgetPrompts();
                setRecent({});
              },
            }}
          />
        )}
        {drawers.open === 'sets' && <Lazy part={promptSets} props={{ api, prompts, modality, of, onApply: use }} />}
        {drawers.open === 'options' && (
          <Lazy
            part={outputOptions}
            props={{
              output,
              onOutput: (changed) => {
                storeOutput(changed);
                setOutput(changed);
              },
              withoutProbabilities: running?.givesProbabilities === false ? running.name : undefined,
            }}
          />
        )}
      </div>
    </div>
  );
}
