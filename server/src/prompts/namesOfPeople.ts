import { germanNames } from '#contract/germanNames.js';
import type { Vocabulary } from '../values/vocabulary.js';
import { rootWord } from './anatomicalRoots.js';
import { canonicalWord } from './canonicalWord.js';
import { isFurtherAnatomy } from './furtherAnatomy.js';
import { germanWords } from './germanRoles.js';
import { imagingWords } from './imagingWords.js';
import { isKnownOtherWord } from './knownOtherWords.js';
import { tokenize } from './tokenize.js';
import { indexVocabulary } from './vocabularyIndex.js';
import {
  closingWords,
  contextNouns,
  everythingWords,
  fillers,
  links,
  negations,
  quantifiers,
  requestWords,
  sideNouns,
  sides,
} from './wordRoles.js';

interface WrittenWord {
  /** As typed, with its apostrophes and hyphens. */
  readonly text: string;
  /** Folded; several if a hyphen joins them. */
  readonly folded: readonly string[];
}

const foldedWords = (text: string): string[] =>
  tokenize(text).flatMap((token) => (token.kind === 'word' ? [token.text] : []));

const wordsOfGermanNames: ReadonlySet<string> = new Set([...germanNames.values()].flat().flatMap(foldedWords));
/** Words that occur only in German. */
const onlyGerman: ReadonlySet<string> = new Set(
  `und oder der das des dem den von vom fur fuer bei beim mit ohne nach zur zum linke linker linkes linken rechte
   rechter rechtes rechten beide beider eine einer eines einem`.split(/\s+/),
);
/** Words before a person's name: "liver of Müller". */
const belongsTo: ReadonlySet<string> = new Set('of from for von vom fur fuer bei beim'.split(' '));
const roles = [
  links,
  fillers,
  requestWords,
  closingWords,
  contextNouns,
  everythingWords,
  quantifiers,
  negations,
  sideNouns,
];

/** `Müller`, `O’Neil`, `Smith-Jones`: a capital letter followed by lower case; not `CT` or `L4`. */
const capitalised = /^\p{Lu}(?:['’]\p{Lu})?\p{Ll}/u;
const written = /\p{L}[\p{L}\p{M}\p{N}]*(?:['’-][\p{L}\p{M}\p{N}]+)*/gu;

/**
 * Whether a text seems to contain a person's name: a capitalised word, in the position of a name, that belongs neither
 * to anatomy nor to imaging nor to everyday language. In German, which capitalises every noun, only after "von", "für",
 * "bei"; in English anywhere but at the beginning, unless all words are capitalised. A hint, not a filter: names that
 * are also words ("Mr Miller", "Herr Lange") are not noticed.
 */
export function seemsToNameSomebody(text: string, vocabularies: readonly Vocabulary[]): boolean {
  if (!/\p{Lu}\p{Ll}/u.test(text)) return false;
  const words = (text.match(written) ?? []).map((word): WrittenWord => ({ text: word, folded: foldedWords(word) }));
  const content = words.filter(({ folded }) => !folded.every(isRole));
  if (words.length < 2) return false;
  const isGerman = words.some(({ folded }) =>
    folded.some((word) => onlyGerman.has(word) || wordsOfGermanNames.has(word)),
  );
  const isTitle = content.length > 1 && content.every(({ text }) => /^\P{Ll}/u.test(text));
  return words.some((word, place) => {
    if (!capitalised.test(word.text) || word.text.length < 3 || isKnown(word, vocabularies)) return false;
    // "tumour of Tympanic Cavity": a word of a capitalised term.
    const beside = [...(place > 1 ? [words[place - 1]!] : []), ...words.slice(place + 1, place + 2)];
    if (beside.some((each) => capitalised.test(each.text) && isKnown(each, vocabularies))) return false;
    if (place > 0 && belongsTo.has(words[place - 1]!.folded.join(''))) return true;
    return !isGerman && (/['’]s$/.test(word.text) || (place > 0 && !isTitle));
  });
}

function isKnown({ text, folded }: WrittenWord, vocabularies: readonly Vocabulary[]): boolean {
  const withoutGenitive = /['’]s$/.test(text) ? foldedWords(text.replace(/['’]s$/, '')) : folded;
  return withoutGenitive.every((word) => {
    const canonical = canonicalWord(word);
    return (
      isRole(word) ||
      word.length < 3 ||
      /\d/.test(word) ||
      isKnownOtherWord(rootWord(canonical)) ||
      imagingWords.has(word) ||
      wordsOfGermanNames.has(word) ||
      isFurtherAnatomy(word) ||
      vocabularies.some((vocabulary) => indexVocabulary(vocabulary).words.has(canonical))
    );
  });
}

const isRole = (word: string): boolean =>
  sides.has(word) || germanWords.has(word) || roles.some((words) => words.has(word));
