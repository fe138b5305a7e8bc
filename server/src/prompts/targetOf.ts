import type { Target } from '../values/target.js';
import type { VocabularyTarget } from '../values/vocabulary.js';

/** A target of a vocabulary as a prompt means it. @param prompt the part of the text that requested it */
export const targetOf = ({ id, name, concept, instances }: VocabularyTarget, prompt: string): Target => ({
  id,
  name,
  prompt,
  concept,
  ...(instances !== undefined && { instances }),
});
