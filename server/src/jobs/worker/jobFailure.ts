import type { Problem } from '#contract/problem.js';
import type { LoggedError } from '../../platform/errorForLog.js';

/** A job failed in a worker process, with the problem that it reported. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';

  constructor(
    readonly problem: Problem,
    /** An unexpected error, for the log. */
    readonly unforeseen?: LoggedError,
  ) {
    super(problem.detail);
  }
}
