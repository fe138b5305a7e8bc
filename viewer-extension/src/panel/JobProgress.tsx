import { useEffect, useState } from 'react';
import { overallFraction } from '../api/jobState.js';
import { strings } from '../strings.js';
import { Dot } from './Dot.js';
import { formatDuration } from './format.js';
import type { TrackedJob } from './jobStore.js';

/** How far a running job is: the stage in words, a bar, the time that passed, and the targets that it looks for. */
export function JobProgress({ tracked }: { tracked: TrackedJob }) {
  const { job, since, connected } = tracked;
  const now = useEverySecond();
  const stage = strings.job.states[job.state];
  const fraction = overallFraction(job);
  const detail =
    job.state === 'queued' && job.queuePosition !== undefined
      ? strings.job.queued(job.queuePosition)
      : job.progress?.message;
  return (
    <>
      <div className="promptseg-stage">
        <span role="status">{stage}</span>
        <span className="promptseg-muted promptseg-ellipsis">{detail}</span>
        <span className="promptseg-muted promptseg-figure">{formatDuration(now - since)}</span>
      </div>
      <progress aria-label={stage} {...(fraction === undefined ? {} : { value: fraction })} max={1} />
      {!connected && (
        <p className="promptseg-muted" role="status">
          {strings.job.reconnecting}
        </p>
      )}
      {job.findings.length === 0 && (
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

function useEverySecond(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
