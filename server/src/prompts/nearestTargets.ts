import type { VocabularyTarget } from '../values/vocabulary.js';
import { isAnatomical } from './knownAnatomy.js';
import { isWordOfItsOwn, type Word } from './readWords.js';
import { damerauLevenshtein } from './spelling.js';
import type { VocabularyIndex } from './vocabularyIndex.js';

const mostListed = 5;
/** Enough for any real text; together they limit the time for a hostile one. */
const mostWordsCompared = 8;
const mostPartsHelped = 50;

/**
 * Returns a function that lists the targets with names closest to the words of a part, best first; none if no word is
 * similar, nor for parts of a text after the first 50.
 */
export function nearestFinder(index: VocabularyIndex): (words: readonly Word[]) => VocabularyTarget[] {
  let partsHelped = 0;
  return (words) => {
    if (partsHelped >= mostPartsHelped) return [];
    partsHelped++;
    return nearestTargets(words, index);
  };
}

function nearestTargets(words: readonly Word[], index: VocabularyIndex): VocabularyTarget[] {
  const side = words.find((word) => word.side !== undefined)?.side;
  const similarities = words
    .filter(({ canonical }) => canonical.length >= 3)
    .slice(0, mostWordsCompared)
    .map(({ canonical }) => similarWords(canonical, index));
  const scored = [...index.wordsOfTarget].map(([target, ownWords]) => {
    let score = 0;
    for (const similarity of similarities) {
      let best = 0;
      for (const [word, likeness] of similarity) if (ownWords.has(word)) best = Math.max(best, likeness);
      score += best;
    }
    if (score > 0 && side !== undefined && side === target.concept.laterality) score += 0.1;
    return { target, score };
  });
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, mostListed)
    .map(({ target }) => target);
}

/**
 * 1 for the same word, less for the start of a word ("hippo" of "hippocampus") and for up to one wrong letter in three.
 * A word of anatomy is only like itself, and a correct word is no other with a wrong letter: "liver" is not "lung".
 */
function similarWords(typed: string, index: VocabularyIndex): ReadonlyMap<string, number> {
  const similar = new Map<string, number>();
  if (isAnatomical(typed)) return index.words.has(typed) ? similar.set(typed, 1) : similar;
  const isCorrect = isWordOfItsOwn(typed);
  for (const word of index.words.keys()) {
    const longer = Math.max(typed.length, word.length);
    const shorter = Math.min(typed.length, word.length);
    if (typed === word) similar.set(word, 1);
    else if (shorter >= 3 && (word.startsWith(typed) || typed.startsWith(word))) similar.set(word, 0.6);
    else if (!isCorrect && shorter >= 4 && longer <= 32 && longer - shorter <= longer / 3) {
      const edits = damerauLevenshtein(typed, word, longer / 3);
      if (edits < Infinity) similar.set(word, 0.8 * (1 - edits / longer));
    }
  }
  return similar;
}
