import type { Job } from '../../../../server/contract/job.js';
import { type EndState, endStates, type ReviewState, reviewStates } from '../../../../server/contract/jobState.js';

/** Which ended jobs the reader wants to see. */
export interface HistoryFilter {
  readonly state?: EndState;
  readonly review?: ReviewState;
  /** Id of a model package. */
  readonly model?: string;
  /** Accepted at this time or later. */
  readonly since?: Date;
  /** Accepted before this time. */
  readonly until?: Date;
}

/** Whether a job that has just ended belongs into the list, as the server would decide. */
export function matches(filter: HistoryFilter, job: Job): boolean {
  const created = Date.parse(job.createdAt);
  return (
    (filter.state === undefined || job.state === filter.state) &&
    (filter.review === undefined || job.review?.state === filter.review) &&
    (filter.model === undefined || job.model?.id === filter.model) &&
    (filter.since === undefined || created >= filter.since.getTime()) &&
    (filter.until === undefined || created < filter.until.getTime())
  );
}

/** The fields of the form; an empty text does not filter. Days are those of the reader's clock. */
export interface FilterForm {
  readonly state: string;
  readonly review: string;
  readonly model: string;
  readonly from: string;
  readonly to: string;
}

export const noFilter: FilterForm = { state: '', review: '', model: '', from: '', to: '' };

/** The filter that a form means; the last day is part of it. */
export function filterOf({ state, review, model, from, to }: FilterForm): HistoryFilter {
  const since = startOfDay(from, 0);
  const until = startOfDay(to, 1);
  return {
    ...(isEndState(state) && { state }),
    ...(isReviewState(review) && { review }),
    ...(model !== '' && { model }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}

/** @param day as a date field gives it, "2026-01-31", or empty */
function startOfDay(day: string, plusDays: number): Date | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  return year === undefined ? undefined : new Date(Number(year), Number(month) - 1, Number(date) + plusDays);
}

const isReviewState = (text: string): text is ReviewState => (reviewStates as readonly string[]).includes(text);
const isEndState = (text: string): text is EndState => (endStates as readonly string[]).includes(text);
