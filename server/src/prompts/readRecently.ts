import type { Vocabulary } from '../values/vocabulary.js';
import type { PromptResolution } from './promptResolution.js';

type Resolutions = readonly (readonly PromptResolution[])[];

/** Lists of prompts read for recent requests; the longest have 20 000 characters each. */
const mostRemembered = 32;
const remembered = new WeakMap<Vocabulary, Map<string, Resolutions>>();

const keyOf = (prompts: readonly string[], freeText: boolean): string => JSON.stringify([freeText, prompts]);

/** How this list of prompts was recently understood; undefined if it was not read. */
export const recall = (
  vocabulary: Vocabulary,
  prompts: readonly string[],
  freeText: boolean,
): Resolutions | undefined => remembered.get(vocabulary)?.get(keyOf(prompts, freeText));

export function remember(
  vocabulary: Vocabulary,
  prompts: readonly string[],
  freeText: boolean,
  resolutions: Resolutions,
): void {
  const lists = remembered.get(vocabulary) ?? new Map<string, Resolutions>();
  remembered.set(vocabulary, lists);
  lists.set(keyOf(prompts, freeText), resolutions);
  for (const oldest of lists.keys()) {
    if (lists.size <= mostRemembered) break;
    lists.delete(oldest);
  }
}
