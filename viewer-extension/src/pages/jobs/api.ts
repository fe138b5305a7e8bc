import type { Job } from '../../../../server/contract/job.js';
import type { QueueView, WorkerView } from '../../../../server/contract/queue.js';
import { call } from '../parts/call.js';
import type { HistoryFilter } from './historyFilter.js';

export interface JobList {
  readonly segmentations: readonly Job[];
  /** Of the next older ones; absent at the end. */
  readonly nextCursor?: string;
}

const pageSize = 25;
/** Jobs that have not ended, newest first. @throws ApiError, as all calls here */
export async function listOpen(): Promise<readonly Job[]> {
  const { segmentations } = await call<JobList>('GET', '/segmentations?state=open&limit=500');
  return segmentations;
}

/** Jobs that have ended, newest first. */
export function listEnded(filter: HistoryFilter, cursor?: string): Promise<JobList> {
  const { state, review, model, since, until } = filter;
  const query = new URLSearchParams({
    state: state ?? 'ended',
    limit: String(pageSize),
    ...(review !== undefined && { review }),
    ...(model !== undefined && { model }),
    ...(since !== undefined && { since: since.toISOString() }),
    ...(until !== undefined && { until: until.toISOString() }),
    ...(cursor !== undefined && { cursor }),
  });
  return call('GET', `/segmentations?${query}`);
}

export const readQueue = (): Promise<QueueView> => call('GET', '/queue');

export async function listWorkers(): Promise<readonly WorkerView[]> {
  return (await call<{ workers: WorkerView[] }>('GET', '/workers')).workers;
}

export async function listModels(): Promise<readonly string[]> {
  return (await call<{ models: { id: string }[] }>('GET', '/models')).models.map(({ id }) => id);
}

export const cancel = (jobId: string): Promise<Job> => call('DELETE', `/segmentations/${jobId}`);

/** @returns the new job */
export const rerun = (jobId: string): Promise<Job> => call('POST', `/segmentations/${jobId}/rerun`);

/** Delivers again what was given up, or does not wait for the next attempt. */
export const deliverAgain = (jobId: string, destination: string): Promise<Job> =>
  call('POST', `/segmentations/${jobId}/deliveries/${encodeURIComponent(destination)}/retry`);
