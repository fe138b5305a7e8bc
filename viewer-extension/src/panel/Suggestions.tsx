import type { TargetView } from '../../../server/contract/finding.js';
import { strings } from '../client/strings.js';
import { Dot } from './Dot.js';

interface SuggestionsProps {
  readonly nearest: readonly TargetView[];
  readonly prompt: string;
  readonly onChoose: (name: string) => void;
}

/** The targets closest to something unknown, to click. */
export function Suggestions({ nearest, prompt, onChoose }: SuggestionsProps) {
  if (nearest.length === 0) return null;
  return (
    <div className="promptseg-suggestions">
      <span>{strings.resolution.didYouMean}</span>
      {nearest.map(({ id, name, displayColour }) => (
        <button
          key={id}
          type="button"
          className="promptseg-chip"
          aria-label={strings.resolution.use(name, prompt)}
          onClick={() => onChoose(name)}
          data-promptseg="suggestion"
        >
          <Dot colour={displayColour} />
          {name}
        </button>
      ))}
    </div>
  );
}
