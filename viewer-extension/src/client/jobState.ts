import type { Job } from '../../../server/contract/job.js';
import type { EndState, JobState, Stage } from '../../../server/contract/jobState.js';

/**
 * Where in a whole job each stage begins and how much of it it is: CT chest, 102 slices, two cores. Only the look of
 * the bar depends on it.
 */
const shares: Record<Stage, readonly [begin: number, share: number]> = {
  retrieving: [0, 0.15],
  preparing: [0.15, 0.05],
  segmenting: [0.2, 0.65],
  encoding: [0.85, 0.05],
  storing: [0.9, 0.05],
  verifying: [0.95, 0.05],
};

/** 0–1 over the whole job; undefined if nothing can be said yet. */
export function overallFraction(job: Job): number | undefined {
  const share = shares[job.state as Exclude<JobState, 'queued' | EndState>];
  if (share === undefined) return undefined;
  return share[0] + share[1] * (job.progress?.fraction ?? 0);
}
