import type { ErrorCode } from '#contract/errorTable.js';
import type { Problem } from '#contract/problem.js';

const minuteMs = 60_000;

/** Minutes before each further job. If the job after the last wait fails too, the series is parked. */
const waitsBetweenJobs = [10, 60];
/** Waiting times for problems that are not the series' fault, such as an archive that is down overnight. */
const mostJobsWhileAway = 24;
const away: ReadonlySet<ErrorCode> = new Set(['archive-unreachable', 'archive-busy', 'database-unreachable']);

/**
 * When another job is created for a series whose job failed after all of its attempts; undefined if the series is
 * parked. A series is parked at once if waiting cannot help.
 * @param failedJobs including the one that has just failed
 */
export function nextJobAfter(
  problem: Pick<Problem, 'code' | 'transient'>,
  failedJobs: number,
  now: Date,
): Date | undefined {
  if (!problem.transient) return undefined;
  const isDown = away.has(problem.code);
  if (failedJobs > (isDown ? mostJobsWhileAway : waitsBetweenJobs.length)) return undefined;
  const minutes = waitsBetweenJobs[Math.min(failedJobs, waitsBetweenJobs.length) - 1] ?? 0;
  return new Date(now.getTime() + minutes * minuteMs);
}

/** Minutes before each further attempt to read a series whose headers could not be read. */
const waitsBetweenReadings = [1, 10, 60];

/** The same for a series that the archive lists but does not deliver. @param failedAttempts including the last one */
export function nextReadingAfter(
  problem: Pick<Problem, 'transient'>,
  failedAttempts: number,
  now: Date,
): Date | undefined {
  const minutes = waitsBetweenReadings[failedAttempts - 1];
  return problem.transient && minutes !== undefined ? new Date(now.getTime() + minutes * minuteMs) : undefined;
}
