import type { Vocabulary } from '../values/vocabulary.js';
import { resolvePrompts } from './resolvePrompts.js';

/**
 * Frequently requested names, a structure with a side first; the first two that a model knows are shown as examples.
 */
const oftenAsked = [
  'left hippocampus',
  'ventricles',
  'left lung',
  'bone',
  'left kidney',
  'liver',
  'spleen',
  'prostate',
  'left femur',
  'tumour',
];

/** Two names that a model knows, as examples; fewer if it knows fewer than two. */
export function exampleNames(vocabulary: Vocabulary): string[] {
  const parts = resolvePrompts(oftenAsked, vocabulary);
  const known = parts.flatMap((part) =>
    part.status === 'understood' && part.correctedTo === undefined ? [part.prompt] : [],
  );
  const names = vocabulary.targets.map(({ name }) => name);
  return [...new Set([...known, ...names])].slice(0, 2);
}
