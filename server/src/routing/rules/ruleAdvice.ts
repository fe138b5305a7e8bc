import { sourceDestination } from '#contract/job.js';
import type { Rule } from '#contract/rule.js';
import { readsFreeText } from '../../segmenter/packages/modelManifest.js';
import type { ModelLibrary } from '../../segmenter/packages/modelPackage.js';
import { understandPrompts } from '../../story/understandPrompts.js';

/**
 * Why a valid rule cannot work, or only in part, on this installation, one sentence each: an unknown model or
 * destination, a text that no model understands. These may be added later, so the rule is not invalid.
 * @param destinations names of the settings
 */
export function adviseOn(rule: Rule, library: ModelLibrary, destinations: readonly string[]): readonly string[] {
  const missing = rule.destinations.filter((name) => name !== sourceDestination && !destinations.includes(name));
  return [...missing.map((name) => `There is no destination "${name}".`), ...adviseOnPrompts(rule, library)];
}

function adviseOnPrompts({ model, prompts }: Rule, { packages }: ModelLibrary): readonly string[] {
  const asked = model === undefined ? packages : packages.filter(({ manifest }) => manifest.id === model);
  if (asked.length === 0) return [model === undefined ? 'No model is installed.' : `There is no model "${model}".`];
  const refusals = asked.map(({ manifest, vocabulary }) => ({
    id: manifest.id,
    refused: understandPrompts(prompts, vocabulary, { freeText: readsFreeText(manifest) }).refused,
  }));
  const best = refusals.reduce((a, b) => (b.refused.length < a.refused.length ? b : a));
  return best.refused.map(({ prompt, reason, nearest }) => {
    const names = nearest.slice(0, 3).map(({ name }) => name);
    const near = names.length > 0 ? ` Similar names: ${names.join(', ')}.` : '';
    return `"${prompt}" is not understood by the model ${best.id}: ${reason}${near}`;
  });
}
