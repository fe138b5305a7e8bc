import { useId } from 'react';
import type { Job } from '../../../../server/contract/job.js';
import { type ReviewState, reviewStates } from '../../../../server/contract/jobState.js';
import { laterStrings } from '../../client/laterStrings.js';

export type ChosenReview = ReviewState | 'all';

interface ReviewFilterProps {
  readonly jobs: readonly Pick<Job, 'review'>[];
  readonly chosen: ChosenReview;
  readonly onChosen: (review: ChosenReview) => void;
}

/** What is not reviewed yet, because it runs or stored nothing, is always listed. */
export const isListed = ({ review }: Pick<Job, 'review'>, chosen: ChosenReview): boolean =>
  chosen === 'all' || review === undefined || review.state === chosen;

/** Lists results by their review, with the number of each; absent while there is only one result. */
export function ReviewFilter({ jobs, chosen, onChosen }: ReviewFilterProps) {
  const id = useId();
  const { filter, everything, states } = laterStrings.review;
  const counts = new Map<ChosenReview, number>();
  for (const { review } of jobs) if (review) counts.set(review.state, (counts.get(review.state) ?? 0) + 1);
  const reviewed = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (reviewed < 2 && chosen === 'all') return null;
  return (
    <div className="promptseg-stacks" data-promptseg="review-filter">
      <label htmlFor={id}>{filter}</label>
      <select id={id} value={chosen} onChange={({ target }) => onChosen(target.value as ChosenReview)}>
        <option value="all">{everything(reviewed)}</option>
        {reviewStates.map((state) => (
          <option key={state} value={state}>
            {states[state](counts.get(state) ?? 0)}
          </option>
        ))}
      </select>
    </div>
  );
}
