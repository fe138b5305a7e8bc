import type { Job } from '../../../../server/contract/job.js';
import { hasEnded, leftQueue } from '../../../../server/contract/jobState.js';
import type { JobList } from './api.js';
import { type HistoryFilter, matches } from './historyFilter.js';

/** The jobs that the page shows. A value: each change makes a new one. */
export interface JobsState {
  /** In the order in which they run; undefined until they were read. */
  readonly open: readonly SeenJob[] | undefined;
  /** Newest first, without a gap down to `nextCursor`; undefined until they were read. */
  readonly ended: readonly Job[] | undefined;
  readonly nextCursor: string | undefined;
  readonly filter: HistoryFilter;
}

/** A job and when the page heard of it: estimates count from there. */
export interface SeenJob {
  readonly job: Job;
  readonly seenAt: number;
}

export const nothingRead: JobsState = { open: undefined, ended: undefined, nextCursor: undefined, filter: {} };

/** The open jobs were read: they replace those before, which may have ended unheard. */
export function withOpen(state: JobsState, jobs: readonly Job[], now: number): JobsState {
  return { ...state, open: inTurn(jobs.map((job) => ({ job, seenAt: now }))) };
}

/** The newest ended jobs were read. */
export function withEnded(state: JobsState, { segmentations, nextCursor }: JobList): JobsState {
  return { ...state, ended: segmentations, nextCursor };
}

/** The next older ones were read. A list that was asked for with another filter is out of date. */
export function withOlder(state: JobsState, filter: HistoryFilter, { segmentations, nextCursor }: JobList): JobsState {
  if (filter !== state.filter) return state;
  const known = new Set(state.ended?.map(({ id }) => id));
  const older = segmentations.filter(({ id }) => !known.has(id));
  return { ...state, ended: [...(state.ended ?? []), ...older], nextCursor };
}

export function withFilter(state: JobsState, filter: HistoryFilter): JobsState {
  return { ...state, filter, ended: undefined, nextCursor: undefined };
}

/** Applies a change of a job. An event may be older than what was read meanwhile: the higher sequence number wins. */
export function withChange(state: JobsState, job: Job, now: number): JobsState {
  const known = state.open?.find((seen) => seen.job.id === job.id);
  if (known !== undefined && known.job.lastEventId > job.lastEventId && !leftQueue(known.job, job)) return state;
  if (state.ended?.some(({ id, lastEventId }) => id === job.id && lastEventId >= job.lastEventId)) return state;
  const others = state.open?.filter((seen) => seen.job.id !== job.id);
  if (!hasEnded(job)) return { ...state, open: others && inTurn([...others, { job, seenAt: now }]) };
  // A review may take it out of the list.
  const rest = state.ended?.filter(({ id }) => id !== job.id);
  return {
    ...state,
    open: others,
    ended: rest !== undefined && matches(state.filter, job) ? newestFirst([...rest, job]) : rest,
  };
}

/** Running jobs, then the queue; those that wait for another attempt last. */
function inTurn(jobs: readonly SeenJob[]): readonly SeenJob[] {
  const rank = ({ job }: SeenJob): number =>
    job.state !== 'queued' ? -1 : (job.queuePosition ?? Number.MAX_SAFE_INTEGER);
  return [...jobs].sort((a, b) => rank(a) - rank(b) || a.job.createdAt.localeCompare(b.job.createdAt));
}

function newestFirst(jobs: readonly Job[]): readonly Job[] {
  return [...jobs].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}
