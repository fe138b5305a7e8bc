import type { Neighbours } from '../../../../server/contract/imagePrompts.js';
import { laterStrings } from '../../client/laterStrings.js';
import { Dot } from '../Dot.js';
import { type Clicking, isNew } from './clicking.js';
import type { ClickStore } from './clickStore.js';

const texts = laterStrings.clicks;

interface NeighbourChoiceProps {
  readonly clicks: ClickStore;
  readonly clicking: Clicking;
}

/** What becomes of the other structures of the result where this one grows. */
export function NeighbourChoice({ clicks, clicking: { of, draft, work } }: NeighbourChoiceProps) {
  if (!('result' in of) || of.result.findings.length < 2 || draft === undefined || isNew(draft)) return null;
  const { policy = 'overlapping', locked = [] } = draft.neighbours ?? {};
  const others = of.result.findings.filter(({ segmentNumber }) => segmentNumber !== of.segmentNumber);
  const isStoring = work === 'storing';
  return (
    <>
      <label className="promptseg-versions">
        <span>{texts.neighbours}</span>
        <select
          value={policy}
          disabled={isStoring}
          onChange={({ target }) => void clicks.setNeighbours({ policy: target.value as Neighbours['policy'] })}
          data-promptseg="click-neighbours"
        >
          {policies.map((each) => (
            <option key={each} value={each}>
              {texts.policies[each]}
            </option>
          ))}
        </select>
      </label>
      {policy !== 'onlyEmpty' && (
        <details data-promptseg="click-locks">
          <summary>{texts.locks(locked.length)}</summary>
          {others.map(({ segmentNumber, target }) => (
            <label key={segmentNumber} className="promptseg-lock">
              <input
                type="checkbox"
                className="promptseg-checkbox"
                checked={locked.includes(segmentNumber)}
                disabled={isStoring}
                onChange={({ target: { checked } }) => {
                  const rest = locked.filter((number) => number !== segmentNumber);
                  void clicks.setNeighbours({ locked: checked ? [...rest, segmentNumber] : rest });
                }}
                data-promptseg="click-lock"
              />
              <Dot colour={target.displayColour} />
              {target.name}
            </label>
          ))}
        </details>
      )}
    </>
  );
}

const policies: readonly Neighbours['policy'][] = ['overlapping', 'exclusive', 'onlyEmpty'];
