import { useId } from 'react';
import type { ModelView } from '../../../../server/contract/models.js';
import type { ResolveView } from '../../../../server/contract/prompts.js';
import { language } from '../../client/strings/language.js';
import { strings } from '../../client/strings.js';
import { chosenModel } from './chosenModel.js';

export interface ModelChoiceProps {
  readonly models: readonly ModelView[];
  /** Id of the chosen one; undefined: automatic. */
  readonly chosen: string | undefined;
  /** What the server would take for the present prompts. */
  readonly resolved: Pick<ResolveView, 'model' | 'because'> | undefined;
  readonly onChoose: (id: string | undefined) => void;
}

/**
 * The models that serve the series, with what they know and how well they were measured; automatic by default, with its
 * reason.
 */
export function ModelChoice({ models, chosen, resolved, onChoose }: ModelChoiceProps) {
  const name = useId();
  return (
    <fieldset className="promptseg-models" data-promptseg="models">
      <legend className="promptseg-unseen">{strings.model.open}</legend>
      <label className="promptseg-choice">
        <input type="radio" name={name} checked={chosen === undefined} onChange={() => onChoose(undefined)} />
        <span>
          <b>{strings.model.automatic}</b>
          <span className="promptseg-fine" data-promptseg="model-reason">
            {chosen === undefined && resolved !== undefined
              ? `${chosenModel(models, resolved.model, resolved)}: ${strings.model.reasons[resolved.because]}`
              : strings.model.automaticHint}
          </span>
        </span>
      </label>
      {models.map((model) => (
        <label key={model.id} className="promptseg-choice" data-promptseg="model">
          <input type="radio" name={name} checked={chosen === model.id} onChange={() => onChoose(model.id)} />
          <span>
            <b>
              {model.name} <span className="promptseg-muted">{model.version}</span>
            </b>
            <About model={model} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function About({ model }: { model: ModelView }) {
  const { modalities, numberOfTargets, evaluation, intendedUse, fit, bodyRegions = [] } = model;
  const [summary, ...others] = evaluation;
  const regions = bodyRegions.map((region) => strings.model.regions[region]).join(', ');
  return (
    <>
      <span className="promptseg-fine">{strings.model.targets(numberOfTargets, modalities.join(', '))}</span>
      {fit === 'elsewhere' && <span className="promptseg-fine">{strings.model.otherBodyPart(regions)}</span>}
      {summary === undefined ? (
        <span className="promptseg-fine">{strings.model.notMeasured}</span>
      ) : (
        <Measured {...summary} />
      )}
      {others.length > 0 && (
        <details>
          <summary>{strings.model.moreMeasured(others.length)}</summary>
          {others.map((figure) => (
            <Measured key={`${figure.dataset} ${figure.target} ${figure.metric}`} {...figure} />
          ))}
        </details>
      )}
      <span className="promptseg-fine" lang="en">
        {intendedUse}
      </span>
    </>
  );
}

function Measured({ dataset, target, metric, value }: ModelView['evaluation'][number]) {
  const figure = value.toLocaleString(language, { maximumFractionDigits: 3 });
  return (
    <span className="promptseg-fine" data-promptseg="measured">
      <b lang="en">{strings.model.measured(metric, figure, target)}</b> {strings.model.measuredOn}{' '}
      <span lang="en">{dataset}</span>
    </span>
  );
}
