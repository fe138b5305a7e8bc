import type { Comparison, PriorsView } from '../../../server/contract/comparison.js';
import { jsonOf, type Send } from './request.js';

/** REST calls about what changed since an earlier study. Each throws ApiError, or TypeError without a response. */
export interface OverTimeApi {
  /** The earlier series that a job can be compared with. */
  priors(jobId: string, signal: AbortSignal): Promise<PriorsView>;
  /** Has the earlier series segmented. @param seriesInstanceUID absent: the nearest in protocol */
  startComparison(jobId: string, seriesInstanceUID: string | undefined, signal: AbortSignal): Promise<Comparison>;
  /** @param edited SOP Instance UID of an edited result of the later job */
  comparison(jobId: string, earlierJob: string, edited: string | undefined, signal: AbortSignal): Promise<Comparison>;
  /** Cancels the job of the earlier series. */
  cancelEarlier(earlierJob: string): Promise<void>;
}

export function createOverTimeApi(send: Send): OverTimeApi {
  const job = (id: string) => `/segmentations/${encodeURIComponent(id)}`;
  return {
    priors: (jobId, signal) => jsonOf(send('GET', `${job(jobId)}/priors`, { signal })),
    startComparison: (jobId, seriesInstanceUID, signal) =>
      jsonOf(send('POST', `${job(jobId)}/comparisons`, { json: { seriesInstanceUID }, signal })),
    comparison(jobId, earlierJob, result, signal) {
      const query = result === undefined ? '' : `?${new URLSearchParams({ result })}`;
      return jsonOf(send('GET', `${job(jobId)}/comparisons/${encodeURIComponent(earlierJob)}${query}`, { signal }));
    },
    async cancelEarlier(earlierJob) {
      await send('DELETE', job(earlierJob));
    },
  };
}
