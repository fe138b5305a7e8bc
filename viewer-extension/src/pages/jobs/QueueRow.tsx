import type { Job } from '../../../../server/contract/job.js';
import { formatMoment, formatRoughly, formatSeconds } from '../../client/format.js';
import { useRights } from '../../client/rights.js';
import { jobTitle } from '../parts/jobTitle.js';
import { JobIdentity, ViewerLink } from './JobIdentity.js';
import type { SeenJob } from './jobsState.js';
import { strings } from './strings.js';

interface QueueRowProps {
  readonly seen: SeenJob;
  /**
   * Its place among the jobs that wait for a worker, from 1 on; undefined for one that runs or waits for another
   * attempt.
   */
  readonly place: number | undefined;
  readonly now: number;
  readonly onCancel: (job: Job) => void;
}

/** One job that has not ended. */
export function QueueRow({ seen, place, now, onCancel }: QueueRowProps) {
  const { job } = seen;
  const mayCancel = useRights().may('jobs:write');
  const text = strings.queue;
  const waits = job.state === 'queued';
  const stored = job.state === 'storing' || job.state === 'verifying';
  const cancelling = job.progress?.message === 'cancelling';
  return (
    <li className="row" id={job.id} data-job={job.id} data-state={job.state} data-retry={job.retryAt !== undefined}>
      <Place state={job.state} place={place} />
      <div className="what">
        <h3>
          {jobTitle(job)}
          {job.request.priority === 'routed' && (
            <span className="chip" title={text.routedTitle}>
              {text.routed}
            </span>
          )}
          {job.request.priority === 'backfill' && (
            <span className="chip" title={text.backfillTitle}>
              {text.backfill}
            </span>
          )}
        </h3>
        <p className="state">
          <strong>{strings.job.states[job.state]}</strong>
          {!waits && job.progress?.message && <span>{job.progress.message}</span>}
          <span>
            {waits
              ? text.waited(formatSeconds((now - Date.parse(job.createdAt)) / 1000))
              : text.ran(formatSeconds((now - Date.parse(job.startedAt ?? job.createdAt)) / 1000))}
          </span>
          {waits && Date.parse(job.mayStartAt ?? '') > now && (
            <span>{text.mayStartAt(formatMoment(job.mayStartAt ?? '', new Date(now)))}</span>
          )}
          {(!waits || place !== undefined) && <span>{estimateInWords(seen, now)}</span>}
        </p>
        {!waits && (
          <progress
            aria-label={strings.job.states[job.state]}
            max={1}
            {...(job.progress?.fraction !== undefined && { value: job.progress.fraction })}
          />
        )}
        <FailedAttempts job={job} now={now} />
        <JobIdentity job={job} now={now} />
      </div>
      <div className="actions">
        <ViewerLink job={job} />
        {!stored && mayCancel && (
          <button
            type="button"
            aria-label={`${text.cancel}: ${jobTitle(job)}`}
            aria-disabled={cancelling}
            onClick={() => !cancelling && onCancel(job)}
          >
            {cancelling ? text.cancelling : text.cancel}
          </button>
        )}
      </div>
    </li>
  );
}

function Place({ state, place }: { state: Job['state']; place: number | undefined }) {
  if (place === undefined)
    return <span className="place" data-kind={state === 'queued' ? 'retry' : 'running'} aria-hidden="true" />;
  return (
    <span className="place" title={strings.queue.position(place)}>
      <span className="hidden">{strings.queue.position(place)}</span>
      <span aria-hidden="true">{place}</span>
    </span>
  );
}

/** Estimates count down from when they arrived. */
function estimateInWords({ job, seenAt }: SeenJob, now: number): string {
  const text = strings.queue;
  const { estimate } = job;
  if (estimate === undefined) return text.unknown;
  const gone = (now - seenAt) / 1000;
  const { startsInSeconds, endsInSeconds } = estimate;
  if (startsInSeconds !== undefined) {
    const starts = formatRoughly(startsInSeconds - gone);
    return starts === undefined ? text.startsSoon : text.startsIn(starts);
  }
  const ends = formatRoughly(endsInSeconds - gone);
  return ends === undefined ? text.endsSoon : text.endsIn(ends);
}

/** Why a job is tried again, and when that is. */
function FailedAttempts({ job, now }: { job: Job; now: number }) {
  const attempts = job.failedAttempts ?? [];
  const last = attempts.at(-1);
  if (last === undefined) return null;
  return (
    <p className="trouble">
      {last.reason} <strong>{nextAttempt(job, attempts.length + 1, now)}</strong>
    </p>
  );
}

function nextAttempt({ state, retryAt }: Job, number: number, now: number): string {
  const { attemptRuns, attemptIn, attemptNext } = strings.queue;
  if (state !== 'queued') return attemptRuns(number);
  const seconds = retryAt === undefined ? 0 : Math.ceil((Date.parse(retryAt) - now) / 1000);
  return seconds > 0 ? attemptIn(number, formatSeconds(seconds)) : attemptNext(number);
}
