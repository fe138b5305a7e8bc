import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Vocabulary, vocabularySchema } from '../../values/vocabulary.js';

const modelsFolder = path.resolve(import.meta.dirname, '../../../../models');

/** The vocabulary of a shipped package. @param id its folder */
export const shippedVocabulary = (id: string): Vocabulary =>
  vocabularySchema.parse(JSON.parse(readFileSync(path.join(modelsFolder, id, 'vocabulary.json'), 'utf8')));
