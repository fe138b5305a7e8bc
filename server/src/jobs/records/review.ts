import type { Job, Review } from '#contract/job.js';
import type { ReviewState } from '#contract/jobState.js';

/**
 * SQL for the {@link ReviewState} of a row of `promptseg.jobs AS jobs`; NULL without a stored result. Of an edit, a
 * rejection and the last acceptance, the latest counts. Feedback on what was not found says nothing about the result.
 */
export const reviewState = `CASE WHEN jobs.state = 'completed' AND jobs.job ? 'result' THEN (
  SELECT CASE
    WHEN acts.rejected > edits.last THEN 'rejected'
    WHEN acts.accepted = found.number AND acts.last > edits.last THEN 'accepted'
    WHEN edits.last > '-infinity' THEN 'edited'
    ELSE 'draft' END
  FROM (
    SELECT max(given_at) AS last, max(given_at) FILTER (WHERE feedback ->> 'verdict' = 'rejected') AS rejected,
      count(*) FILTER (WHERE feedback ->> 'verdict' = 'accepted') AS accepted
    FROM promptseg.feedback WHERE job_id = jobs.id
      AND jobs.job #>> ARRAY['findings', finding_index::text, 'status'] = 'found'
  ) AS acts, (
    SELECT coalesce(max((each ->> 'createdAt')::timestamptz), '-infinity') AS last
    FROM jsonb_array_elements(jobs.job -> 'editedResults') AS each WHERE NOT each ? 'deletedAt'
  ) AS edits, (
    SELECT count(*) AS number FROM jsonb_array_elements(jobs.job -> 'findings') AS each
    WHERE each ->> 'status' = 'found'
  ) AS found
) END`;

/** The state with the act that led to it. */
export function reviewOf(state: ReviewState, { feedback = [], findings, editedResults = [] }: Job): Review {
  if (state === 'draft') return { state };
  if (state === 'edited') {
    const edited = editedResults.findLast(({ deletedAt }) => deletedAt === undefined);
    return { state, ...(edited && { at: edited.createdAt, ...(edited.by && { by: edited.by }) }) };
  }
  const last = feedback
    .filter(({ verdict, findingIndex }) => verdict === state && findings[findingIndex]?.status === 'found')
    .toSorted((a, b) => a.at.localeCompare(b.at))
    .at(-1);
  if (last === undefined) return { state };
  const { at, by, reason } = last;
  return { state, at, ...(by && { by }), ...(reason !== undefined && { reason }) };
}
