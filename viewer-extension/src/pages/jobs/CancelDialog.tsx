import type { Job } from '../../../../server/contract/job.js';
import { jobTitle } from '../parts/jobTitle.js';
import { Question } from '../parts/Question.js';
import { strings } from './strings.js';

/** Asks before a job is cancelled. */
export function CancelDialog({ job, onDecision }: { job: Job | undefined; onDecision: (yes: boolean) => void }) {
  const { title, text, yes, no } = strings.cancelQuestion;
  return (
    <Question isAsked={job !== undefined} title={title} yes={yes} no={no} onDecision={onDecision}>
      {job && text(jobTitle(job))}
    </Question>
  );
}
