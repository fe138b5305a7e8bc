import { bodyPartOfWord, holdsWhole, wholeNamed } from './bodyParts.js';
import type { Content } from './elements.js';
import type { Name } from './findNames.js';
import { imageAdjectives, isImageWord, isOfContext } from './imagingWords.js';
import type { Word } from './readWords.js';
import * as roles from './wordRoles.js';

export interface WithoutContext {
  readonly kept: readonly Content[];
  /** Words that say which image is meant: "in the chest CT". */
  readonly context: readonly Word[];
}

/**
 * Drops the words that only say where to look, and the polite words around the content: "in this scan", "of the body",
 * "in portal venous CT of the abdomen", "the patient's". A body part is context next to a word for an image, or if it
 * contains the whole of the structure: "airways in the chest", not "bone in the chest".
 *
 * @param mayDropNames whether structures of the vocabulary may be context too ("hippocampus in brain MRI"); not if the
 * sentence names nothing else
 */
export function dropContext(elements: readonly Content[], mayDropNames: boolean): WithoutContext {
  const context: Word[] = [];
  const kept: Content[] = [];
  for (let at = 0; at < elements.length; at++) {
    const element = elements[at]!;
    const end = isWordOf(roles.contextPrepositions, element) ? endOfPlace(elements, at, mayDropNames) : at + 1;
    if (end === at + 1) kept.push(element);
    else {
      context.push(...wordsOf(elements.slice(at, end)));
      at = end - 1;
    }
  }
  const drop = (from: number, count: number): boolean => {
    context.push(...wordsOf(kept.splice(from, count)));
    return count > 0;
  };
  for (;;) {
    if (mayDropNames && drop(0, leadingImage(kept))) continue;
    if (drop(0, contextAtEdge(kept, 'start', mayDropNames))) continue;
    if (!isWordOf(roles.requestWords, kept[0])) break;
    kept.shift();
  }
  for (;;) {
    const count = closingImage(kept) || contextAtEdge(kept, 'end', mayDropNames);
    if (drop(kept.length - count, count)) continue;
    if (!isWordOf(roles.closingWords, kept.at(-1))) break;
    kept.pop();
  }
  // "hippocampus mask left"
  while (kept.at(-1)?.kind === 'sides' && isWordOf(roles.closingWords, kept.at(-2))) kept.splice(-2, 1);
  return { kept, context };
}

/** Whether all of these only say which image is meant: "in the MRI of the brain", "chest CT". */
export function isOnlyContext(elements: readonly Content[]): boolean {
  const isContextual = (element: Content) =>
    isWordOf(roles.contextPrepositions, element) ||
    isWordOf(roles.requestWords, element) ||
    isWith(element) ||
    ofContext(element, true);
  return elements.every(isContextual) && isImageRun(elements);
}

/**
 * Whether a part of a list says which image the others are in: "hippocampus, brain MRI". A structure counts only as a
 * body part that contains all of the others: not the brain in "skull, brain MRI".
 * @param others names in the other parts
 */
export function saysWhichImage(elements: readonly Content[], others: readonly Name[]): boolean {
  const places = wordsOf(elements).filter(({ text }) => bodyPartOfWord.has(text));
  const named = elements.filter((element) => element.kind === 'name');
  return (
    isOnlyContext(elements) &&
    places.every(({ text }) => wholeNamed(text) !== undefined) &&
    (named.length === 0 || others.length > 0) &&
    named.every(({ words }) => words.every(({ text }) => others.every((other) => isPlaceOf(other, text))))
  );
}

/**
 * The same before a comma, where it may as well be the first of a list: "MRI brain, hippocampus", not "brain MRI,
 * skull" nor "liver MRI, spleen".
 */
export function isOnlyContextOfList(elements: readonly Content[]): boolean {
  const [first] = elements;
  const places = wordsOf(elements).filter(({ text }) => bodyPartOfWord.has(text));
  const mayBeAsked = elements.some(({ kind }) => kind === 'name') && first !== undefined && !isImageRun([first]);
  return isOnlyContext(elements) && !mayBeAsked && places.every(({ text }) => wholeNamed(text) !== undefined);
}

function isWordOf(set: ReadonlySet<string>, element: Content | undefined): boolean {
  return element?.kind === 'word' && set.has(element.text);
}

const wordsOf = (elements: readonly Content[]): Word[] =>
  elements.flatMap((element): readonly Word[] => (element.kind === 'word' ? [element] : element.words));

const isImageRun = (elements: readonly Content[]): boolean =>
  elements.some((element) => element.kind !== 'sides' && wordsOf([element]).some(({ text }) => isImageWord(text)));

/** @param names whether names of the vocabulary count too; words for people and media always do */
function ofContext(element: Content | undefined, names: boolean): boolean {
  if (element === undefined || element.kind === 'sides') return false;
  if (element.kind === 'word') return isOfContext(element.text);
  return element.words.every(({ text }) =>
    names ? isOfContext(text) : roles.contextNouns.has(text) || imageAdjectives.has(text),
  );
}

const isWith = (element: Content | undefined): boolean => element?.kind === 'word' && /^(with|mit)$/.test(element.text);

/** Where the context after the preposition ends; directly after the preposition if there is none. */
function endOfPlace(elements: readonly Content[], preposition: number, mayDropNames: boolean): number {
  const from = preposition + 1;
  const isLinking = (element: Content | undefined) => isWordOf(roles.contextPrepositions, element) || isWith(element);
  let end = from;
  while (
    ofContext(elements[end], mayDropNames) ||
    (end > from && isLinking(elements[end]) && ofContext(elements[end + 1], mayDropNames))
  )
    end++;
  const run = elements.slice(from, end);
  if (isImageRun(run) || (run.length > 0 && wordsOf(run).every(({ text }) => roles.contextNouns.has(text)))) return end;
  const before = elements.slice(0, preposition).findLast((element): element is Name => element.kind === 'name');
  const about = before ?? elements.slice(end).find((element): element is Name => element.kind === 'name');
  const whole = elements[from];
  if (about === undefined || whole === undefined || whole.kind === 'sides') return from;
  if (before !== undefined && whole.kind === 'name' && roles.containers.has(whole.key)) return from + 1;
  return run.length > 0 && wordsOf(run).every(({ text }) => isPlaceOf(about, text)) ? end : from;
}

/** "chest" of the lungs; "T1" of the ventricles, which no vertebra has. */
function isPlaceOf({ meanings }: Name, word: string): boolean {
  const part = isWeighting(word) ? 'head' : wholeNamed(word);
  return part !== undefined && meanings.every(({ targets }) => targets.every((target) => holdsWhole(part, target)));
}

const isWeighting = (word: string): boolean => /^(t1|t2|pd)$/.test(word);

/** Number of elements at the start that name the image, before a structure: "brain MRI hippocampus". */
function leadingImage(elements: readonly Content[]): number {
  const end = elements.findIndex((element) => !ofContext(element, true));
  const last = elements.slice(0, end < 0 ? elements.length : end).findLastIndex((element) => isImageRun([element]));
  return elements.slice(last + 1).some(({ kind }) => kind === 'name') ? last + 1 : 0;
}

/** Number of elements at the end that name the image, with a body part of all the others: "hippocampus (brain MRI)". */
function closingImage(elements: readonly Content[]): number {
  const last = elements.findLastIndex((element) => !ofContext(element, false));
  const place = elements[last];
  const others = elements.slice(0, Math.max(0, last)).filter((element) => element.kind === 'name');
  if (place?.kind !== 'name' || others.length === 0) return 0;
  return saysWhichImage(elements.slice(last), others) ? elements.length - last : 0;
}

/** Number of elements at the start or end that are context without a preposition: "chest CT, " "… T1 MRI". */
function contextAtEdge(elements: readonly Content[], edge: 'start' | 'end', mayDropNames: boolean): number {
  const names = elements.filter((element) => element.kind === 'name');
  const ordered = edge === 'start' ? elements : elements.toReversed();
  const isContextual = (element: Content | undefined): boolean => {
    if (!ofContext(element, false)) return false;
    // "lungs, patient's left"
    if (element?.kind === 'name')
      return names.length > 1 || (mayDropNames && elements.some(({ kind }) => kind === 'sides'));
    return (
      !(element?.kind === 'word' && isWeighting(element.text)) || names.every((name) => isPlaceOf(name, element.text))
    );
  };
  let count = 0;
  while (isContextual(ordered[count])) count++;
  if (isImageRun(ordered.slice(0, count))) return count;
  const plain = ordered
    .slice(0, count)
    .findIndex((element) => !wordsOf([element]).every(({ text }) => roles.contextNouns.has(text)));
  return plain < 0 ? count : plain;
}
