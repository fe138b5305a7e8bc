import { useEffect, useState } from 'react';
import type { ModelsView } from '../../../../server/contract/models.js';
import type { ResolutionView } from '../../../../server/contract/prompts.js';
import { resolvePrompts } from './api.js';
import { Problems, problemsAt } from './Field.js';
import type { TextProblem } from './ruleText.js';
import { strings } from './strings.js';

interface PromptsFieldProps {
  readonly prompts: readonly string[];
  /** Those that may run. */
  readonly models: ModelsView['models'];
  readonly problems: readonly TextProblem[];
  readonly onPrompts: (prompts: readonly string[]) => void;
}

/** The prompts, each with what the models understand it as. */
export function PromptsField({ prompts, models, problems, onPrompts }: PromptsFieldProps) {
  const text = strings.form;
  const meanings = useMeanings(prompts, models);
  return (
    <div className="field">
      <span className="name">{text.prompts}</span>
      <Problems problems={problems.filter(({ pointer }) => pointer === '/prompts')} />
      {prompts.map((prompt, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two prompts may be the same while they are typed
        <div key={index}>
          <div className="prompt">
            <input
              aria-label={text.prompt(index + 1)}
              placeholder={text.promptHint}
              value={prompt}
              onChange={({ target }) => onPrompts(prompts.with(index, target.value))}
            />
            <button
              type="button"
              className="quiet"
              aria-label={text.removePrompt(index + 1)}
              onClick={() => onPrompts(prompts.toSpliced(index, 1))}
            >
              {text.remove}
            </button>
          </div>
          <Problems problems={problemsAt(problems, `/prompts/${index}`)} />
          {prompt.trim() !== '' && <Meaning ofModels={meanings.get(prompt.trim())} />}
        </div>
      ))}
      <div className="adds">
        <button type="button" onClick={() => onPrompts([...prompts, ''])}>
          {text.addPrompt}
        </button>
      </div>
    </div>
  );
}

interface MeaningOfModel {
  readonly model: string;
  readonly parts: readonly ResolutionView[];
}

function Meaning({ ofModels }: { ofModels: readonly MeaningOfModel[] | undefined }) {
  const text = strings.form;
  if (ofModels === undefined) return null;
  const understood = ofModels.filter(({ parts }) => parts.every(({ targets }) => targets.length > 0));
  if (understood.length > 0)
    return (
      <ul className="meaning" data-understood="true">
        {understood.map(({ model, parts }) => (
          <li key={model}>
            {text.understoodAs(parts.flatMap(({ targets }) => targets.map(nameOf)).join(', '), model)}
          </li>
        ))}
      </ul>
    );
  const [best = []] = ofModels
    .map(({ parts }) => parts)
    .sort((a, b) => understoodOf(b).length - understoodOf(a).length);
  if (understoodOf(best).length > 0) {
    const words = (parts: readonly ResolutionView[]): readonly string[] => parts.map(({ prompt }) => prompt);
    const unknown = best.filter(({ targets }) => targets.length === 0);
    return (
      <p className="meaning" data-understood="false">
        {text.partlyUnderstood(words(unknown), words(understoodOf(best)))}
      </p>
    );
  }
  const near = [...new Set(ofModels.flatMap(({ parts }) => parts.flatMap(({ nearest }) => nearest.map(nameOf))))];
  return (
    <p className="meaning" data-understood="false">
      {text.notUnderstood} {near.length > 0 && text.near(near.slice(0, 4).join(', '))}
    </p>
  );
}

const understoodOf = (parts: readonly ResolutionView[]): readonly ResolutionView[] =>
  parts.filter(({ targets }) => targets.length > 0);
const nameOf = ({ name }: { name: string }): string => name;

const settleMs = 250;

/** How each model understands the prompts; the previous result stays until the response arrives. */
function useMeanings(
  prompts: readonly string[],
  models: ModelsView['models'],
): ReadonlyMap<string, readonly MeaningOfModel[]> {
  const [meanings, setMeanings] = useState<ReadonlyMap<string, readonly MeaningOfModel[]>>(new Map());
  const wanted = JSON.stringify([...new Set(prompts.map((prompt) => prompt.trim()).filter((prompt) => prompt !== ''))]);
  const ids = JSON.stringify(models.map(({ id }) => id));
  useEffect(() => {
    const asked: string[] = JSON.parse(wanted);
    const modelIds: string[] = JSON.parse(ids);
    if (asked.length === 0 || modelIds.length === 0) return setMeanings(new Map());
    const gone = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const responses = await Promise.all(modelIds.map((id) => resolvePrompts(asked, id, gone.signal)));
        const meaningOf = (index: number): readonly MeaningOfModel[] =>
          responses.map(({ model, resolutions }) => ({
            model,
            parts: resolutions.filter(({ promptIndex }) => promptIndex === index),
          }));
        setMeanings(new Map(asked.map((prompt, index) => [prompt, meaningOf(index)])));
      } catch {
        // The connection's state says why; the check of the whole rule shows it too.
        if (!gone.signal.aborted) setMeanings(new Map());
      }
    }, settleMs);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [wanted, ids]);
  return meanings;
}
