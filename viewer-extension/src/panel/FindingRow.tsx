import type { Finding } from '../../../server/src/finding.js';
import { strings } from '../strings.js';
import { Dot } from './Dot.js';
import { formatMean, formatVolume } from './format.js';
import { Suggestions } from './Suggestions.js';

interface FindingRowProps {
  readonly finding: Finding;
  readonly onJump: (segmentNumber: number) => void;
  readonly onSuggestion: (text: string) => void;
}

/** What a job says of one target: where it is and how large, or why it is not there. */
export function FindingRow({ finding, onJump, onSuggestion }: FindingRowProps) {
  if (finding.status === 'found') {
    const { target, segmentNumber } = finding;
    return (
      <li data-promptseg="finding" data-status="found" data-segment-number={segmentNumber}>
        <button
          type="button"
          className="promptseg-finding"
          title={strings.finding.jump(target.name)}
          onClick={() => onJump(segmentNumber)}
        >
          <Dot colour={target.displayColour} />
          <span>{target.name}</span>
          <span className="promptseg-figure">{formatVolume(finding.volumeMl)}</span>
          <span className="promptseg-figure promptseg-muted">{formatMean(finding)}</span>
        </button>
      </li>
    );
  }
  const notFound = finding.status === 'not-found';
  return (
    <li className="promptseg-missing" data-promptseg="finding" data-status={finding.status}>
      <p>
        <b>{notFound ? finding.target.name : `“${finding.prompt}”`}</b>{' '}
        {notFound ? strings.finding.notFound : strings.finding.refused}. {finding.reason}
      </p>
      {finding.status === 'refused' && (
        <Suggestions nearest={finding.nearest} prompt={finding.prompt} onChoose={onSuggestion} />
      )}
    </li>
  );
}
