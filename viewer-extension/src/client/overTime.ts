import type { Comparison, PriorsView } from '../../../server/contract/comparison.js';
import type { RegistrationMode } from '../../../server/contract/registration.js';
import { jsonOf, type Send } from './request.js';

/** REST calls about what changed since an earlier study. Each throws ApiError, or TypeError without a response. */
export interface OverTimeApi {
  /** The earlier series that a job can be compared with. */
  priors(jobId: string, signal: AbortSignal): Promise<PriorsView>;
  /**
   * Has the earlier series segmented; nothing is registered yet.
   * @param seriesInstanceUID absent: the nearest in protocol
   */
  startComparison(jobId: string, seriesInstanceUID: string | undefined, signal: AbortSignal): Promise<Comparison>;
  /**
   * @param edited SOP Instance UID of an edited result of the later job
   * @param registration absent: rigid where places cannot be matched without it, which takes seconds
   */
  comparison(
    jobId: string,
    earlierJob: string,
    options: { readonly edited?: string | undefined; readonly registration?: RegistrationMode | undefined },
    signal: AbortSignal,
  ): Promise<Comparison>;
  /** Cancels the job of the earlier series. */
  cancelEarlier(earlierJob: string): Promise<void>;
}

export function createOverTimeApi(send: Send): OverTimeApi {
  const job = (id: string) => `/segmentations/${encodeURIComponent(id)}`;
  return {
    priors: (jobId, signal) => jsonOf(send('GET', `${job(jobId)}/priors`, { signal })),
    startComparison: (jobId, seriesInstanceUID, signal) =>
      jsonOf(send('POST', `${job(jobId)}/comparisons`, { json: { seriesInstanceUID, registration: 'none' }, signal })),
    comparison(jobId, earlierJob, { edited, registration }, signal) {
      const query = new URLSearchParams({ ...(edited && { result: edited }), ...(registration && { registration }) });
      return jsonOf(send('GET', `${job(jobId)}/comparisons/${encodeURIComponent(earlierJob)}?${query}`, { signal }));
    },
    async cancelEarlier(earlierJob) {
      await send('DELETE', job(earlierJob));
    },
  };
}
