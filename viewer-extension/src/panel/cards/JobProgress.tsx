import { useEffect, useState } from 'react';
import type { Job } from '../../../../server/contract/job.js';
import { formatMoment, formatSeconds } from '../../client/format.js';
import { overallFraction } from '../../client/jobState.js';
import { strings } from '../../client/strings.js';
import { Dot } from '../Dot.js';
import type { TrackedJob } from '../results/jobStore.js';

/** Progress of a running job: the stage as text, a bar, the elapsed and the remaining time, and the targets. */
export function JobProgress({ tracked, ofOtherSeries }: { tracked: TrackedJob; ofOtherSeries: boolean }) {
  const { job, since } = tracked;
  const now = useEverySecond();
  const stage = strings.job.states[job.state];
  const fraction = overallFraction(job);
  const detail = job.state === 'queued' ? queueInWords(job) : job.progress?.message;
  const origin = [
    ...(job.rule === undefined ? [] : [strings.job.byRule(job.rule.name)]),
    ...(ofOtherSeries ? [strings.job.otherSeries] : []),
  ];
  return (
    <>
      <div className="promptseg-stage">
        <span role="status">{stage}</span>
        <span className="promptseg-muted promptseg-ellipsis" data-promptseg="detail">
          {detail}
        </span>
        <span className="promptseg-muted promptseg-figure">{formatSeconds((now - since) / 1000)}</span>
      </div>
      <progress aria-label={stage} {...(fraction === undefined ? {} : { value: fraction })} max={1} />
      <div className="promptseg-stage promptseg-muted">
        <span className="promptseg-ellipsis">{origin.join(' · ')}</span>
        <span className="promptseg-figure" data-promptseg="time-left">
          {timeLeftInWords(tracked, now)}
        </span>
      </div>
      {job.retryAt !== undefined && (
        <p className="promptseg-muted" role="status">
          {retryInWords(job)}
        </p>
      )}
      {job.findings.length === 0 && job.request.recognize === undefined && (
        <div className="promptseg-sought">
          {job.targets.map(({ id, name, displayColour }) => (
            <span key={id}>
              <Dot colour={displayColour} />
              {name}
            </span>
          ))}
        </div>
      )}
    </>
  );
}

/** "2 before this one, begins in about 40 s" */
function queueInWords({ queuePosition, estimate, mayStartAt }: Job): string | undefined {
  if (mayStartAt !== undefined && Date.parse(mayStartAt) > Date.now()) {
    return strings.job.notBefore(formatMoment(mayStartAt));
  }
  const starts = estimate?.startsInSeconds;
  const parts = [
    ...(queuePosition === undefined ? [] : [strings.job.queued(queuePosition)]),
    // Less than a few seconds is over before anybody has read it.
    ...(starts === undefined || starts < 3 ? [] : [strings.job.startsIn(formatSeconds(starts))]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** Undefined if there is no estimate, or if it has proved too short. */
function timeLeftInWords({ job, readAt }: TrackedJob, now: number): string | undefined {
  if (job.estimate === undefined) return undefined;
  const left = job.estimate.endsInSeconds * 1000 - (now - readAt);
  return left < 1000 ? strings.job.almostDone : strings.job.timeLeft(formatSeconds(left / 1000));
}

/** Why the job waits for its next attempt. */
function retryInWords({ failedAttempts = [] }: Job): string {
  return strings.job.nextAttempt(failedAttempts.at(-1)?.reason ?? '', failedAttempts.length + 1);
}

function useEverySecond(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
