import { useRef } from 'react';
import type { FoundFinding } from '../../../../server/contract/finding.js';
import type { EditedFinding, Feedback } from '../../../../server/contract/job.js';
import { formatMean } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';
import { language } from '../../client/strings/language.js';
import { strings } from '../../client/strings.js';
import type { FindingActions } from './findingActions.js';
import { InstanceList } from './InstanceList.js';
import { Judgement } from './Judgement.js';
import { normsFigures } from './normsFigures.js';
import { useReveal } from './useReveal.js';

interface FindingDetailsProps {
  readonly finding: FoundFinding | EditedFinding;
  readonly findingIndex: number | undefined;
  readonly feedback: Feedback | undefined;
  readonly actions: FindingActions;
}

/** The figures that do not fit into the row, and the reader's feedback on the finding. */
export function FindingDetails({ finding, findingIndex, feedback, actions }: FindingDetailsProps) {
  const { target, voxelCount, longestAxialDiameterMm, standardDeviation, unit, segmentNumber } = finding;
  const { details } = strings.finding;
  const block = useRef<HTMLDivElement>(null);
  useReveal(block);
  const { scheme, value: code, meaning } = target.code;
  const figures: readonly (readonly [term: string, value: string, lang?: string])[] = [
    // The meaning is English in every language.
    [details.code, `${strings.resolution.code(scheme, code)} · ${meaning}`, 'en'],
    [details.voxels, voxelCount.toLocaleString(language)],
    [details.diameter, longestAxialDiameterMm === undefined ? '' : millimetres(longestAxialDiameterMm)],
    [details.deviation, formatMean({ mean: standardDeviation, unit })],
    ...normsFigures(finding),
  ];
  return (
    <div className="promptseg-details" ref={block}>
      <dl>
        {figures
          .filter(([, value]) => value !== '')
          .map(([term, value, lang]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd lang={lang}>{value}</dd>
            </div>
          ))}
      </dl>
      {finding.instances && (
        <InstanceList
          instances={finding.instances}
          onGoTo={({ slice, centroidLps: position }) => actions.look(segmentNumber, { slice, position })}
        />
      )}
      {findingIndex !== undefined && (
        <Judgement name={target.name} feedback={feedback} onJudge={(given) => actions.judge(findingIndex, given)} />
      )}
      {actions.clicks && (
        <button
          type="button"
          className="promptseg-plain"
          onClick={() => actions.clicks?.(segmentNumber)}
          data-promptseg="click-finding"
        >
          {laterStrings.clicks.refine(target.name)}
        </button>
      )}
      {actions.edit && (
        <button
          type="button"
          className="promptseg-plain"
          onClick={() => actions.edit?.(segmentNumber)}
          data-promptseg="edit-finding"
        >
          {laterStrings.edit.segment(target.name)}
        </button>
      )}
      {actions.box && (
        <button
          type="button"
          className="promptseg-plain"
          onClick={() => actions.box?.(segmentNumber)}
          data-promptseg="box-finding"
        >
          {laterStrings.box.refine(target.name)}
        </button>
      )}
    </div>
  );
}

const millimetres = (length: number): string => `${length.toLocaleString(language, { maximumFractionDigits: 1 })} mm`;
