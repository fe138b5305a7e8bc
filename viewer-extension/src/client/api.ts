import type { Job, SegmentationRequest } from '../../../server/contract/job.js';
import type { RefinementRequest } from '../../../server/contract/refinements.js';
import { type AskingApi, createAskingApi } from './asking.js';
import { type FollowOptions, follow } from './events.js';
import { createSend, jsonOf } from './request.js';
import { createResultsApi, type ResultsApi } from './results.js';

interface JobPage {
  readonly segmentations: readonly Job[];
  readonly nextCursor?: string;
}

/**
 * The server's REST API as far as the panel uses it. Every call throws ApiError, or TypeError if there is no response.
 */
export interface Api extends AskingApi, ResultsApi {
  /** All jobs of a study, newest first. */
  listJobs(
    studyInstanceUID: string,
    options?: { readonly onlyQueued?: boolean; readonly signal?: AbortSignal },
  ): Promise<readonly Job[]>;
  submit(request: SegmentationRequest): Promise<Job>;
  /** Marks what is in a box, or corrects a segment with it. */
  refine(request: RefinementRequest): Promise<Job>;
  /** A new job like this one. */
  repeat(jobId: string): Promise<Job>;
  cancel(jobId: string): Promise<Job>;
  /** Calls `onJob` with every change of a study's jobs, no matter who requested them; reconnects automatically. */
  followJobs(studyInstanceUID: string, options: Omit<FollowOptions, 'headers'>): Promise<void>;
}

/**
 * @param authorization headers for each request, asked for again each time: tokens expire
 * @param base path or address of the API
 */
export function createApi(authorization: () => Readonly<Record<string, string>>, base = '/api/v1'): Api {
  const send = createSend(authorization, base);
  const call = <Body>(
    method: string,
    path: string,
    { body, signal }: { body?: unknown; signal?: AbortSignal | undefined } = {},
  ): Promise<Body> => jsonOf<Body>(send(method, path, { json: body, signal }));
  return {
    ...createAskingApi(send),
    ...createResultsApi(send),
    async listJobs(studyInstanceUID, { onlyQueued = false, signal } = {}) {
      const jobs: Job[] = [];
      let cursor: string | undefined;
      do {
        const query = new URLSearchParams({
          study: studyInstanceUID,
          limit: '500',
          ...(onlyQueued ? { state: 'queued' } : {}),
          ...(cursor === undefined ? {} : { cursor }),
        });
        const page = await call<JobPage>('GET', `/segmentations?${query}`, { signal });
        jobs.push(...page.segmentations);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return jobs;
    },
    submit: (request) => call('POST', '/segmentations', { body: request }),
    refine: (request) => call('POST', '/refinements', { body: request }),
    repeat: (jobId) => call('POST', `/segmentations/${encodeURIComponent(jobId)}/rerun`),
    cancel: (jobId) => call('DELETE', `/segmentations/${encodeURIComponent(jobId)}`),
    followJobs: (studyInstanceUID, options) =>
      follow(`${base}/segmentations/events?${new URLSearchParams({ study: studyInstanceUID })}`, {
        ...options,
        headers: authorization,
      }),
  };
}
