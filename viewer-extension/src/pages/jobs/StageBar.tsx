import type { Job } from '../../../../server/contract/job.js';
import type { Stage } from '../../../../server/contract/jobState.js';
import { formatDuration } from '../../client/format.js';
import { strings } from './strings.js';

/** The time of each stage of a job, as a bar with one part per stage, and as text. */
export function StageBar({ stageTimes }: Pick<Job, 'stageTimes'>) {
  const stages = Object.keys(strings.job.stages) as Stage[];
  const times = stages.flatMap((stage) => {
    const milliseconds = stageTimes[stage];
    return milliseconds === undefined ? [] : [{ stage, milliseconds }];
  });
  const total = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  if (total === 0) return null;
  const inWords = times.map(
    ({ stage, milliseconds }) => `${strings.job.stages[stage]} ${formatDuration(milliseconds)}`,
  );
  // Parts of an SVG take their size from an attribute, since the page's policy allows no inline style.
  let x = 0;
  return (
    <figure className="stages">
      <svg
        viewBox={`0 0 ${total} 1`}
        preserveAspectRatio="none"
        role="img"
        aria-label={strings.history.stages(inWords.join(', '))}
      >
        {times.map(({ stage, milliseconds }) => {
          const from = x;
          x += milliseconds;
          return (
            <rect key={stage} x={from} width={milliseconds} height={1} data-stage={stage}>
              <title>{`${strings.job.stages[stage]} ${formatDuration(milliseconds)}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption aria-hidden="true">
        {times.map(({ stage, milliseconds }) => (
          <span key={stage} data-stage={stage}>
            {strings.job.stages[stage]} {formatDuration(milliseconds)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
