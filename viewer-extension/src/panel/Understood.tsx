import { useEffect, useState } from 'react';
import type { TargetView } from '../../../server/src/finding.js';
import type { ResolutionView } from '../../../server/src/http/api.js';
import type { Api } from '../api/api.js';
import { strings } from '../strings.js';
import { Dot } from './Dot.js';
import { Suggestions } from './Suggestions.js';
import { TroubleText } from './TroubleText.js';
import type { Resolution } from './useResolution.js';

interface UnderstoodProps {
  readonly id: string;
  readonly resolution: Resolution;
  /** False while the answer to the present text is on its way. */
  readonly current: boolean;
  readonly onReplace: (part: string, replacement: string) => void;
  readonly api: Pick<Api, 'listModels'>;
}

/** What the text is understood as, part by part, with codes, and what comes close to the parts that are not known. */
export function Understood({ id, resolution, current, onReplace, api }: UnderstoodProps) {
  const { view, trouble } = resolution;
  const model = useModelName(api, view?.model);
  return (
    <div
      id={id}
      role="status"
      aria-label={strings.resolution.region}
      className={current ? 'promptseg-understood' : 'promptseg-understood promptseg-stale'}
      data-promptseg="understood"
    >
      {trouble && <TroubleText trouble={trouble} />}
      {view?.resolutions.map((part, index) => (
        // The same words may stand twice in a text.
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
        <Part key={index} part={part} onReplace={onReplace} />
      ))}
      {model !== undefined && <p className="promptseg-fine">{strings.resolution.model(model)}</p>}
    </div>
  );
}

function Part({ part, onReplace }: { part: ResolutionView; onReplace: UnderstoodProps['onReplace'] }) {
  const { prompt, targets, nearest, correctedTo, reason } = part;
  return (
    <>
      {targets.map((target) => (
        <TargetLine key={target.id} target={target} />
      ))}
      {correctedTo !== undefined && (
        <p className="promptseg-fine">{strings.resolution.corrected(prompt, correctedTo)}</p>
      )}
      {targets.length === 0 && (
        <div className="promptseg-unknown" data-promptseg="unknown">
          <p>{reason ?? strings.resolution.unknown(prompt)}</p>
          <Suggestions nearest={nearest} prompt={prompt} onChoose={(name) => onReplace(prompt, name)} />
        </div>
      )}
    </>
  );
}

function TargetLine({ target }: { target: TargetView }) {
  const { name, code, displayColour } = target;
  return (
    <div className="promptseg-target" title={code.meaning} data-promptseg="target">
      <Dot colour={displayColour} />
      <span className="promptseg-ellipsis">{name}</span>
      <span className="promptseg-fine promptseg-figure">{strings.resolution.code(code.scheme, code.value)}</span>
    </div>
  );
}

/** The model's name for people; its id where the list of models cannot be had. */
function useModelName(api: Pick<Api, 'listModels'>, id: string | undefined): string | undefined {
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const known = id === undefined || names.has(id);
  useEffect(() => {
    if (known) return;
    let left = false;
    api
      .listModels()
      .then((models) => {
        if (!left) setNames(new Map(models.map((model) => [model.id, model.name])));
      })
      // The name is decoration: the id stands in for it.
      .catch(() => {});
    return () => {
      left = true;
    };
  }, [api, known]);
  return id === undefined ? undefined : (names.get(id) ?? id);
}
