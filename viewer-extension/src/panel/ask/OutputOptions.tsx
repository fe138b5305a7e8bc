import { useId } from 'react';
import { strings } from '../../client/strings.js';
import { type Output, type SegmentationKind, segmentationKinds } from './output.js';

export interface OutputOptionsProps {
  readonly output: Output;
  readonly onOutput: (output: Output) => void;
  /** Name of the model if it gives no probabilities, so that a fractional segmentation is impossible. */
  readonly withoutProbabilities: string | undefined;
}

/** What is stored: the kind of the segmentation, and what beside it. */
export function OutputOptions({ output, onOutput, withoutProbabilities }: OutputOptionsProps) {
  const name = useId();
  const isOffered = (kind: SegmentationKind) => kind !== 'fractional' || withoutProbabilities === undefined;
  return (
    <div className="promptseg-options" data-promptseg="options">
      <fieldset>
        <legend>{strings.options.segmentation}</legend>
        {segmentationKinds.map((kind) => (
          <label key={kind} className="promptseg-choice">
            <input
              type="radio"
              name={name}
              value={kind}
              checked={output.segmentation === kind}
              disabled={!isOffered(kind)}
              onChange={() => onOutput({ ...output, segmentation: kind })}
            />
            <span>
              {strings.options.kinds[kind]}
              {!isOffered(kind) && (
                <span className="promptseg-fine">{strings.options.noProbabilities(withoutProbabilities ?? '')}</span>
              )}
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{strings.options.also}</legend>
        {(['measurementReport', 'rtStructureSet'] as const).map((companion) => (
          <label key={companion} className="promptseg-choice">
            <input
              type="checkbox"
              name={companion}
              checked={output[companion]}
              onChange={({ target }) => onOutput({ ...output, [companion]: target.checked })}
            />
            <span>{strings.options[companion]}</span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}
