import type { Estimate } from '#contract/job.js';
import type { OpenJob, PastRun } from '../records/jobLists.js';

/** Fewer runs predict nothing. */
const fewestRuns = 3;

/** A job that takes longer than expected is assumed to need this fraction of the expected time more. */
const stillToGo = 0.1;

/**
 * Estimates when each open job will begin and end: jobs are assigned to workers in the order of the queue, each for as
 * long as jobs of its model usually take.
 *
 * The usual time is the median of recent runs, per image of the series. Measured with ct-tissues on the phantom (100
 * images of 256 × 256), a chest (102 of 512 × 512) and an abdomen (160 of 512 × 512): CPU time differs by a factor of
 * 2.3 per job, 1.8 per image and 2.8 per voxel, and the number of voxels is not known before the images are retrieved.
 * @param open jobs that have not ended, in the order in which they run
 * @param workers number of workers, including busy ones
 * @returns by job id; no entry for a job whose duration is unknown, or that waits behind such a job
 */
export function estimateQueue(
  open: readonly OpenJob[],
  workers: number,
  past: readonly PastRun[],
  now: Date,
): ReadonlyMap<string, Estimate> {
  const usualSeconds = usualTimes(past);
  const estimates = new Map<string, Estimate>();
  /** Seconds from now until each worker is free; infinite if unknown. */
  const freeIn: number[] = [];
  for (const job of open.filter(({ state }) => state !== 'queued')) {
    const usual = usualSeconds(job);
    const elapsed = (now.getTime() - Date.parse(job.startedAt ?? job.createdAt)) / 1000;
    const endsInSeconds = Math.max(usual - elapsed, stillToGo * usual);
    freeIn.push(endsInSeconds);
    if (Number.isFinite(endsInSeconds)) estimates.set(job.id, rounded({ endsInSeconds }));
  }
  while (freeIn.length < workers) freeIn.push(0);

  for (const job of inTurn(
    open.filter(({ state }) => state === 'queued'),
    now,
  )) {
    const first = freeIn.indexOf(Math.min(...freeIn));
    const notBefore = job.retryAt === undefined ? 0 : (Date.parse(job.retryAt) - now.getTime()) / 1000;
    const startsInSeconds = Math.max(freeIn[first] ?? Number.POSITIVE_INFINITY, notBefore);
    const endsInSeconds = startsInSeconds + usualSeconds(job);
    if (first >= 0) freeIn[first] = endsInSeconds;
    if (Number.isFinite(endsInSeconds)) estimates.set(job.id, rounded({ startsInSeconds, endsInSeconds }));
  }
  return estimates;
}

/** Jobs that wait for their next attempt come last: a worker does not idle for them. */
function inTurn(queued: readonly OpenJob[], now: Date): readonly OpenJob[] {
  const waits = ({ retryAt }: OpenJob): boolean => retryAt !== undefined && Date.parse(retryAt) > now.getTime();
  return [...queued.filter((job) => !waits(job)), ...queued.filter(waits)];
}

/** Seconds that a job usually takes; infinite if too few runs are known. */
function usualTimes(past: readonly PastRun[]): (job: OpenJob) => number {
  const models = [...new Set(past.map(({ model }) => model))];
  const usualOf = new Map(models.map((each) => [each, usualOfModel(past.filter(({ model }) => model === each))]));
  return ({ model, numberOfInstances }) => {
    const usual = usualOf.get(model);
    if (usual?.perImage !== undefined && numberOfInstances !== undefined) return usual.perImage * numberOfInstances;
    return usual?.perJob ?? Number.POSITIVE_INFINITY;
  };
}

/** From runs of one model: the usual time per job and per image, in seconds; undefined if there are too few. */
export function usualOfModel(runs: readonly PastRun[]): { perJob: number | undefined; perImage: number | undefined } {
  const perImage = runs.flatMap(({ seconds, numberOfInstances }) =>
    numberOfInstances ? [seconds / numberOfInstances] : [],
  );
  return { perJob: enough(runs.map(({ seconds }) => seconds)), perImage: enough(perImage) };
}

/** The median; undefined if there are too few values. */
function enough(values: readonly number[]): number | undefined {
  return values.length < fewestRuns ? undefined : median(values);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** More than a tenth of a second would be false precision. */
function rounded<T extends Estimate>(estimate: T): Estimate {
  const round = (seconds: number): number => Math.round(seconds * 10) / 10;
  const { startsInSeconds, endsInSeconds } = estimate;
  return {
    ...(startsInSeconds !== undefined && { startsInSeconds: round(startsInSeconds) }),
    endsInSeconds: round(endsInSeconds),
  };
}
