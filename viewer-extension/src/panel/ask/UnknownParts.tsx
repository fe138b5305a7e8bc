import type { ModelView } from '../../../../server/contract/models.js';
import type { ResolutionView } from '../../../../server/contract/prompts.js';
import { laterStrings } from '../../client/laterStrings.js';
import { useRights } from '../../client/rights.js';
import { onServer } from '../../client/server.js';
import { strings } from '../../client/strings.js';
import { Suggestions } from '../Suggestions.js';

/** What the parts of a question that were not understood have in common. */
export interface UnknownContext {
  /** The model that would run. */
  readonly model: Pick<ModelView, 'name' | 'numberOfTargets'> | undefined;
  /** Of the series; '' if unknown. */
  readonly modality: string;
  /** Opens the list of all structures. */
  readonly onBrowse: () => void;
  /** Runs one part with another model. */
  readonly onAskOther: (part: string, model: string) => void;
}

export interface UnknownPartsProps extends UnknownContext {
  readonly parts: readonly ResolutionView[];
  /** @param replacement '' takes the part out */
  readonly onReplace: (part: string, replacement: string) => void;
}

/** The parts of a text that were not understood: why, and what can be done about each. */
export function UnknownParts({ parts, onReplace, ...context }: UnknownPartsProps) {
  return parts.map((part) => <UnknownPart key={part.prompt} part={part} onReplace={onReplace} {...context} />);
}

function UnknownPart({
  part,
  model,
  modality,
  onBrowse,
  onAskOther,
  onReplace,
}: Omit<UnknownPartsProps, 'parts'> & { readonly part: ResolutionView }) {
  const { prompt, code, reason, nearest, knownBy, mayBeFreeText } = part;
  const here = knownBy?.installed.filter(({ servesSeries }) => servesSeries) ?? [];
  const isMissing = code === 'not-in-model' || code === 'unknown-words' || code === 'not-offered';
  const sentence = sentenceOf(part, model, modality);
  const mayAsk = useRights().may('jobs:write');
  return (
    <div className="promptseg-unknown" data-promptseg="unknown" data-code={code}>
      {/* Some of the server's reasons are English sentences. */}
      <p lang={sentence === reason ? 'en' : undefined}>{sentence}</p>
      {isMissing && here.length === 0 && (
        <div className="promptseg-ways">
          <button type="button" className="promptseg-link" onClick={onBrowse} data-promptseg="browse-instead">
            {laterStrings.unknown.browse}
          </button>
          <a className="promptseg-link" href={onServer('/models#add')} target="_blank" rel="noreferrer">
            {laterStrings.unknown.whoCan}
          </a>
        </div>
      )}
      {mayAsk &&
        here.map(({ id, name }) => (
          <button
            key={id}
            type="button"
            className="promptseg-link"
            onClick={() => {
              onReplace(prompt, '');
              onAskOther(prompt, id);
            }}
            data-promptseg="ask-other-model"
          >
            {laterStrings.unknown.askOther(prompt, name)}
          </button>
        ))}
      <Suggestions nearest={nearest} prompt={prompt} onChoose={(name) => onReplace(prompt, name)} />
      {mayBeFreeText && (
        <button
          type="button"
          className="promptseg-link"
          title={strings.freeText.hint}
          onClick={() => onReplace(prompt, `"${prompt.replaceAll(/["“”„«»]/g, '')}"`)}
          data-promptseg="ask-in-these-words"
        >
          {strings.freeText.ask(prompt)}
        </button>
      )}
    </div>
  );
}

function sentenceOf(
  { prompt, code, reason, knownBy = { installed: [], published: [] } }: ResolutionView,
  model: UnknownContext['model'],
  modality: string,
): string {
  const texts = laterStrings.unknown;
  const here = knownBy.installed.filter(({ servesSeries }) => servesSeries);
  if (here.length > 0) return texts.inOther(prompt, here.map(({ name }) => name).join(', '));
  if (code === 'not-in-model' || knownBy.installed.length > 0)
    return [
      texts.noModel(prompt, modality),
      ...knownBy.installed.map(({ name, modalities }) => texts.elsewhere(name, modalities.join(', '))),
      ...(knownBy.published.length > 0 ? [texts.canBeAdded(knownBy.published.map(nameFor(modality)).join(', '))] : []),
    ].join(' ');
  if (code === 'unknown-words' && model !== undefined) return texts.notAmong(prompt, model.numberOfTargets, model.name);
  return texts.refused(code ?? '', prompt, reason ?? strings.resolution.unknown(prompt));
}

/** A model, with the modalities that it reads if the series has another one. */
const nameFor =
  (modality: string) =>
  ({ name, modalities }: NonNullable<ResolutionView['knownBy']>['published'][number]): string =>
    modalities === undefined || modalities.includes(modality) ? name : `${name} (${modalities.join(', ')})`;
