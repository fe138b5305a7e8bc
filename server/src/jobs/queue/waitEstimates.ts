import type { Estimate, Job } from '#contract/job.js';
import { log } from '../../platform/log.js';
import type { JobLists } from '../records/jobLists.js';
import type { WorkerRegistry } from '../records/workerRegistry.js';
import { estimateQueue } from './waitEstimate.js';

export interface WaitEstimates {
  /** Adds the estimate to a job, if there is one. */
  of(job: Job): Promise<Job>;
}

/** A list of jobs, or a burst of events, shares one estimate of the queue. */
const keepMs = 2000;
/** A job newer than the estimate triggers a new one, but no more often than this. */
const renewMs = 200;

interface Snapshot {
  /** State of each job that the snapshot knows. */
  readonly states: ReadonlyMap<string, Job['state']>;
  readonly estimates: ReadonlyMap<string, Estimate>;
}

/** Estimates for the jobs in the database, at most a few seconds old. */
export function createWaitEstimates({
  lists,
  workers,
}: {
  readonly lists: JobLists;
  readonly workers: WorkerRegistry;
}): WaitEstimates {
  let latest: { readonly made: Promise<Snapshot>; readonly askedAt: number } | undefined;

  const make = async (): Promise<Snapshot> => {
    const [open, past, registered] = await Promise.all([lists.openInTurn(), lists.pastRuns(), workers.list()]);
    const states = new Map(open.map(({ id, state }) => [id, state]));
    return { states, estimates: estimateQueue(open, registered.length, past, new Date()) };
  };
  /** The latest estimate, or a new one if that is older than `ms`; simultaneous callers share it. */
  const notOlderThan = (ms: number): Promise<Snapshot> => {
    if (latest === undefined || performance.now() - latest.askedAt > ms)
      latest = { made: make(), askedAt: performance.now() };
    return latest.made;
  };
  const current = async ({ id, state }: Job): Promise<Snapshot> => {
    const snapshot = await notOlderThan(keepMs);
    return snapshot.states.get(id) === state ? snapshot : notOlderThan(renewMs);
  };

  return {
    async of(job) {
      if (job.endedAt !== undefined) return job;
      try {
        const estimate = (await current(job)).estimates.get(job.id);
        return estimate === undefined ? job : { ...job, estimate };
      } catch (error) {
        // A job without an estimate is better than none.
        latest = undefined;
        log.debug({ err: error }, 'the wait could not be estimated');
        return job;
      }
    },
  };
}
