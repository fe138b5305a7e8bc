import { type ErrorCode, errorTable } from '#contract/errorTable.js';
import type { FailedAttempt } from '#contract/job.js';
import type { Problem } from '#contract/problem.js';

/** Seconds to wait before each further attempt. */
type Schedule = readonly number[];

/**
 * Six attempts over ten minutes: an archive that restarts is back within the first three, and nobody waits longer for
 * an outcome. No jitter is needed, because at most one request per worker arrives at once, not one per job.
 */
const archiveAway: Schedule = [5, 15, 40, 120, 420];

/**
 * Temporary problems, and how often a retry is worthwhile. `memory-insufficient` and `server-unreachable` are temporary
 * too, but not within minutes or not for a job: they fail at once.
 */
const schedules: Partial<Record<ErrorCode, Schedule>> = {
  'archive-unreachable': archiveAway,
  'archive-broken-answer': archiveAway,
  'archive-busy': archiveAway,
  // A series that is still being sent is whole within a minute; an image that is lost does not come back.
  'series-incomplete': [5, 15, 40],
  // Waiting does not help if an archive acknowledges objects but does not store them. One retry, in case it was
  // restarting.
  'store-not-verified': [5],
  // An out-of-memory kill may once have been caused by another process.
  'worker-lost': [0, 0],
  // A host that was switched off says nothing about the job, but a job that takes down one host after another must end.
  'worker-silent': [0, 0, 0, 0, 0],
};

/** An archive that asks for a longer delay (Retry-After) is retried after this many seconds. */
const longestWait = 600;

/**
 * When a job whose run ended with `problem` is retried; undefined if it has failed for good.
 * @param before earlier runs that ended with a temporary problem, without this one
 */
export function retryAfter(problem: Problem, before: readonly FailedAttempt[], now: Date): Date | undefined {
  const schedule = schedules[problem.code];
  if (schedule === undefined) return undefined;
  // Problems with the same schedule count together: an archive that restarts refuses, then returns 503, then
  // disconnects.
  const spent = before.filter(({ code }) => code in errorTable && schedules[code as ErrorCode] === schedule).length;
  const delay = schedule[spent];
  if (delay === undefined) return undefined;
  const asked = Number(problem.details.retryAfterSeconds ?? 0);
  return new Date(now.getTime() + 1000 * Math.min(longestWait, Math.max(delay, asked)));
}
