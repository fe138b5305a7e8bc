import { turnsOfPriority } from './fairTurn.js';

/*
 * SQL of a job's place in the queue, from its row of `promptseg.jobs`: for its message, for lists, and for the position
 * that a client sees.
 */

/**
 * Higher goes first: jobs that a person waits for, then routed ones, then those of a backfill. Within each, jobs that
 * began already (they have waited for their turn once) come before the others, then by turn.
 */
export const queuePrioritySql = (jobs: string): string =>
  `((CASE ${jobs}.job #>> '{request,priority}' WHEN 'routed' THEN 0 WHEN 'backfill' THEN -2 ELSE 2 END +
     CASE WHEN ${jobs}.job ->> 'startedAt' IS NULL THEN 0 ELSE 1 END) * ${turnsOfPriority} - ${jobs}.turn)`;

/** The earliest start; NULL if a worker may take the job at once. */
export const queueStartSql = (jobs: string): string =>
  `greatest((${jobs}.job ->> 'retryAt')::timestamptz, (${jobs}.job ->> 'mayStartAt')::timestamptz)`;

/** Whether a job waits for its next attempt. */
export const waitsForRetry = (jobs: string): string =>
  `(${jobs}.state = 'queued' AND coalesce((${jobs}.job ->> 'retryAt')::timestamptz > now(), false))`;

/** Whether a job waits for the start time set by its rule, and not for a retry. */
export const waitsForRule = (jobs: string): string =>
  `(${jobs}.state = 'queued' AND NOT ${waitsForRetry(jobs)}
    AND coalesce((${jobs}.job ->> 'mayStartAt')::timestamptz > now(), false))`;

/** Whether a job waits for a time that has not come. */
export const waitsForMoment = (jobs: string): string =>
  `(${jobs}.state = 'queued' AND coalesce(${queueStartSql(jobs)} > now(), false))`;

/** Whether a job waits only for a worker. */
export const inLine = (jobs: string): string => `(${jobs}.state = 'queued' AND NOT ${waitsForMoment(jobs)})`;
