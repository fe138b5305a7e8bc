import type { Delivery } from '#contract/delivery.js';
import type { Job } from '#contract/job.js';
import { endStates, type ReviewState } from '#contract/jobState.js';
import { isTechnicalNote } from '../../values/technicalNotes.js';
import { inLine, queuePrioritySql, waitsForMoment } from './queuePlace.js';
import { reviewOf, reviewState } from './review.js';
import { progressOfStep } from './stepProgress.js';

const ended = endStates.map((state) => `'${state}'`).join(', ');

/**
 * SQL that makes a {@link Job} from a row of `promptseg.jobs AS jobs`. The view of a queued job changes with the queue
 * before it, not only with its own row, so its number is the last one of the sequence. Before it are the running jobs
 * and those that leave the queue first.
 */
const viewWith = (queuePosition: string): string => `jobs.job, jobs.run,
  CASE WHEN jobs.state = 'queued' THEN (SELECT last_value FROM promptseg.job_event_sequence)
    ELSE jobs.sequence END AS sequence,
  ${queuePosition} AS queue_position,
  (
    SELECT jsonb_agg(
      given.feedback || jsonb_build_object('findingIndex', given.finding_index,
        'at', to_char(given.given_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      ORDER BY given.finding_index
    ) FROM promptseg.feedback AS given WHERE given.job_id = jobs.id
  ) AS feedback,
  ${reviewState} AS review,
  (
    SELECT jsonb_agg(jsonb_build_object('destination', step.target) || ${progressOfStep('step')} ORDER BY step.target)
    FROM promptseg.deliveries AS step WHERE step.job_id = jobs.id
  ) AS deliveries`;

/** The view of one job. */
export const jobView = viewWith(`
  CASE WHEN ${inLine('jobs')} THEN (
    SELECT count(*) FROM promptseg.jobs AS other
    WHERE other.state NOT IN (${ended}) AND NOT ${waitsForMoment('other')} AND (
      other.state <> 'queued'
      OR (-${queuePrioritySql('other')}, other.number) < (-${queuePrioritySql('jobs')}, jobs.number)
    )
  ) END`);

/** The same without the place in the queue. */
export const jobViewWithoutPlace = viewWith('NULL');

// pg returns bigint as a string; sequence numbers stay far below 2^53.
export function toJob(row: Record<string, unknown>): Job {
  const queuePosition = row.queue_position === null ? {} : { queuePosition: Number(row.queue_position) };
  const deliveries = row.deliveries === null ? {} : { deliveries: row.deliveries as Delivery[] };
  const feedback = row.feedback === null ? {} : { feedback: row.feedback as Job['feedback'] };
  const job = row.job as Job;
  const technical = job.notes.filter(isTechnicalNote);
  return {
    ...job,
    ...(technical.length > 0 && { technicalNotes: technical }),
    ...feedback,
    ...(row.review !== null && { review: reviewOf(row.review as ReviewState, { ...job, ...feedback }) }),
    ...queuePosition,
    ...deliveries,
    lastEventId: Number(row.sequence),
  };
}
