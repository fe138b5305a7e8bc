import type { Vocabulary } from '../values/vocabulary.js';
import { resolvePrompts } from './resolvePrompts.js';

/** Number of targets that the prompts name in a vocabulary; undefined if it does not have all of them. */
export function numberUnderstood(prompts: readonly string[], vocabulary: Vocabulary): number | undefined {
  const parts = resolvePrompts(prompts, vocabulary);
  const targets = parts.flatMap((part) => (part.status === 'understood' ? part.targets.map(({ id }) => id) : []));
  return parts.every(({ status }) => status === 'understood') ? new Set(targets).size : undefined;
}
