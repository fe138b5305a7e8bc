import { germanNames } from '#contract/germanNames.js';
import { rootWord } from './anatomicalRoots.js';
import { anatomicalTerms } from './anatomicalTerms.js';
import { anatomyWords } from './anatomyWords.js';
import { corrections, groupByLength } from './spelling.js';
import { nameKey, readName } from './vocabularyIndex.js';

/** A published model that segments a structure and that can be converted and installed. */
export interface PublishedModel {
  readonly name: string;
  /** DICOM modalities; absent if its terms are not listed by modality. */
  readonly modalities?: readonly string[];
}

interface AnatomicalTerm {
  readonly code: string;
  readonly names: readonly string[];
  readonly published: readonly PublishedModel[];
}

const terms: readonly AnatomicalTerm[] = anatomicalTerms
  .trim()
  .replaceAll(/\n\s+/g, ' ')
  .split('\n')
  .map((line) => {
    const [code = '', name = '', others = '', published = ''] = line.split('|').map((field) => field.trim());
    return {
      code,
      names: [name, ...partsOf(others, ';'), ...(germanNames.get(code) ?? [])],
      published: partsOf(published, ',').map(readModel),
    };
  });

function partsOf(field: string, separator: string): string[] {
  return field
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** "SAT CT MR", "BiomedParse_v2" */
function readModel(text: string): PublishedModel {
  const [name = '', ...modalities] = text.split(' ');
  return { name: name.replaceAll('_', ' '), ...(modalities.length > 0 && { modalities }) };
}

/** Names of the published models that segment something on images of a modality, in the order of the table. */
export function publishedFor(modality: string): readonly string[] {
  const models = terms.flatMap(({ published }) => published);
  return [...new Set(models.filter(({ modalities }) => modalities?.includes(modality)).map(({ name }) => name))];
}

const byKey = new Map<string, AnatomicalTerm>();
const words = new Map<string, string>();
for (const term of terms)
  for (const name of term.names) {
    const { canonicalWords, asWritten } = readName(name);
    for (const [canonical, written] of asWritten) words.set(canonical, canonical).set(written, canonical);
    for (const key of [nameKey(canonicalWords), nameKey(canonicalWords.map(rootWord))])
      if (key !== '' && !byKey.has(key)) byKey.set(key, term);
  }

/** Shorter words have too many neighbours. */
const shortestCorrected = 5;
const spellings = groupByLength(new Map([...words].filter(([word]) => word.length >= shortestCorrected)));

/** The meaning, in general anatomy, of words that a vocabulary does not have. */
export interface NamedAnatomy {
  /** Published models that segment it; none if only the words are known. */
  readonly published: readonly PublishedModel[];
}

/**
 * @param typed words, folded and canonical
 * @returns undefined if the words do not name anatomy
 */
export function anatomyNamed(
  typed: readonly { readonly text: string; readonly canonical: string }[],
): NamedAnatomy | undefined {
  const canonical = typed.map(({ text, canonical: own }) => (isAnatomical(own) ? own : (onlyCorrection(text) ?? own)));
  const named = byKey.get(nameKey(canonical)) ?? byKey.get(nameKey(canonical.map(rootWord)));
  if (named !== undefined) return { published: named.published };
  return canonical.length > 0 && canonical.every(isAnatomical) ? { published: [] } : undefined;
}

/** Whether a word, as written or canonical, is one of anatomy. */
export const isAnatomical = (word: string): boolean => words.has(word) || anatomyWords.has(word);

function onlyCorrection(text: string): string | undefined {
  const [only, other] = corrections(text, spellings);
  return other === undefined ? only : undefined;
}
