import type { RefusalCode } from '#contract/refusalCode.js';
import type { Vocabulary, VocabularyTarget } from '../values/vocabulary.js';
import { structuresIn } from './bodyParts.js';
import { canonicalWord } from './canonicalWord.js';
import { type Choice, chooseTargets } from './chooseTargets.js';
import { doubtfulSide } from './doubtfulSide.js';
import { dropPhrases } from './dropPhrases.js';
import { findNames, type Name } from './findNames.js';
import { freeTextTarget } from './freeText.js';
import { anatomyNamed } from './knownAnatomy.js';
import { nearestFinder } from './nearestTargets.js';
import type { PromptResolution, UnknownPart } from './promptResolution.js';
import { freeTextReader, resolveQuotations } from './quotations.js';
import { headingsAmong, type Part, placeOf, type Reading, readParts } from './readParts.js';
import { recall } from './readRecently.js';
import { type Link, type Word, wordReader } from './readWords.js';
import { settleTies } from './settleTies.js';
import { sideOfImage } from './sideOfImage.js';
import { placePrefixes } from './spelling.js';
import { joinSplitNames } from './splitNames.js';
import { statedContext } from './statedContext.js';
import { takeComparison } from './takeComparison.js';
import { targetOf } from './targetOf.js';
import { type Token, tokenize } from './tokenize.js';
import { indexVocabulary, nameKey, type VocabularyIndex, wordsWithinNames } from './vocabularyIndex.js';
import { contextPrepositions } from './wordRoles.js';

/** Longer texts are refused unread. The REST API allows half of it. */
const longestPrompt = 2000;
/** How much of an unread text is repeated in the refusal. */
const longestEcho = 100;

/**
 * Understands free text: the targets of each of its parts, in order of mention, in one model's vocabulary.
 *
 * One text may request several targets. Laterality words, plurals, British and American spellings, word order,
 * synonyms of the vocabulary and misspellings are understood; polite words are ignored, and so is what asks for a
 * comparison with the earlier study (`takeComparison`). Unknown or ambiguous text and exclusions are returned as
 * `unknown` with a reason and the nearest targets: nothing is guessed and no word that could matter is dropped. Never
 * throws; every prompt has at least one resolution. The time is limited by the length of the text times the size of
 * the vocabulary.
 */
export function resolvePrompts(
  prompts: readonly string[],
  vocabulary: Vocabulary,
  options: ResolveOptions = {},
): readonly PromptResolution[] {
  return resolveEach(prompts, vocabulary, options).flat();
}

export interface ResolveOptions {
  /**
   * Whether the model reads free text: then quoted words outside the vocabulary are passed literally (`quotations.ts`).
   */
  readonly freeText?: boolean;
}

/** The same, with a separate list of resolutions for each prompt, in the order of `prompts`. */
export function resolveEach(
  prompts: readonly string[],
  vocabulary: Vocabulary,
  options: ResolveOptions = {},
): readonly (readonly PromptResolution[])[] {
  return recall(vocabulary, prompts, options.freeText ?? false) ?? prompts.map(promptReader(vocabulary, options));
}

/** Understands the prompts of one request one after another. */
export function promptReader(
  vocabulary: Vocabulary,
  { freeText = false }: ResolveOptions,
): (prompt: string) => readonly PromptResolution[] {
  const index = indexVocabulary(vocabulary);
  const readWord = wordReader(index);
  const findNearest = nearestFinder(index);
  const read = (text: string): PromptResolution[] => {
    const sentences = sentencesOf(text, index, readWord).map(({ words: asRead, isQuestion }) => {
      const sentence = settleTies(dropPhrases(asRead), index);
      const named = findNames(sentence, index);
      return { sentence, named, items: joinSplitNames(named, index), isQuestion };
    });
    const headings = headingsAmong(sentences.map(({ items }) => items));
    const ofHeadings = [...headings].flat().filter((item): item is Name | Word => item.kind !== 'link');
    const wordsOfHeadings = ofHeadings.flatMap((item) => (item.kind === 'word' ? [item] : item.words));
    const readings = sentences.flatMap(({ sentence, named, items, isQuestion }) =>
      headings.has(items)
        ? []
        : [{ sentence, ...(partOfDoubtfulSide(sentence, named, isQuestion) ?? readParts(items)) }],
    );
    const excluded = readings.flatMap(({ parts }) => parts).find(isExclusion);
    return readings.flatMap(({ sentence, parts: asRead, context }) => {
      const words = sentence.filter((item) => item.kind === 'word');
      const parts = excluded === undefined ? asRead : asRead.map((part) => withoutEverything(part, excluded));
      const about = statedContext([...wordsOfHeadings, ...context]);
      return parts.map((part) => {
        const resolution = resolvePart(part, text, words, vocabulary, index, findNearest);
        return about && resolution.status === 'understood' ? { ...resolution, about } : resolution;
      });
    });
  };
  const reader = { vocabulary, read, freeText: freeText ? freeTextReader() : undefined };
  return (prompt) => {
    if (prompt.length > longestPrompt)
      return [
        unknown(`${prompt.slice(0, longestEcho)}…`, 'too-long', `The text is longer than ${longestPrompt} characters.`),
      ];
    const { text, isAsked } = takeComparison(prompt);
    const resolutions = resolveQuotations(text, reader) ?? read(text);
    if (resolutions.length > 0) return resolutions;
    if (!isAsked) return [unknown(prompt.trim(), 'names-nothing', 'The text names no structure.')];
    const reason = `“${prompt.trim()}” asks for a comparison with the earlier study, but names no structure.`;
    return [unknown(prompt.trim(), 'comparison-alone', reason)];
  };
}

type FindNearest = ReturnType<typeof nearestFinder>;

interface AsTyped {
  readonly words: (Word | Link)[];
  /** Whether a question mark ends it. */
  readonly isQuestion: boolean;
}

function sentencesOf(prompt: string, index: VocabularyIndex, readWord: ReturnType<typeof wordReader>): AsTyped[] {
  const sentences: AsTyped[] = [{ words: [], isQuestion: false }];
  for (const token of joinPrefixes(tokenize(prompt), index)) {
    const { words } = sentences.at(-1)!;
    if (token.kind === 'word') words.push(readWord(token));
    else if (token.ends === 'sentence') {
      sentences[sentences.length - 1] = { words, isQuestion: prompt[token.start] === '?' };
      sentences.push({ words: [], isQuestion: false });
    } else
      words.push({
        kind: 'link',
        mark: markOf(prompt[token.start]!),
        start: token.start,
        end: token.end,
      });
  }
  return sentences;
}

function markOf(character: string): Link['mark'] {
  if (character === ':') return 'colon';
  return /[-–—]/.test(character) ? 'dash' : 'other';
}

/**
 * A sentence that names a side of the picture, or a word that may be no side, is questioned as a whole: the side may
 * belong to any of its structures.
 */
function partOfDoubtfulSide(
  sentence: readonly (Word | Link)[],
  named: readonly (Name | Word | Link)[],
  isQuestion: boolean,
): Reading | undefined {
  const names = named.filter((item) => item.kind === 'name');
  const unclear = (why: 'side-of-image' | 'side-doubtful', words: readonly Word[]): Reading => ({
    parts: [{ kind: 'unclear', why, words, names, ...placeOf(sentence) }],
    context: [],
  });
  const doubtful = doubtfulSide(sentence, isQuestion);
  if (doubtful !== undefined) return unclear('side-doubtful', doubtful);
  const ofImage = sideOfImage(sentence);
  return ofImage && unclear('side-of-image', ofImage);
}

type Exclusion = Part & { kind: 'unclear' };

const isExclusion = (part: Part): part is Exclusion => part.kind === 'unclear' && part.why === 'negation';

/** "Everything. Except the liver.": what one sentence excludes was included by the other. */
const withoutEverything = (part: Part, { words }: Exclusion): Part =>
  part.kind === 'everything' || part.kind === 'each'
    ? { kind: 'unclear', why: 'negation', words, names: [], start: part.start, end: part.end }
    : part;

/** "extra-ventricular" is one word if the vocabulary has it as one. */
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
  index: VocabularyIndex,
  findNearest: FindNearest,
): PromptResolution {
  const prompt = asTyped(text, part);
  const words = wordsOfSentence.filter(({ start, end }) => start >= part.start && end <= part.end);
  if (part.kind === 'everything') {
    const { within } = part;
    const targets = within === undefined ? vocabulary.targets : structuresIn(within, vocabulary.targets);
    if (targets.length > 0) return understood(prompt, targets, undefined);
    return unknown(prompt, 'unknown-words', `This model knows no structures of the ${within}.`);
  }
  if (part.kind === 'each') {
    const targets = targetsNamed(part.words, vocabulary);
    if (targets.length > 0) return understood(prompt, targets, correct(prompt, part.start, words));
    return unknown(prompt, 'unknown-words', `This model knows no ${listWords(part.words)}.`, findNearest(words));
  }
  if (part.kind === 'unclear') {
    const whyNot = part.why === 'unknown-words' ? index.notOffered.get(keyOfWords(part.words)) : undefined;
    if (whyNot !== undefined)
      return unknown(
        prompt,
        'not-offered',
        `This model was taught ${listWords(part.words)}, but does not offer it: ${whyNot}`,
      );
    const mayBeFreeText = part.why === 'unknown-words' && freeTextTarget(prompt) !== undefined;
    const anatomy = part.why === 'unknown-words' && part.names.length === 0 ? anatomyNamed(part.words) : undefined;
    if (anatomy !== undefined) {
      const { published } = anatomy;
      return {
        ...unknown(prompt, 'not-in-model', `This model does not segment “${prompt}”.`),
        published,
        mayBeFreeText,
      };
    }
    const nearest = nearestTo(part, words, findNearest);
    return { ...unknown(prompt, part.why, reasonOf(part, prompt, vocabulary), nearest), mayBeFreeText };
  }

  const { name, side, sideIsDoubtful } = part;
  let choice: Choice = chooseTargets(name.meanings, side);
  if (choice.kind === 'side-unknown' && sideIsDoubtful) choice = chooseTargets(name.meanings, undefined);
  if (choice.kind === 'targets') return understood(prompt, choice.targets, correct(prompt, part.start, words));
  const known = listNames(choice.candidates);
  if (choice.kind === 'ambiguous')
    return unknown(prompt, 'ambiguous', `“${prompt}” may mean ${known}.`, choice.candidates);
  return unknown(
    prompt,
    'side-unknown',
    side === undefined
      ? `Of “${prompt}” this model knows only ${known}.`
      : `This model does not separate the sides of “${prompt}” as requested; it knows ${known}.`,
    choice.candidates,
  );
}

/**
 * Targets of several kinds whose names have all of the words; none if only one kind has them: "all tissue" is not the
 * soft tissue.
 */
function targetsNamed(words: readonly Word[], vocabulary: Vocabulary): readonly VocabularyTarget[] {
  const asked = words.filter(({ text }) => !contextPrepositions.has(text)).map(({ canonical }) => canonical);
  const named = vocabulary.targets.filter(({ name }) => {
    const own = new Set(tokenize(name).flatMap((token) => (token.kind === 'word' ? [canonicalWord(token.text)] : [])));
    return asked.every((word) => own.has(word));
  });
  return new Set(named.map(({ concept }) => concept.type.value)).size > 1 ? named : [];
}

const keyOfWords = (words: readonly Word[]): string =>
  nameKey(words.filter(({ text }) => !wordsWithinNames.has(text)).map(({ canonical }) => canonical));

/** The part as typed, including the closing bracket or quotation mark: "lung (L)". */
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
  const [first, ...others] = found.map((each) => targetOf(each, prompt));
  return {
    status: 'understood',
    prompt,
    targets: [first!, ...others],
    ...(correctedTo !== undefined && { correctedTo }),
  };
}

function unknown(
  prompt: string,
  code: RefusalCode,
  reason: string,
  nearest: readonly VocabularyTarget[] = [],
): UnknownPart {
  return { status: 'unknown', prompt, code, reason, nearest, mayBeFreeText: false };
}

function reasonOf(part: Part & { kind: 'unclear' }, prompt: string, { targets }: Vocabulary): string {
  const words = listWords(part.words);
  switch (part.why) {
    case 'unknown-words':
      return `${words} is not among the ${targets.length} structures of this model.`;
    case 'side-alone':
      return `${words} is a side without a structure.`;
    case 'side-between':
      return `It is not clear which structure ${words} belongs to; write a comma between the structures.`;
    case 'sides-differ':
      return `“${prompt}” says two different sides; write a comma between the structures.`;
    case 'names-adjacent':
      return `“${prompt}” may be one structure or several; write a comma between the structures.`;
    case 'side-of-image':
      return (
        `“${prompt}” names a side of the picture, which need not be the patient's: images usually show the ` +
        "patient's right on their left. Name the patient's side, such as “left …” or “right …”."
      );
    case 'side-doubtful':
      return (
        `${words} in “${prompt}” may be a side or not. Write the side before the structure, such as “left …”, or ` +
        'leave the word out.'
      );
    case 'negation':
      return `What is not wanted (${words}) is not understood; name only what is wanted.`;
  }
}

/** Reasons that leave open which of the named structures is meant: those are the nearest. */
const askedBack: ReadonlySet<string> = new Set(['names-adjacent', 'side-between', 'side-of-image', 'side-doubtful']);

function nearestTo(part: Part & { kind: 'unclear' }, words: readonly Word[], findNearest: FindNearest) {
  if (!askedBack.has(part.why)) return findNearest(words);
  return [...new Set(part.names.flatMap(({ meanings }) => meanings.flatMap(({ targets }) => targets)))];
}

/** Words as quoted to people: without prepositions, if there is anything else. */
function listWords(words: readonly Word[]): string {
  const significant = words.filter(({ text }) => !contextPrepositions.has(text));
  return (significant.length > 0 ? significant : words).map(({ text }) => `“${text}”`).join(', ');
}

function listNames(targets: readonly VocabularyTarget[]): string {
  return targets.map(({ name }) => name).join(', ');
}

/** The part with corrected words, or undefined if there were none. */
function correct(prompt: string, startOfPrompt: number, words: readonly Word[]): string | undefined {
  const mistyped = words.filter(({ corrected }) => corrected);
  if (mistyped.length === 0) return undefined;
  let corrected = '';
  let copied = 0;
  for (const word of mistyped) {
    corrected += prompt.slice(copied, word.start - startOfPrompt) + word.text;
    copied = word.end - startOfPrompt;
  }
  return corrected + prompt.slice(copied);
}
