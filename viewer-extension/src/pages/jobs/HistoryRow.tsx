import { useState } from 'react';
import type { Job, Review } from '../../../../server/contract/job.js';
import { formatDuration } from '../../client/format.js';
import { useRights } from '../../client/rights.js';
import { jobTitle } from '../parts/jobTitle.js';
import { Thumbnail } from '../parts/Thumbnail.js';
import { Deliveries } from './Deliveries.js';
import { JobIdentity, ViewerLink } from './JobIdentity.js';
import { StageBar } from './StageBar.js';
import { strings } from './strings.js';

interface HistoryRowProps {
  readonly job: Job;
  readonly now: number;
  readonly onRerun: (job: Job) => Promise<void>;
  readonly onDeliver: (job: Job, destination: string) => Promise<void>;
}

/** One job that has ended. */
export function HistoryRow({ job, now, onRerun, onDeliver }: HistoryRowProps) {
  const text = strings.history;
  const { state, problem, notes, failedAttempts = [], rerunOf, comparedWithPrior, startedAt, endedAt, createdAt } = job;
  const [sending, setSending] = useState(false);
  const mayRerun = useRights().may('jobs:write');
  const began = Date.parse(startedAt ?? endedAt ?? createdAt);
  return (
    <li className="row" id={job.id} data-job={job.id} data-state={state}>
      <span className="place" data-kind={state} aria-hidden="true" />
      <div className="what">
        <h3>{jobTitle(job)}</h3>
        <p className="state">
          <strong>{strings.job.states[state]}</strong>
          {state === 'completed' && <span>{findingsInWords(job)}</span>}
          {startedAt && endedAt && <span>{text.took(formatDuration(Date.parse(endedAt) - began))}</span>}
          <span>{text.waited(formatDuration(began - Date.parse(createdAt)))}</span>
          {failedAttempts.length > 0 && <span>{text.attempts(failedAttempts.length)}</span>}
        </p>
        {state === 'failed' && problem && (
          <p className="trouble">
            {problem.detail} <strong>{text.next}:</strong> {problem.nextStep}
          </p>
        )}
        {job.review && job.review.state !== 'draft' && <ReviewText review={job.review} />}
        <Deliveries job={job} now={now} onDeliver={onDeliver} />
        <StageBar stageTimes={job.stageTimes} />
        {notes.length > 0 && (
          <details>
            <summary>{text.notes(notes.length)}</summary>
            <ul>
              {notes.map((note, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: notes may repeat, and their order is fixed
                <li key={index} lang={text.note(note) === note ? 'en' : undefined}>
                  {text.note(note)}
                </li>
              ))}
            </ul>
          </details>
        )}
        <JobIdentity job={job} now={now} />
        {comparedWithPrior && (
          <p className="identity" data-promptseg="compared">
            {comparedWithPrior.job === undefined
              ? text.notCompared(comparedWithPrior.problem?.detail ?? '')
              : text.compared(comparedWithPrior.job.slice(0, 8))}
          </p>
        )}
        {rerunOf && <p className="identity">{text.rerunOf(rerunOf.slice(0, 8))}</p>}
      </div>
      <div className="actions">
        <Thumbnail job={job} />
        <ViewerLink job={job} />
        {state !== 'completed' && mayRerun && (
          <button
            type="button"
            aria-label={`${text.rerun}: ${jobTitle(job)}`}
            aria-disabled={sending}
            onClick={async () => {
              if (sending) return;
              setSending(true);
              await onRerun(job);
              setSending(false);
            }}
          >
            {sending ? text.rerunning : text.rerun}
          </button>
        )}
      </div>
    </li>
  );
}

/** What people made of the result: who, and why. */
function ReviewText({ review: { state, by, reason } }: { review: Review }) {
  return (
    <p data-review={state}>
      {strings.history.reviews[state]}
      {by && ` (${by.displayName})`}
      {reason !== undefined && `: ${reason}`}
    </p>
  );
}

function findingsInWords({ findings }: Job): string {
  const text = strings.history;
  const count = (status: string): number => findings.filter((finding) => finding.status === status).length;
  const found = count('found');
  const parts = [
    found > 0 ? text.found(found) : text.nothing,
    ...(count('not-found') > 0 ? [text.notFound(count('not-found'))] : []),
    ...(count('refused') > 0 ? [text.refused(count('refused'))] : []),
  ];
  return parts.join(', ');
}
