import type { Rule } from '#contract/rule.js';
import type { ModelLibrary } from '../../segmenter/packages/modelPackage.js';
import { readForModels } from '../../story/readForModels.js';
import { adviseOn } from '../rules/ruleAdvice.js';

const mostKept = 2000;

/**
 * Cached advice on rules: models and destinations do not change while the server runs, and a page that lists a thousand
 * rules every few seconds must not resolve their prompts each time.
 */
export function adviceOnRules(
  library: ModelLibrary,
  destinations: readonly string[],
): (rule: Rule) => Promise<string[]> {
  const advice = new Map<string, string[]>();
  return async (rule) => {
    const key = JSON.stringify([rule.model, rule.prompts, rule.destinations]);
    const known = advice.get(key);
    if (known !== undefined) return known;
    if (advice.size >= mostKept) advice.clear();
    await readForModels(library, { prompts: rule.prompts, ...(rule.model !== undefined && { model: rule.model }) });
    const found = [...adviseOn(rule, library, destinations)];
    advice.set(key, found);
    return found;
  };
}

/** One after another: each may take a while, and all at once would occupy memory. */
export async function inOrder<T, Result>(items: readonly T[], of: (item: T) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await of(item));
  return results;
}
