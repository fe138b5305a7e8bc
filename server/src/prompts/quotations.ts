import type { Target } from '../values/target.js';
import type { Vocabulary, VocabularyTarget } from '../values/vocabulary.js';
import { freeTextLength, freeTextTarget } from './freeText.js';
import type { PromptResolution } from './promptResolution.js';
import { targetOf } from './targetOf.js';
import { foldText, tokenize } from './tokenize.js';
import { links, negations } from './wordRoles.js';

/** A piece of a text, in order. */
interface Piece {
  readonly isQuoted: boolean;
  /** Without the quotation marks. */
  readonly text: string;
}

/** Text in quotation marks. */
export const quotation = /"([^"]*)"|[“„]([^“”„"]*)[“”"]|«([^«»]*)»/g;

function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(quotation)) {
    pieces.push({ isQuoted: false, text: text.slice(end, match.index) });
    pieces.push({ isQuoted: true, text: (match[1] ?? match[2] ?? match[3] ?? '').trim() });
    end = match.index + match[0].length;
  }
  return [...pieces, { isQuoted: false, text: text.slice(end) }].filter(({ text }) => text.trim() !== '');
}

export interface QuotationReader {
  readonly vocabulary: Vocabulary;
  /**
   * Returns the target of words outside the vocabulary, or says why there is none. Absent: the model reads no free
   * text.
   */
  readonly freeText: ((words: string) => Target | string) | undefined;
  /** What a text without quotation marks requests; empty if it names nothing. */
  readonly read: (text: string) => readonly PromptResolution[];
}

/**
 * What a text with quoted words requests: they are literal. Words that the vocabulary has exactly are that target;
 * others are free text, for models that read it. If the marks surround only part of what belongs together (`left
 * "kidney"`), or a text excludes something, they have no effect.
 *
 * @returns undefined for a text without quotation marks
 */
export function resolveQuotations(text: string, reader: QuotationReader): readonly PromptResolution[] | undefined {
  const pieces = piecesOf(text);
  if (!pieces.some(({ isQuoted }) => isQuoted)) return undefined;
  const resolved = pieces.map((piece) => (piece.isQuoted ? readQuoted(piece.text, reader) : reader.read(piece.text)));
  // Only polite words and "and" surround the marks.
  const isAllQuoted = pieces.every(({ isQuoted }, n) => isQuoted || resolved[n]!.length === 0);
  if (isAllQuoted) return resolved.flat();
  const asOne = reader.read(text);
  if (asOne.every(isWordForWord) || pieces.some(saysWhatIsNotWanted) || !areSeparate(pieces, resolved)) return asOne;
  return resolved.flat();
}

function readQuoted(words: string, { vocabulary, freeText, read }: QuotationReader): readonly PromptResolution[] {
  const named = exactly(words, vocabulary);
  if (named !== undefined) return [named];
  const asRead = read(words);
  if (asRead.length > 0 && asRead.every(isWordForWord)) return asRead;
  if (freeText === undefined)
    return asRead.map((part) =>
      part.status === 'unknown' ? { ...part, reason: `${part.reason} It reads no free text.` } : part,
    );
  const target = freeText(words);
  if (typeof target !== 'string') return [{ status: 'understood', prompt: target.prompt, targets: [target] }];
  const prompt = words.slice(0, freeTextLength.most);
  return [{ status: 'unknown', prompt, code: 'free-text-refused', reason: target, nearest: [], mayBeFreeText: false }];
}

/** Maximum number per request: each is encoded and run separately, and somebody must check the outcome. */
const mostFreeTexts = 16;

/** Makes the targets of the free texts of one request. */
export function freeTextReader(): (words: string) => Target | string {
  const ids = new Set<string>();
  return (words) => {
    const target = freeTextTarget(words);
    const { least, most } = freeTextLength;
    if (target === undefined) return `A free text has ${least} to ${most} characters, including a letter.`;
    if (ids.size >= mostFreeTexts && !ids.has(target.id)) return `A request takes ${mostFreeTexts} free texts at most.`;
    ids.add(target.id);
    return target;
  };
}

/** The target or group with exactly this name. */
function exactly(words: string, vocabulary: Vocabulary): PromptResolution | undefined {
  const named = namesOf(vocabulary).get(foldText(words)) ?? [];
  const [first, ...others] = named.map((each) => targetOf(each, words));
  return first && { status: 'understood', prompt: words, targets: [first, ...others] };
}

const namesByVocabulary = new WeakMap<Vocabulary, ReadonlyMap<string, readonly VocabularyTarget[]>>();

/** The meaning of each name, folded; of a target and a group with one name the target. */
function namesOf(vocabulary: Vocabulary): ReadonlyMap<string, readonly VocabularyTarget[]> {
  const known = namesByVocabulary.get(vocabulary);
  if (known !== undefined) return known;
  const { targets, groups } = vocabulary;
  const names = new Map<string, readonly VocabularyTarget[]>();
  for (const { name, members } of groups)
    names.set(
      foldText(name),
      targets.filter(({ id }) => members.includes(id)),
    );
  for (const target of targets.toReversed()) names.set(foldText(target.name), [target]);
  namesByVocabulary.set(vocabulary, names);
  return names;
}

const isWordForWord = (part: PromptResolution): boolean =>
  part.status === 'understood' && part.correctedTo === undefined;

const saysWhatIsNotWanted = ({ isQuoted, text }: Piece): boolean =>
  !isQuoted && tokenize(text).some((token) => token.kind === 'word' && negations.has(token.text));

/** Whether a comma, an "and" or the like separates each quotation from names next to it. */
function areSeparate(pieces: readonly Piece[], resolved: readonly (readonly PromptResolution[])[]): boolean {
  return pieces.every(({ isQuoted, text }, n) => {
    if (isQuoted || resolved[n]!.length === 0) return true;
    const tokens = tokenize(text);
    const ends = (token: (typeof tokens)[number] | undefined): boolean =>
      token !== undefined && (token.kind === 'separator' || links.has(token.text));
    const [begins, closes] = [n === 0 || ends(tokens[0]), n === pieces.length - 1 || ends(tokens.at(-1))];
    return begins && closes;
  });
}
