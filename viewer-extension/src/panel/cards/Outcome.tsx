import { formatSeconds } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';
import { strings } from '../../client/strings.js';
import type { TrackedJob } from '../results/jobStore.js';
import type { JobResult } from '../results/results.js';
import { TroubleText } from '../TroubleText.js';

interface OutcomeProps {
  readonly tracked: TrackedJob;
  readonly ofOtherSeries: boolean;
  readonly result: JobResult | undefined;
}

/** How a job ended, in a line. */
export function Outcome({ tracked: { job }, ofOtherSeries, result }: OutcomeProps) {
  const { state, problem, endedAt, createdAt, refinement } = job;
  if (state === 'failed' && problem) {
    return <TroubleText trouble={{ ...problem, sentence: problem.detail }} />;
  }
  if (state === 'cancelled') return <p className="promptseg-muted">{strings.job.cancelled}</p>;
  const parts = [
    strings.job.states[state],
    ...(endedAt === undefined ? [] : [formatSeconds((Date.parse(endedAt) - Date.parse(createdAt)) / 1000)]),
    ...(refinement === undefined ? [] : [howMade(refinement)]),
    ...(job.rule === undefined ? [] : [strings.job.byRule(job.rule.name)]),
    ...(job.createdBy === undefined ? [] : [strings.job.askedBy(job.createdBy.displayName)]),
    ...(ofOtherSeries ? [strings.job.otherSeries] : []),
    ...(result?.deletedAt === undefined ? [] : [strings.result.deletedTag]),
  ];
  return (
    <p className="promptseg-muted" role="status">
      {parts.join(' · ')}
      {state === 'completed' &&
        job.findings.every(({ status }) => status !== 'found') &&
        `. ${strings.job.nothingFound}`}
    </p>
  );
}

function howMade({ clicks, corrects }: NonNullable<TrackedJob['job']['refinement']>): string {
  const { box, clicks: clicked } = laterStrings;
  if (clicks === undefined) return corrects === undefined ? box.made : box.corrected;
  const areClicks = clicks.every(({ kind }) => kind === 'click');
  if (corrects === undefined) return areClicks ? clicked.marked : clicked.markedByStrokes;
  return areClicks ? clicked.corrected : clicked.correctedByStrokes;
}
