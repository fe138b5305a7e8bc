import type { Job, SegmentationRequest } from '#contract/job.js';

/** The calls to the server that a cohort needs. */
export interface CohortServer {
  submit(request: SegmentationRequest): Promise<Job>;
  job(id: string): Promise<Job>;
  /** The newest job with this request, accepted at this time or later. */
  find(request: SegmentationRequest, since: string): Promise<Job | undefined>;
  /** Jobs that completed last, newest first. */
  completed(): Promise<readonly Job[]>;
  workers(): Promise<number>;
  /** PNG. */
  thumbnail(job: string): Promise<Uint8Array>;
}
