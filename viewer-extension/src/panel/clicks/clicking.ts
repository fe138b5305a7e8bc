import type { CorrectingDraft, Draft, NewDraft } from '../../../../server/contract/drafts.js';
import type { TargetView } from '../../../../server/contract/finding.js';
import type { RegionPrompt } from '../../../../server/contract/imagePrompts.js';
import { ApiError, type Trouble } from '../../client/trouble.js';
import type { ClickedOn, PlacedClick, PlacedStroke, PromptKind } from '../host.js';
import type { JobResult } from '../results/results.js';

/** A click, scribble or lasso to add, or the last one to remove. */
export type Step = RegionPrompt | 'undo';

/** What the panel waits for. */
export type ClickWork = 'beginning' | 'computing' | 'storing' | 'discarding';

/** What the clicks are on: a segment of a stored result, or something new, of which there is a draft already. */
export type ClickSubject = { readonly result: JobResult; readonly segmentNumber: number } | { readonly made: NewDraft };

/** A segment that is being made or corrected by clicks. */
export interface Clicking {
  readonly of: ClickSubject;
  /** Absent until the server has begun it. */
  readonly draft?: Draft;
  /** Of the images, where they state one. */
  readonly frameOfReferenceUID?: string | undefined;
  /** What the server is still to do, in order. */
  readonly steps: readonly Step[];
  /** What a click without a modifier key, a scribble or a lasso means. */
  readonly part: boolean;
  /** What the mouse does. */
  readonly tool: PromptKind;
  /** What else it may do. */
  readonly tools: readonly PromptKind[];
  /** What was undone here, the last undone last. */
  readonly undone: readonly RegionPrompt[];
  readonly work?: ClickWork | undefined;
  /** Tasks of the server that come before the mask, where it takes long. */
  readonly before?: number | undefined;
  readonly asksToDiscard?: boolean;
  /** Why a click was not taken, in one sentence. */
  readonly notTaken?: string | undefined;
  /** What went wrong; clicks are kept, and it can be tried again. */
  readonly trouble?: Trouble | undefined;
}

export const allTools: readonly PromptKind[] = ['click', 'scribble', 'lasso'];

export const without = (drafts: readonly Draft[], id: string | undefined): readonly Draft[] =>
  drafts.filter((draft) => draft.id !== id);

/** The clicks, scribbles and lassos once all steps are done. */
export function clicksAfter({ draft, steps }: Pick<Clicking, 'draft' | 'steps'>): readonly RegionPrompt[] {
  const clicks = [...(draft?.clicks ?? [])];
  for (const step of steps) {
    if (step === 'undo') clicks.pop();
    else clicks.push(step);
  }
  return clicks;
}

/** What a reader placed, for the server. */
export function promptOf(placed: PlacedClick | PlacedStroke, part: boolean): RegionPrompt {
  const { frameOfReferenceUID } = placed;
  const common = { part, ...(frameOfReferenceUID !== undefined && { frameOfReferenceUID }) };
  if ('place' in placed) return { kind: 'click', place: placed.place, ...common };
  return placed.kind === 'scribble'
    ? { kind: 'scribble', line: placed.points, ...common }
    : { kind: 'lasso', outline: placed.points, ...common };
}

/** Whether everything that was clicked is on screen, and there is something to store. */
export const canAccept = ({ of, draft, steps, work, trouble }: Clicking): boolean =>
  draft?.clicks.some(({ part }) => part || 'result' in of) === true &&
  steps.length === 0 &&
  work === undefined &&
  trouble === undefined;

/** For the viewer. */
export const subjectOnScreen = (of: ClickSubject): ClickedOn =>
  'made' in of
    ? { imageSeries: of.made.seriesInstanceUID, label: of.made.target.name, colour: of.made.target.displayColour }
    : { resultSeries: of.result.stored.seriesInstanceUID, segmentNumber: of.segmentNumber };

export const isNew = (draft: Draft): draft is NewDraft => !('corrects' in draft);

/** Of the structure that is clicked on. */
export const targetOf = ({ of }: Clicking): TargetView | undefined =>
  'made' in of
    ? of.made.target
    : of.result.findings.find(({ segmentNumber }) => segmentNumber === of.segmentNumber)?.target;

/** Whether the clicks are on a segment of this result. */
export const isOn = (clicking: Clicking | undefined, { stored }: JobResult): boolean =>
  clicking !== undefined &&
  'result' in clicking.of &&
  clicking.of.result.stored.sopInstanceUID === stored.sopInstanceUID;

/** Whether a draft corrects this segment of this result. */
export const isOf = (draft: Draft, { address }: JobResult, segmentNumber?: number): draft is CorrectingDraft =>
  'corrects' in draft &&
  draft.corrects.job === address.jobId &&
  draft.corrects.result === address.editedSopInstanceUID &&
  (segmentNumber === undefined || draft.corrects.segmentNumber === segmentNumber);

export const isGone = (error: unknown): boolean =>
  error instanceof ApiError && error.problem.code === 'draft-not-found';
export const isUnsuitable = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.problem.code === 'click-unsuitable';
