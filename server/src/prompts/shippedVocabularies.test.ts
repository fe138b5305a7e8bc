import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { vocabularySchema } from '../values/vocabulary.js';
import { resolvePrompts } from './resolvePrompts.js';

const modelsFolder = path.resolve(import.meta.dirname, '../../../models');
const vocabularies = readdirSync(modelsFolder).flatMap((id) => {
  const file = path.join(modelsFolder, id, 'vocabulary.json');
  return existsSync(file) ? [{ id, vocabulary: vocabularySchema.parse(JSON.parse(readFileSync(file, 'utf8'))) }] : [];
});

it('a vocabulary ships', () => expect(vocabularies).not.toEqual([]));

describe.each(vocabularies)('the vocabulary of $id', ({ vocabulary }) => {
  const named = [
    ...vocabulary.targets.map(({ name, synonyms, id }) => ({ names: [name, ...synonyms], ids: [id] })),
    ...vocabulary.groups.map(({ name, synonyms, members }) => ({ names: [name, ...synonyms], ids: members })),
  ];
  const cases = named.flatMap(({ names, ids }) => names.map((name) => [name, [...ids].sort().join(', ')] as const));

  it.each(cases)('“%s” means %s and nothing else', (name, ids) => {
    for (const typed of [
      name,
      name.toUpperCase(),
      `please segment the ${name} in this scan`,
      name.replaceAll(' ', '_'),
    ]) {
      const understood = resolvePrompts([typed], vocabulary).map((part) =>
        part.status === 'understood'
          ? part.targets
              .map(({ id }) => id)
              .sort()
              .join(', ')
          : part.reason,
      );
      expect(understood).toEqual([ids]);
    }
  });
});
