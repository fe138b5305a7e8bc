import type { Target } from '../target.js';
import type { Vocabulary, VocabularyTarget } from '../vocabulary.js';
import { canonicalWord } from './canonicalWord.js';
import { type Choice, chooseTargets } from './chooseTargets.js';
import { findNames } from './findNames.js';
import { freeTextTarget } from './freeText.js';
import { nearestFinder } from './nearestTargets.js';
import type { PromptResolution, UnknownPart } from './promptResolution.js';
import { freeTextReader, resolveQuotations } from './quotations.js';
import { type Part, readParts } from './readParts.js';
import { type Link, type Word, wordReader } from './readWords.js';
import { settleTies } from './settleTies.js';
import { placePrefixes } from './spelling.js';
import { joinSplitNames } from './splitNames.js';
import { type Token, tokenize } from './tokenize.js';
import { indexVocabulary, type VocabularyIndex } from './vocabularyIndex.js';
import { contextPrepositions } from './wordRoles.js';

/** Longer texts are refused unread. The REST API takes half as much. */
const longestPrompt = 2000;
/** As much of a text that was refused unread is given back. */
const longestEcho = 100;

/**
 * Understands free text: what each part of it asks for, in the order of mention, in one model's vocabulary.
 *
 * One text may ask for several targets. Laterality words, plurals, British and American spellings, word order, synonyms of the vocabulary
 * and typing errors are understood; polite words around are ignored. What is not known, or can be read in two ways, or says what is not
 * wanted, comes back as `unknown` with a reason and the nearest targets: nothing is guessed and no word that could matter is dropped.
 * Never throws; every prompt has at least one resolution. The time is bounded by the length of the text times the size of the vocabulary.
 */
export function resolvePrompts(
  prompts: readonly string[],
  vocabulary: Vocabulary,
  options: ResolveOptions = {},
): readonly PromptResolution[] {
  return resolveEach(prompts, vocabulary, options).flat();
}

export interface ResolveOptions {
  /** Whether the model reads free text: then words in quotation marks that the vocabulary does not have are asked as they stand (`quotations.ts`). */
  readonly freeText?: boolean;
}

/** The same, with the resolutions of each prompt in a list of their own, in the order of `prompts`. */
export function resolveEach(
  prompts: readonly string[],
  vocabulary: Vocabulary,
  { freeText = false }: ResolveOptions = {},
): readonly (readonly PromptResolution[])[] {
  const index = indexVocabulary(vocabulary);
  const readWord = wordReader(index);
  const findNearest = nearestFinder(index);
  const read = (text: string): PromptResolution[] =>
    sentencesOf(text, index, readWord).flatMap((asRead) => {
      const sentence = settleTies(asRead, index);
      const words = sentence.filter((item) => item.kind === 'word');
      return readParts(joinSplitNames(findNames(sentence, index), index)).map((part) =>
        resolvePart(part, text, words, vocabulary, findNearest),
      );
    });
  const reader = { vocabulary, read, freeText: freeText ? freeTextReader() : undefined };
  return prompts.map((prompt): readonly PromptResolution[] => {
    if (prompt.length > longestPrompt)
      return [unknown(`${prompt.slice(0, longestEcho)}…`, `The text is longer than ${longestPrompt} characters.`)];
    const resolutions = resolveQuotations(prompt, reader) ?? read(prompt);
    return resolutions.length > 0 ? resolutions : [unknown(prompt.trim(), 'The text names no structure.')];
  });
}

type FindNearest = ReturnType<typeof nearestFinder>;

function sentencesOf(
  prompt: string,
  index: VocabularyIndex,
  readWord: ReturnType<typeof wordReader>,
): (Word | Link)[][] {
  const sentences: (Word | Link)[][] = [[]];
  for (const token of joinPrefixes(tokenize(prompt), index)) {
    if (token.kind === 'word') sentences.at(-1)!.push(readWord(token));
    else if (token.ends === 'sentence') sentences.push([]);
    else sentences.at(-1)!.push({ kind: 'link', start: token.start, end: token.end });
  }
  return sentences;
}

/** "extra-ventricular" is one word where the vocabulary has it as one. */
function joinPrefixes(tokens: readonly Token[], index: VocabularyIndex): Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const before = joined.at(-1);
    const isPrefixed = before?.kind === 'word' && token.kind === 'word' && placePrefixes.includes(before.text);
    if (isPrefixed && index.words.has(canonicalWord(before.text + token.text)))
      joined[joined.length - 1] = { ...before, text: before.text + token.text, end: token.end };
    else joined.push(token);
  }
  return joined;
}

function resolvePart(
  part: Part,
  text: string,
  wordsOfSentence: readonly Word[],
  vocabulary: Vocabulary,
  findNearest: FindNearest,
): PromptResolution {
  const prompt = asTyped(text, part);
  const words = wordsOfSentence.filter(({ start, end }) => start >= part.start && end <= part.end);
  if (part.kind === 'everything') return understood(prompt, vocabulary.targets, undefined);
  if (part.kind === 'unclear') {
    const nearest = nearestTo(part, words, findNearest);
    const isFarFromAll = part.why === 'unknown-words' && nearest.length === 0;
    const reason = isFarFromAll ? `${reasonOf(part, prompt)} ${whatIsKnown(vocabulary)}` : reasonOf(part, prompt);
    const mayBeFreeText = part.why === 'unknown-words' && freeTextTarget(prompt) !== undefined;
    return { ...unknown(prompt, reason, nearest), mayBeFreeText };
  }

  const { name, side, sideIsDoubtful } = part;
  let choice: Choice = chooseTargets(name.meanings, side);
  if (choice.kind === 'side-unknown' && sideIsDoubtful) choice = chooseTargets(name.meanings, undefined);
  if (choice.kind === 'targets') return understood(prompt, choice.targets, mend(prompt, part.start, words));
  const known = listNames(choice.candidates);
  if (choice.kind === 'ambiguous') return unknown(prompt, `“${prompt}” may mean ${known}.`, choice.candidates);
  return unknown(
    prompt,
    side === undefined
      ? `Of “${prompt}” this model knows only ${known}.`
      : `This model does not tell the sides of “${prompt}” apart as asked; it knows ${known}.`,
    choice.candidates,
  );
}

/** The part as typed, with the bracket or the quotation mark that ends it: "lung (L)". */
function asTyped(text: string, { start, end }: Part): string {
  const typed = text.slice(start, end);
  const isOpen = text[end] === ')' ? typed.includes('(') && !typed.includes(')') : typed.split('"').length % 2 === 0;
  return isOpen && (text[end] === ')' || text[end] === '"') ? typed + text[end] : typed;
}

function understood(
  prompt: string,
  found: readonly VocabularyTarget[],
  correctedTo: string | undefined,
): PromptResolution {
  const [first, ...others] = found.map(({ id, name, concept }): Target => ({ id, name, prompt, concept }));
  return {
    status: 'understood',
    prompt,
    targets: [first!, ...others],
    ...(correctedTo !== undefined && { correctedTo }),
  };
}

function unknown(prompt: string, reason: string, nearest: readonly VocabularyTarget[] = []): UnknownPart {
  return { status: 'unknown', prompt, reason, nearest, mayBeFreeText: false };
}

/** Names listed to somebody who asked for something far from all of them: a small vocabulary whole, of a large one a taste. */
const listedNames = 12;

function whatIsKnown({ targets }: Vocabulary): string {
  const more = targets.length - listedNames;
  return `It knows ${listNames(targets.slice(0, listedNames))}${more > 0 ? ` and ${more} more` : ''}.`;
}

function reasonOf(part: Part & { kind: 'unclear' }, prompt: string): string {
  const words = listWords(part.words);
  switch (part.why) {
    case 'unknown-words':
      return `This model knows nothing named ${words}.`;
    case 'side-alone':
      return `${words} is a side without a structure.`;
    case 'side-between':
      return `It is not clear which structure ${words} belongs to; write a comma between the structures.`;
    case 'sides-differ':
      return `“${prompt}” says two different sides; write a comma between the structures.`;
    case 'names-adjacent':
      return `“${prompt}” may be one structure or several; write a comma between the structures.`;
    case 'negation':
      return `What is not wanted (${words}) is not understood; name only what is wanted.`;
  }
}

function nearestTo(part: Part & { kind: 'unclear' }, words: readonly Word[], findNearest: FindNearest) {
  if (part.why !== 'names-adjacent' && part.why !== 'side-between') return findNearest(words);
  return [...new Set(part.names.flatMap(({ meanings }) => meanings.flatMap(({ targets }) => targets)))];
}

/** Words as they are quoted to people: without the prepositions, if there is anything else. */
function listWords(words: readonly Word[]): string {
  const telling = words.filter(({ text }) => !contextPrepositions.has(text));
  return (telling.length > 0 ? telling : words).map(({ text }) => `“${text}”`).join(', ');
}

function listNames(targets: readonly VocabularyTarget[]): string {
  return targets.map(({ name }) => name).join(', ');
}

/** The part with its mistyped words replaced, or undefined where there were none. */
function mend(prompt: string, startOfPrompt: number, words: readonly Word[]): string | undefined {
  const mistyped = words.filter(({ corrected }) => corrected);
  if (mistyped.length === 0) return undefined;
  let mended = '';
  let copied = 0;
  for (const word of mistyped) {
    mended += prompt.slice(copied, word.start - startOfPrompt) + word.text;
    copied = word.end - startOfPrompt;
  }
  return mended + prompt.slice(copied);
}
