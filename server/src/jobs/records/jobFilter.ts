import type { JobState, ReviewState } from '#contract/jobState.js';
import { reviewState } from './review.js';

/** Selects the jobs of a list; absent members do not filter. */
export interface JobFilter {
  readonly studyInstanceUID?: string;
  readonly states?: readonly JobState[];
  readonly review?: ReviewState;
  /** Id of a model package. */
  readonly model?: string;
  /** Accepted at this time or later. */
  readonly since?: Date;
  /** Accepted before this time. */
  readonly until?: Date;
  /** Accepted before the job with this number: `JobPage.nextCursor` of the previous page. */
  readonly before?: number;
  readonly limit: number;
}

/** The filter as the WHERE clause over `promptseg.jobs AS jobs`, with its parameters. */
export function whereOf(filter: Omit<JobFilter, 'limit'>): {
  readonly where: string;
  readonly values: readonly unknown[];
} {
  const { studyInstanceUID, states, review, model, since, until, before } = filter;
  const conditions: readonly (readonly [string, unknown])[] = [
    ['jobs.study_instance_uid = $', studyInstanceUID],
    // A list as text, because PGlite and pg encode array parameters differently.
    ["jobs.state = ANY (string_to_array($, ','))", states?.join(',')],
    [`${reviewState} = $`, review],
    ["jobs.job #>> '{model,id}' = $", model],
    ['jobs.created_at >= $', since?.toISOString()],
    ['jobs.created_at < $', until?.toISOString()],
    ['jobs.number < $', before],
  ];
  const given = conditions.filter(([, value]) => value !== undefined);
  return {
    where: ['true', ...given.map(([condition], index) => condition.replace('$', () => `$${index + 1}`))].join(' AND '),
    values: given.map(([, value]) => value),
  };
}
