import { z } from 'zod';
import { hasEnded, type JobState, jobStates, reviewStates } from '#contract/jobState.js';
import { momentSchema } from '#contract/moment.js';
import { uidSchema } from '#contract/uid.js';
import type { JobFilter } from '../records/jobFilter.js';

const openOrEnded = ['open', 'ended'] as const;

/** Query of `GET /segmentations`. */
export const listQuerySchema = z.object({
  study: uidSchema.optional(),
  /** One state, or all jobs that have not ended, or all that have. */
  state: z.enum([...jobStates, ...openOrEnded]).optional(),
  /** Only stored results whose review is in this state. */
  review: z.enum(reviewStates).optional(),
  /** Id of a model package. */
  model: z.string().min(1).max(100).optional(),
  /** Accepted at this time or later. */
  since: momentSchema.optional(),
  /** Accepted before this time. */
  until: momentSchema.optional(),
  /** `nextCursor` of the previous page. */
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** The filter for a query. */
export function filterOf(query: z.infer<typeof listQuerySchema>): JobFilter {
  const { study, state, review, model, since, until, cursor, limit } = query;
  return {
    limit,
    ...(study !== undefined && { studyInstanceUID: study }),
    ...(state !== undefined && { states: statesOf(state) }),
    ...(review !== undefined && { review }),
    ...(model !== undefined && { model }),
    ...(since !== undefined && { since: new Date(since) }),
    ...(until !== undefined && { until: new Date(until) }),
    ...(cursor !== undefined && { before: Number(cursor) }),
  };
}

function statesOf(state: JobState | (typeof openOrEnded)[number]): readonly JobState[] {
  if (state !== 'open' && state !== 'ended') return [state];
  return jobStates.filter((each) => hasEnded({ state: each }) === (state === 'ended'));
}
