import { findNames, type Name } from './findNames.js';
import type { Link, Word } from './readWords.js';
import type { VocabularyIndex } from './vocabularyIndex.js';

/**
 * Corrects words with several possible corrections: "soft tisseu" can only be "soft tissue", though "tissus" is as
 * near. If the candidates form names of different targets, or none does, the word stays as typed.
 */
export function settleTies(sentence: readonly (Word | Link)[], index: VocabularyIndex): (Word | Link)[] {
  return sentence.map((item, at) => {
    if (item.kind === 'link' || item.candidates.length === 0) return item;
    const from = Math.max(0, at - 2 * index.longestName);
    const around = sentence.slice(from, at + 2 * index.longestName);
    const fitting = item.candidates.flatMap((candidate) => {
      const name = findNames(around.with(at - from, candidate), index).find(
        (found): found is Name => found.kind === 'name' && found.words.includes(candidate),
      );
      return name === undefined ? [] : [{ candidate, meaning: meaningOf(name) }];
    });
    const [first] = fitting;
    return first !== undefined && fitting.every(({ meaning }) => meaning === first.meaning) ? first.candidate : item;
  });
}

/** Equal for names that mean the same targets for every side. */
function meaningOf({ meanings }: Name): string {
  return meanings
    .map(({ side, targets }) => `${side}: ${targets.map(({ id }) => id).join(' ')}`)
    .sort()
    .join('; ');
}
