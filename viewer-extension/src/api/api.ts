import type { ModelView, ResolveRequest, ResolveView } from '../../../server/src/http/api.js';
import type { Job, SegmentationRequest } from '../../../server/src/jobs/job.js';
import { type FollowOptions, follow } from './events.js';
import { apiError } from './trouble.js';

/** The server's REST API, as far as the panel uses it. Every call throws ApiError, or TypeError where no answer came. */
export interface Api {
  listJobs(studyInstanceUID: string, signal?: AbortSignal): Promise<readonly Job[]>;
  submit(request: SegmentationRequest): Promise<Job>;
  cancel(jobId: string): Promise<Job>;
  /** Calls `onJob` with every change of a job until it ended; reconnects by itself. */
  followJob(jobId: string, options: Omit<FollowOptions, 'headers'>): Promise<void>;
  resolve(request: ResolveRequest, signal: AbortSignal): Promise<ResolveView>;
  listModels(): Promise<readonly ModelView[]>;
}

/**
 * @param authorization headers for each request, asked for anew each time: tokens expire
 * @param base path or address of the API
 */
export function createApi(authorization: () => Readonly<Record<string, string>>, base = '/api/v1'): Api {
  async function call<Answer>(
    method: string,
    path: string,
    { body, signal }: { body?: unknown; signal?: AbortSignal | undefined } = {},
  ): Promise<Answer> {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...authorization(),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!response.ok) throw await apiError(response);
    return (await response.json()) as Answer;
  }
  return {
    async listJobs(studyInstanceUID, signal) {
      const query = new URLSearchParams({ study: studyInstanceUID });
      return (await call<{ segmentations: Job[] }>('GET', `/segmentations?${query}`, { signal })).segmentations;
    },
    submit: (request) => call('POST', '/segmentations', { body: request }),
    cancel: (jobId) => call('DELETE', `/segmentations/${encodeURIComponent(jobId)}`),
    followJob: (jobId, options) =>
      follow(`${base}/segmentations/${encodeURIComponent(jobId)}/events`, { ...options, headers: authorization }),
    resolve: (request, signal) => call('POST', '/prompts/resolve', { body: request, signal }),
    listModels: async () => (await call<{ models: ModelView[] }>('GET', '/models')).models,
  };
}
