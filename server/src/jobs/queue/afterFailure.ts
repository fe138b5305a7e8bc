import type { Job } from '#contract/job.js';
import type { Problem } from '#contract/problem.js';
import { startedAgain } from '../../values/technicalNotes.js';
import type { Ending, QueueAgain } from '../records/jobStore.js';
import { retryAfter } from './retryPolicy.js';

/** The change to a job whose run ended with `problem`: another attempt, or failure. */
export function afterFailure({ failedAttempts = [], notes }: Job, problem: Problem, now: Date): QueueAgain | Ending {
  const retryAt = retryAfter(problem, failedAttempts, now);
  if (retryAt === undefined) return { state: 'failed', problem };
  return {
    state: 'queued',
    failedAttempts: [...failedAttempts, { at: now.toISOString(), code: problem.code, reason: problem.detail }],
    notes: [...notes, startedAgain(problem.detail)],
    retryAt: retryAt.toISOString(),
  };
}
