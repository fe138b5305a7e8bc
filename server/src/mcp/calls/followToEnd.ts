import type { Job } from '#contract/job.js';
import { hasEnded, stages } from '#contract/jobState.js';
import type { Jobs } from '../../jobs/openJobs.js';
import type { Call } from './tool.js';

/**
 * Waits for the end of a job and reports its progress.
 * @param seconds after which the unfinished job is returned
 */
export async function followToEnd(
  { store, events }: Pick<Jobs, 'store' | 'events'>,
  id: string,
  seconds: number,
  call: Pick<Call, 'signal' | 'progress'>,
): Promise<Job> {
  const over = AbortSignal.any([call.signal, AbortSignal.timeout(1000 * seconds)]);
  let furthest = -1;
  const report = (job: Job): void => {
    const stage = (stages as readonly string[]).indexOf(job.state);
    const done = Math.max(0, stage + (job.progress?.fraction ?? 0)) / stages.length;
    // The protocol requires increasing progress; a job that is retried starts from 0.
    if (done <= furthest) return;
    furthest = done;
    void call.progress(done, job.state).catch(() => {});
  };
  return new Promise<Job>((resolve, reject) => {
    const end = (): void => {
      unsubscribe();
      over.removeEventListener('abort', end);
      store.get(id).then(resolve, reject);
    };
    const see = (job: Job): void => (hasEnded(job) ? end() : report(job));
    // Before the record is read, so that no change is missed.
    const unsubscribe = events.subscribe(id, ({ job }) => see(job));
    over.addEventListener('abort', end);
    if (over.aborted) end();
    else store.get(id).then(see, reject);
  });
}
