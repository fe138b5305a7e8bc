import type { Laterality } from '../values/concept.js';
import { rootWord, standsForNoun } from './anatomicalRoots.js';
import { canonicalWord } from './canonicalWord.js';
import type { Link, Word } from './readWords.js';
import { type Meaning, nameKey, type VocabularyIndex, wordsWithinNames } from './vocabularyIndex.js';
import { closingWords } from './wordRoles.js';

/** A name of the vocabulary in the text. */
export interface Name {
  readonly kind: 'name';
  readonly key: string;
  readonly meanings: readonly Meaning[];
  /** Sides between its words: "upper lobe of the left lung". */
  readonly sides: readonly Laterality[];
  readonly words: readonly Word[];
  readonly start: number;
  readonly end: number;
}

/**
 * Joins words to names. From left to right, the longest name wins, so "contrast or metal" is one name if the vocabulary
 * has it, and two parts if not.
 */
export function findNames(sentence: readonly (Word | Link)[], index: VocabularyIndex): (Name | Word | Link)[] {
  const found: (Name | Word | Link)[] = [];
  for (let at = 0; at < sentence.length; ) {
    const match = longestNameAt(sentence, at, index);
    found.push(match?.name ?? sentence[at]!);
    at = match?.next ?? at + 1;
  }
  return found;
}

function longestNameAt(sentence: readonly (Word | Link)[], from: number, index: VocabularyIndex) {
  const words: Word[] = [];
  const sides: Laterality[] = [];
  let crossedLink = false;
  let longest: { readonly name: Name; readonly next: number } | undefined;
  for (let at = from; at < sentence.length && words.length < Math.max(2, index.longestName); at++) {
    const item = sentence[at]!;
    if (item.kind === 'word' && item.side === undefined && !wordsWithinNames.has(item.text)) {
      words.push(item);
      const match = lookUp(words, sentence[at + 1], index);
      if (match !== undefined && (!crossedLink || index.keysWithLinks.has(match.key)))
        longest = { name: nameOf(match, words, sides), next: at + 1 };
      continue;
    }
    if (words.length === 0) return undefined;
    if (item.kind === 'link') crossedLink = true;
    else if (item.side !== undefined) sides.push(item.side);
  }
  return longest;
}

interface Match {
  readonly key: string;
  readonly meanings: readonly Meaning[];
}

/** The meaning of words as one name: as written, as one word, or by their roots. */
export function lookUp(
  words: readonly Word[],
  next: Word | Link | undefined,
  index: VocabularyIndex,
): Match | undefined {
  const canonical = words.map((word) => word.canonical);
  const joined = words.length === 2 ? canonicalWord(words.map(({ text }) => text).join('')) : undefined;
  for (const key of [nameKey(canonical), joined]) {
    const meanings = key === undefined ? undefined : index.meanings.get(key);
    if (key !== undefined && meanings !== undefined) return { key, meanings };
  }
  // "ventricular" names nothing, "ventricular volume" does.
  const namesNothing = canonical.every(standsForNoun) && !(next?.kind === 'word' && closingWords.has(next.text));
  const key = nameKey(canonical.map(rootWord));
  const meanings = namesNothing ? undefined : index.meaningsByRoots.get(key);
  return meanings && { key, meanings };
}

export function nameOf({ key, meanings }: Match, words: readonly Word[], sides: readonly Laterality[]): Name {
  return {
    kind: 'name',
    key,
    meanings,
    sides: [...sides],
    words: [...words],
    start: words[0]!.start,
    end: words.at(-1)!.end,
  };
}
