import type { Draft } from '../../../../server/contract/drafts.js';
import type { ClickPrompt } from '../../../../server/contract/imagePrompts.js';
import { ApiError, type Trouble } from '../../client/trouble.js';
import type { JobResult } from '../results/results.js';

/** A click to add, or the last one to remove. */
export type Step = ClickPrompt | 'undo';

/** What the panel waits for. */
export type ClickWork = 'beginning' | 'computing' | 'storing' | 'discarding';

/** A segment that is being corrected by clicks. */
export interface Clicking {
  readonly result: JobResult;
  readonly segmentNumber: number;
  /** Absent until the server has begun it. */
  readonly draft?: Draft;
  /** Of the images that the result is on, where they state one. */
  readonly frameOfReferenceUID?: string | undefined;
  /** What the server is still to do, in order. */
  readonly steps: readonly Step[];
  /** What a click without a modifier key means. */
  readonly part: boolean;
  /** Clicks that were undone here, the last undone last. */
  readonly undone: readonly ClickPrompt[];
  readonly work?: ClickWork | undefined;
  readonly asksToDiscard?: boolean;
  /** Why a click was not taken, in one sentence. */
  readonly notTaken?: string | undefined;
  /** What went wrong; clicks are kept, and it can be tried again. */
  readonly trouble?: Trouble | undefined;
}

export const without = (drafts: readonly Draft[], id: string | undefined): readonly Draft[] =>
  drafts.filter((draft) => draft.id !== id);

/** The clicks once all steps are done. */
export function clicksAfter({ draft, steps }: Pick<Clicking, 'draft' | 'steps'>): readonly ClickPrompt[] {
  const clicks = [...(draft?.clicks ?? [])];
  for (const step of steps) {
    if (step === 'undo') clicks.pop();
    else clicks.push(step);
  }
  return clicks;
}

/** Whether everything that was clicked is on screen. */
export const canAccept = ({ draft, steps, work, trouble }: Clicking): boolean =>
  draft !== undefined && draft.clicks.length > 0 && steps.length === 0 && work === undefined && trouble === undefined;

/** Whether a draft corrects this segment of this result. */
export const isOf = ({ corrects }: Draft, { address }: JobResult, segmentNumber?: number): boolean =>
  corrects.job === address.jobId &&
  corrects.result === address.editedSopInstanceUID &&
  (segmentNumber === undefined || corrects.segmentNumber === segmentNumber);

export const isGone = (error: unknown): boolean =>
  error instanceof ApiError && error.problem.code === 'draft-not-found';
export const isUnsuitable = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.problem.code === 'click-unsuitable';
