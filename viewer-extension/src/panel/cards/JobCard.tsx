import { useId, useRef, useState } from 'react';
import { hasEnded } from '../../../../server/contract/jobState.js';
import { laterStrings } from '../../client/laterStrings.js';
import type { ExportKind } from '../../client/results.js';
import { type Rights, useRights } from '../../client/rights.js';
import { strings } from '../../client/strings.js';
import { titleOf } from '../ask/recognition.js';
import type { BoxStore, BoxStoreState } from '../boxes/boxStore.js';
import { CorrectingBox } from '../boxes/CorrectingBox.js';
import { ClickPart } from '../clicks/ClickPart.js';
import { isOn } from '../clicks/clicking.js';
import type { ClickStoreState } from '../clicks/clickParts.js';
import type { ClickStore } from '../clicks/clickStore.js';
import type { ActiveSeries, Host, ShownResult } from '../host.js';
import { RecognitionList } from '../recognize/RecognitionList.js';
import { letterOf } from '../results/compareResults.js';
import { MoreIcon, OpenIcon } from '../results/Icons.js';
import type { JobStore, TrackedJob } from '../results/jobStore.js';
import { Menu, type MenuItem, type SubMenu } from '../results/Menu.js';
import { OverTime } from '../results/OverTime.js';
import { Question } from '../results/Question.js';
import { ResultPart } from '../results/ResultPart.js';
import { ResultPicture } from '../results/ResultPicture.js';
import type { ResultStoreState } from '../results/resultState.js';
import type { ResultStore } from '../results/resultStore.js';
import { isInVolume, type JobResult } from '../results/results.js';
import { shownOf } from '../results/shownResults.js';
import { TroubleText } from '../TroubleText.js';
import { compareItem, type TitledResult } from './compareItem.js';
import { insisting } from './insisting.js';
import { JobProgress } from './JobProgress.js';
import { Notes } from './Notes.js';
import { Outcome } from './Outcome.js';
import { reviewItems } from './reviewItems.js';
import { StackChoice } from './StackChoice.js';

const { compare, overTime } = laterStrings;

export interface JobCardProps {
  readonly tracked: TrackedJob;
  /** The study's newest job is open; older ones are folded until their result is drawn or they are opened. */
  readonly isNewest: boolean;
  readonly store: JobStore;
  readonly results: ResultStore;
  readonly state: ResultStoreState;
  readonly boxes: BoxStore;
  readonly boxState: BoxStoreState;
  readonly clicks: ClickStore;
  readonly clickState: ClickStoreState;
  /** The job's images, where the viewer has them. */
  readonly images: ActiveSeries | undefined;
  readonly host: Host;
  readonly ofOtherSeries: boolean;
  /** The result that the card shows. */
  readonly result: JobResult | undefined;
  readonly shown: readonly ShownResult[];
  readonly drawn: readonly JobResult[];
  /** All results of the study that the archive holds. */
  readonly others: readonly TitledResult[];
  readonly onSuggestion: (text: string) => void;
}

/** One job: what was requested, its progress, and its findings. */
export function JobCard(props: JobCardProps) {
  const { tracked, isNewest, store, results, state, boxes, clicks, images, host, ofOtherSeries, result } = props;
  const { shown, drawn, onSuggestion, clickState } = props;
  const { job, trouble } = tracked;
  const [isAsking, setAsking] = useState(false);
  const [hasPicture, setPicture] = useState(false);
  const [openedByHand, setOpenedByHand] = useState<boolean>();
  const id = useId();
  const card = useRef<HTMLElement>(null);
  const uid = result?.stored.sopInstanceUID ?? '';
  const title = titleOf(job.request);
  const letter = letterOf(state.compared.indexOf(uid));
  const isHere = result !== undefined && result.deletedAt === undefined;
  const rights = useRights();
  // Of a job that ended before it was first seen here, nobody waits for the comparison.
  const [isOverTime, setOverTime] = useState(
    job.comparesWithPrior === true && !hasEnded(job) && rights.may('jobs:write'),
  );
  const canEdit = result !== undefined && mayEdit(host, result, rights);
  const { boxing } = props.boxState;
  const canBox = result !== undefined && mayMark(props, result, rights, props.boxState);
  const canClick = result !== undefined && mayClick(props, result, rights);
  const click = (segmentNumber: number) => result && void byClicks(props, result, segmentNumber);
  const isClicked = result !== undefined && isOn(clickState.clicking, result);
  const correcting =
    boxing && 'result' in boxing.of && boxing.of.result.stored.sopInstanceUID === uid ? boxing.of : undefined;
  const action = nextAction(props, rights);
  const isBusy =
    !hasEnded(job) || isAsking || hasPicture || isOverTime || trouble !== undefined || state.trouble[uid] !== undefined;
  const isInUse = state.editing?.sopInstanceUID === uid || letter !== undefined || isVisible(result, shown);
  const isOpen = openedByHand ?? (isNewest || isBusy || isInUse || isClicked || correcting !== undefined);
  return (
    <article
      className="promptseg-card"
      ref={card}
      tabIndex={-1}
      aria-label={title}
      data-promptseg="job"
      data-state={job.state}
      data-job-id={job.id}
    >
      <header>
        <button
          type="button"
          className="promptseg-icon-button promptseg-turning"
          aria-expanded={isOpen}
          aria-controls={id}
          aria-label={strings.job.details(title)}
          title={strings.job.details(title)}
          onClick={() => setOpenedByHand(!isOpen)}
          data-promptseg="fold"
        >
          <OpenIcon />
        </button>
        {letter !== undefined && <span className="promptseg-letter">{letter}</span>}
        <h3 title={title}>{title}</h3>
        {!isOpen && <span className="promptseg-fine">{inShort(job, result)}</span>}
        {isHere && host.viewArea && isInVolume(result) && (
          <button
            type="button"
            className="promptseg-link"
            aria-pressed={state.inSpace === uid}
            aria-label={laterStrings.space.openHint(title)}
            title={laterStrings.space.openHint(title)}
            onClick={() => void results.showInSpace(state.inSpace === uid ? undefined : result)}
            data-promptseg="open-space"
          >
            {laterStrings.space.open}
          </button>
        )}
        {action && (
          <button
            type="button"
            className="promptseg-link"
            aria-disabled={action.run === undefined}
            aria-label={`${action.label}: ${title}`}
            onClick={action.run}
            data-promptseg="action"
          >
            {action.label}
          </button>
        )}
        {isHere && (
          <Menu
            label={strings.result.menu(title)}
            items={menuOf(props, rights, { hasPicture, setPicture, isOverTime, setOverTime }, () => setAsking(true))}
          >
            <MoreIcon />
          </Menu>
        )}
      </header>
      <div id={id} className="promptseg-body" hidden={!isOpen}>
        {isOpen && (
          <>
            {hasEnded(job) ? (
              <Outcome tracked={tracked} ofOtherSeries={ofOtherSeries} result={result} />
            ) : (
              <JobProgress tracked={tracked} ofOtherSeries={ofOtherSeries} />
            )}
            {trouble && <TroubleText trouble={trouble} />}
            {isAsking && isHere && (
              <Question
                text={
                  shownOf(result, shown)?.edited === true
                    ? strings.result.reallyDeleteEdited
                    : strings.result.reallyDelete
                }
                yes={strings.result.delete}
                no={strings.result.keep}
                onYes={() => {
                  setAsking(false);
                  card.current?.focus();
                  void results.delete(result);
                }}
                onNo={() => {
                  setAsking(false);
                  card.current?.querySelector<HTMLElement>('[data-promptseg=menu]')?.focus();
                }}
              />
            )}
            {correcting && (
              <CorrectingBox
                key={correcting.segmentNumber}
                boxes={boxes}
                result={correcting.result}
                segmentNumber={correcting.segmentNumber}
                images={images}
                jobs={store.state().jobs.map((each) => each.job)}
              />
            )}
            {result && canClick && <ClickPart clicks={clicks} state={clickState} result={result} onGoOn={click} />}
            <ResultPart
              job={job}
              title={title}
              result={result}
              shown={shown}
              state={state}
              results={results}
              drawn={drawn}
              onEdit={canEdit ? (segmentNumber) => edit(props, result, segmentNumber) : undefined}
              onBox={canBox ? (segmentNumber) => void correct(props, result, segmentNumber) : undefined}
              onClicks={canClick ? click : undefined}
              style={host.style}
              onSuggestion={onSuggestion}
            />
            {job.state === 'completed' && job.request.recognize !== undefined && (
              <RecognitionList
                job={job}
                jobs={store.state().jobs.map((each) => each.job)}
                onRun={(request) => {
                  // Stays in sight next to what it opens.
                  setOpenedByHand(true);
                  void store.submit(request);
                }}
                results={results}
                shown={shown}
              />
            )}
            {state.link?.sopInstanceUID === uid && <Link {...state.link} />}
            {state.trouble[uid] && <TroubleText trouble={state.trouble[uid]} />}
            {isOverTime && isHere && <OverTime result={result} api={results.overTime} host={host} />}
            {hasPicture && isHere && <ResultPicture result={result} results={results} name={title} />}
            {hasEnded(job) && job.refinement === undefined && (
              <StackChoice job={job} onRun={(request) => void store.submit(request)} />
            )}
            <Notes job={job} />
          </>
        )}
      </div>
    </article>
  );
}

/**
 * The one action that fits the state of a job. The button keeps its place and is never `disabled`, so that it keeps the
 * focus.
 */
function nextAction(
  { tracked: { job, cancelling }, result, shown, state, store, results }: JobCardProps,
  { may }: Rights,
) {
  const { retry, runAnyway, cancel, cancelling: cancellingLabel } = strings.job;
  const isHere = job.state === 'completed' && result !== undefined && result.deletedAt === undefined;
  if (!isHere && !may('jobs:write')) return undefined;
  if (!hasEnded(job)) {
    return cancelling ? { label: cancellingLabel } : { label: cancel, run: () => void store.cancel(job.id) };
  }
  if (job.state !== 'completed') {
    const again = insisting(job.request, job.problem?.code);
    return { label: again ? runAnyway : retry, run: () => void (again ? store.submit(again) : askAgain(store, job)) };
  }
  if (result === undefined) return undefined;
  if (result.deletedAt !== undefined) return { label: strings.job.runAgain, run: () => void askAgain(store, job) };
  const work = state.work[result.stored.sopInstanceUID];
  if (work !== undefined) return { label: strings.result.work[work] };
  return isVisible(result, shown)
    ? { label: strings.show.hide, run: () => results.hide(result) }
    : { label: strings.show.show, run: () => void results.show(result, { openSource: true }) };
}

/** What a box was drawn for is not in the request, so the server repeats it. */
const askAgain = (store: JobStore, job: TrackedJob['job']): Promise<unknown> =>
  job.refinement === undefined ? store.submit(job.request) : store.repeat(job);

/** Hands a segment to the brush, which starts from what is stored. */
function edit({ results, clicks }: JobCardProps, result: JobResult, segmentNumber?: number): void {
  clicks.pause();
  void results.edit(result, segmentNumber);
}

function byClicks({ boxes, clicks, images }: JobCardProps, result: JobResult, segmentNumber: number): Promise<void> {
  boxes.cancel();
  return clicks.begin(result, segmentNumber, images);
}

/** Shows what is to be corrected, and gives the reader a rectangle; brush and clicks are put away. */
async function correct(
  { results, boxes, clicks }: JobCardProps,
  result: JobResult,
  segmentNumber: number,
): Promise<void> {
  clicks.pause();
  await results.endEditing();
  await results.show(result, { openSource: true, segmentNumber });
  await boxes.begin({ result, segmentNumber });
}

/** Whether any of its segments is drawn. */
function isVisible(result: JobResult | undefined, shown: readonly ShownResult[]): boolean {
  const view = shownOf(result, shown);
  const isDrawn = ({ segmentNumber }: JobResult['findings'][number]) =>
    view?.hiddenSegments.includes(segmentNumber) === false;
  return result?.findings.some(isDrawn) === true;
}

/** The summary of a folded card. */
function inShort({ state }: TrackedJob['job'], result: JobResult | undefined): string {
  if (result?.deletedAt !== undefined) return strings.result.deletedTag;
  return result === undefined ? strings.job.states[state] : strings.suggestions.several(result.findings.length);
}

/** What is open below the findings. */
interface OpenParts {
  readonly hasPicture: boolean;
  readonly setPicture: (has: boolean) => void;
  readonly isOverTime: boolean;
  readonly setOverTime: (is: boolean) => void;
}

function menuOf(
  props: JobCardProps,
  rights: Rights,
  { hasPicture, setPicture, isOverTime, setOverTime }: OpenParts,
  onDelete: () => void,
): readonly (MenuItem | SubMenu)[] {
  const { tracked, result, state, results, host, others } = props;
  if (result === undefined) return [];
  const isCompared = state.compared.includes(result.stored.sopInstanceUID);
  const comparable = others.filter((other) => other.result.stored.sopInstanceUID !== result.stored.sopInstanceUID);
  const take = (kind: ExportKind, separated = false): MenuItem => ({
    label: strings.export[kind],
    run: () => void results.export(result, kind),
    separated,
  });
  const each = (run: (segmentNumber: number) => void) =>
    result.findings.map(({ target: { name }, segmentNumber }) => ({ label: name, run: () => run(segmentNumber) }));
  const box = (segmentNumber: number) => void correct(props, result, segmentNumber);
  const click = (segmentNumber: number) => void byClicks(props, result, segmentNumber);
  return [
    ...(mayClick(props, result, rights) ? [{ label: laterStrings.clicks.menu, items: each(click) }] : []),
    ...(mayEdit(host, result, rights) ? [{ label: laterStrings.edit.open, run: () => edit(props, result) }] : []),
    ...(mayMark(props, result, rights, props.boxState) ? [{ label: laterStrings.box.menu, items: each(box) }] : []),
    ...(comparable.length > 0 ? [compareItem(result, comparable, results)] : []),
    ...(state.compared.length > 1
      ? [
          isCompared
            ? { label: compare.remove, run: () => results.removeFromComparison(result) }
            : { label: compare.add, run: () => results.addToComparison(result) },
        ]
      : []),
    ...(mayCompareOverTime(tracked.job, result, rights)
      ? [{ label: isOverTime ? overTime.hide : overTime.open, run: () => setOverTime(!isOverTime) }]
      : []),
    ...reviewItems(tracked.job.findings, result, results, rights),
    ...(host.linkTo ? [{ label: laterStrings.link.copy, run: () => void results.copyLink(result) }] : []),
    { label: hasPicture ? strings.picture.hide : strings.picture.show, run: () => setPicture(!hasPicture) },
    take('segmentation', true),
    take('rt-structure-set'),
    ...(isInVolume(result) ? [take('secondary-capture'), take('report'), take('presentation-state')] : []),
    take('measurements'),
    ...(rights.mayDelete(result.maker) ? [{ label: strings.result.askDelete, run: onDelete, separated: true }] : []),
  ];
}

const mayEdit = ({ edit, pixels }: Host, result: JobResult, { may }: Rights): boolean =>
  edit !== undefined && pixels !== undefined && isInVolume(result) && may('jobs:write');

/** A box means nothing on other images, and single images have no volumes. */
const mayCompareOverTime = ({ refinement }: TrackedJob['job'], result: JobResult, { may }: Rights): boolean =>
  refinement === undefined && isInVolume(result) && may('jobs:write');

/** Whether boxes or clicks can correct the result: a model that takes them reads its images. */
const mayMark = (
  { images }: JobCardProps,
  result: JobResult,
  { may }: Rights,
  { modalities }: Pick<BoxStoreState, 'modalities'>,
): boolean =>
  result.deletedAt === undefined &&
  isInVolume(result) &&
  may('jobs:write') &&
  modalities.includes(images?.modality ?? '');

const mayClick = (props: JobCardProps, result: JobResult, rights: Rights): boolean =>
  props.host.refine !== undefined && mayMark(props, result, rights, props.clickState);

/** Outcome of copying the address of a result; if the browser forbids it, the address itself. */
function Link({ address, isCopied }: NonNullable<ResultStoreState['link']>) {
  const { copied, notCopied } = laterStrings.link;
  return (
    <p className="promptseg-fine" role="status" data-promptseg="link">
      {isCopied ? copied : notCopied} {!isCopied && <a href={address}>{address}</a>}
    </p>
  );
}
