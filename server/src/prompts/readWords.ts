import type { Laterality } from '../values/concept.js';
import { rootWord } from './anatomicalRoots.js';
import { compounds } from './bodyParts.js';
import { canonicalWord } from './canonicalWord.js';
import { germanWords } from './germanRoles.js';
import { imagingWords } from './imagingWords.js';
import { isAnatomical } from './knownAnatomy.js';
import { isKnownOtherWord } from './knownOtherWords.js';
import { letterOf } from './sideOfImageWords.js';
import { corrections, groupByLength } from './spelling.js';
import type { Token } from './tokenize.js';
import type { VocabularyIndex } from './vocabularyIndex.js';
import * as roles from './wordRoles.js';

/** A word as understood: corrected if it was misspelt. */
export interface Word {
  readonly kind: 'word';
  /** Folded, and corrected if `corrected`. */
  readonly text: string;
  readonly canonical: string;
  readonly side: Laterality | undefined;
  readonly corrected: boolean;
  /** Possible corrections, if there is more than one: see `settleTies`. */
  readonly candidates: readonly Word[];
  readonly start: number;
  readonly end: number;
}

export interface Link {
  readonly kind: 'link';
  /** The words before a colon may be a heading; before another mark, if they only say which image is meant. */
  readonly mark: 'colon' | 'dash' | 'other' | 'word';
  readonly start: number;
  readonly end: number;
}

/** Words with a role, long enough to be corrected; not German ones: "lines" is not a misspelt "links". */
const correctableRoleWords = [
  ...[...roles.sides.keys()].filter((word) => !germanWords.has(word)),
  ...[roles.requestWords, roles.closingWords, roles.contextNouns, roles.everythingWords, roles.negations].flatMap(
    (set) => [...set].filter((word) => word.length >= 6 && !germanWords.has(word)),
  ),
  'please',
];

/** Whether a word is correct, and so no misspelling of another: "liver" is not "lever". */
export const isWordOfItsOwn = (word: string): boolean => isKnownOtherWord(word) || isAnatomical(word);

/** Far more different unknown words than an honest text has; limits the time for a hostile one. */
const mostWordsCorrected = 500;

/** Returns a reader of words; it remembers its corrections, so repeated words cost little. */
export function wordReader(index: VocabularyIndex): (token: Token & { kind: 'word' }) => Word | Link {
  const correctable = groupByLength(
    new Map([...correctableRoleWords.map((word) => [word, word] as const), ...index.spellings]),
  );
  const corrected = new Map<string, readonly string[]>();

  const correct = (typed: string): readonly string[] => {
    const known = corrected.get(typed);
    if (known !== undefined || corrected.size >= mostWordsCorrected) return known ?? [];
    const canonical = canonicalWord(typed);
    const isOtherWord = isWordOfItsOwn(typed) || isWordOfItsOwn(canonical) || index.wordsNotOffered.has(canonical);
    const asTyped = isOtherWord ? [] : corrections(typed, correctable);
    const found = asTyped.length > 0 || isOtherWord ? asTyped : corrections(canonical, correctable);
    corrected.set(typed, found);
    return found;
  };

  return ({ text: typedText, start, end }) => {
    if (roles.links.has(typedText)) return { kind: 'link', mark: 'word', start, end };
    const text = measuredWord(typedText, index) ?? typedText;
    const canonical = canonicalWord(text);
    const side = roles.sides.get(text);
    const typed: Word = { kind: 'word', text, canonical, side, corrected: false, candidates: [], start, end };
    if (index.words.has(canonical) || index.roots.has(rootWord(canonical)) || hasRole(text)) return typed;
    const candidates = correct(text).map((word): Word => {
      const asWritten = index.words.get(word) ?? word;
      return { ...typed, text: asWritten, canonical: word, side: roles.sides.get(word), corrected: true };
    });
    return candidates.length === 1 ? candidates[0]! : { ...typed, candidates };
  };
}

const measures = /^(\p{L}{4,}?)(?:volumen|volumens|volumetrie|grosse|groesse|segmentierung|maske)$/u;

/** German writes a structure and what is asked about it as one word: "lungenvolumen", "milzgrosse". */
function measuredWord(word: string, { words }: VocabularyIndex): string | undefined {
  const [, structure] = measures.exec(word) ?? [];
  return structure !== undefined && words.has(canonicalWord(structure)) ? structure : undefined;
}

function hasRole(word: string): boolean {
  return (
    roles.sides.has(word) ||
    imagingWords.has(word) ||
    letterOf.has(word) ||
    compounds.has(word) ||
    [
      roles.sideNouns,
      roles.fillers,
      roles.requestWords,
      roles.closingWords,
      roles.contextNouns,
      roles.contextPrepositions,
      roles.everythingWords,
      roles.quantifiers,
      roles.negations,
    ].some((set) => set.has(word))
  );
}
