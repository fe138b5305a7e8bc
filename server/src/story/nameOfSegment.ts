import { PromptsegError } from '../platform/errors.js';
import { freeTextTarget } from '../prompts/freeText.js';
import { resolvePrompts } from '../prompts/resolvePrompts.js';
import type { ModelLibrary } from '../segmenter/packages/modelPackage.js';
import type { Target } from '../values/target.js';
import { type ModelQuestion, servingModels } from './chooseModel.js';

/**
 * Resolves the name of a structure marked on the images: first with the models for the series, then with all others. A
 * model that knows the name determines code and colour, whether or not it could segment the structure in these images.
 * A name in quotation marks, or one that no model knows, is free text with a private code.
 *
 * @throws PromptsegError `name-ambiguous` if it means several targets, `prompt-not-understood` if it is not a name
 */
export function targetOfName(
  name: string,
  library: ModelLibrary,
  series: Omit<ModelQuestion, 'prompts' | 'model'>,
): Target {
  const [, quoted] = /^["“„«](.+)["”“»]$/.exec(name.trim()) ?? [];
  if (quoted === undefined) {
    const serving = servingModels(library, series).map(({ model }) => model);
    const others = library.packages.filter((model) => !serving.includes(model));
    for (const { vocabulary } of [...serving, ...others]) {
      const parts = resolvePrompts([name], vocabulary);
      const targets = parts.flatMap((part) => (part.status === 'understood' ? part.targets : []));
      if (parts.some(({ status }) => status !== 'understood')) continue;
      const [target, ...further] = targets;
      if (target !== undefined && further.length === 0) return { ...target, prompt: name };
      throw ambiguous(name, targets);
    }
  }
  const named = freeTextTarget(quoted ?? name);
  if (named === undefined)
    throw new PromptsegError('prompt-not-understood', `“${name}” is not a name: it needs three letters or more.`);
  const { freeText: _words, ...target } = named;
  return target;
}

function ambiguous(name: string, targets: readonly Target[]): PromptsegError {
  const names = [...new Set(targets.map((target) => target.name))];
  const listed = names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ');
  return new PromptsegError('name-ambiguous', `“${name}” means several structures: ${listed}.`, {
    details: { targets: names },
  });
}
