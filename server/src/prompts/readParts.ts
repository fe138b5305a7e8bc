import type { Laterality } from '../values/concept.js';
import { type BodyPart, wholeNamed } from './bodyParts.js';
import { partAskedWhole } from './collections.js';
import { dropContext, isOnlyContext, isOnlyContextOfList, saysWhichImage } from './dropContext.js';
import type { Content, Element, Sides } from './elements.js';
import type { Name } from './findNames.js';
import { isImageWord } from './imagingWords.js';
import type { Link, Word } from './readWords.js';
import { joinSides } from './vocabularyIndex.js';
import * as roles from './wordRoles.js';

/** A part of a text, by its meaning; `start` and `end` are its position. */
export type Part =
  | {
      readonly kind: 'structure';
      readonly name: Name;
      readonly side: Laterality | undefined;
      /** "both" may be the one of "both bone and fat", which is not a side. */
      readonly sideIsDoubtful: boolean;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'everything';
      /** Only structures in this body part. */
      readonly within?: BodyPart;
      readonly start: number;
      readonly end: number;
    }
  /** All whose names have these words: "each lobe of the lung". */
  | { readonly kind: 'each'; readonly words: readonly Word[]; readonly start: number; readonly end: number }
  | {
      readonly kind: 'unclear';
      readonly why:
        | 'unknown-words'
        | 'side-alone'
        | 'side-between'
        | 'sides-differ'
        | 'names-adjacent'
        | 'negation'
        | 'side-of-image'
        | 'side-doubtful';
      /** The words that caused it. */
      readonly words: readonly Word[];
      readonly names: readonly Name[];
      readonly start: number;
      readonly end: number;
    };

/**
 * Reads one sentence, split at commas, "and" and the like. A side applies to the next name only ("left lung and kidney"
 * means the left lung, and the kidney without a side); a side after a name applies to that name ("lung, left",
 * "hippocampus left and right amygdala"). Text with more than one reading, or with unknown words, becomes an unclear
 * part: no word that could change the meaning is dropped.
 */
export function readParts(sentence: readonly (Name | Word | Link)[]): Reading {
  const split = splitSentence(sentence);
  const negation = sentence.find((item) => item.kind === 'word' && roles.negations.has(item.text));
  const excluded = negation?.kind === 'word' ? [negation] : behindMinus(split);
  if (excluded.length > 0) {
    const names = namesIn(sentence);
    return { parts: [{ kind: 'unclear', why: 'negation', words: excluded, names, ...placeOf(sentence) }], context: [] };
  }
  const reading = readSplit(split, true);
  // "the brain MRI" requests the brain if nothing else is named.
  return reading.parts.length > 0 ? reading : readSplit(split, false);
}

/**
 * The sentences that only say which image is meant, before or after others: "MRI of the head. Segment the hippocampus."
 */
export function headingsAmong<Sentence extends readonly (Name | Word | Link)[]>(
  sentences: readonly Sentence[],
): ReadonlySet<Sentence> {
  const isHeading = (sentence: Sentence): boolean => {
    const [only, ...others] = splitSentence(sentence);
    const elsewhere = sentences.filter((other) => other !== sentence).flatMap(namesIn);
    return (
      only !== undefined && others.length === 0 && elsewhere.length > 0 && saysWhichImage(only.elements, elsewhere)
    );
  };
  return new Set(sentences.filter(isHeading));
}

const splitSentence = (sentence: readonly (Name | Word | Link)[]): readonly SplitPart[] => [
  ...splitAtLinks(joinPlaces(joinSideWords(dropFillers(sentence)))),
];

const namesIn = (elements: readonly Element[]): readonly Name[] =>
  elements.filter((element) => element.kind === 'name');

/** The parts of a sentence, and its words that say which image is meant. */
export interface Reading {
  readonly parts: readonly Part[];
  readonly context: readonly Word[];
}

function readSplit(split: readonly SplitPart[], mayDropNames: boolean): Reading {
  const parts: Part[] = [];
  const context: Word[] = [];
  /** "left: hippocampus, amygdala" */
  let sideOfAll: Sides | undefined;
  for (const [at, { elements, linkFollows, mark }] of split.entries()) {
    const within = partAskedWhole(elements);
    if (within !== undefined) {
      parts.push({ kind: 'everything', within, ...placeOf(elements) });
      continue;
    }
    const before = split[at - 1]?.mark;
    const others = split.filter((part) => part.elements !== elements).flatMap((part) => namesIn(part.elements));
    const isHeading =
      mark === 'colon' ? isOnlyContext(elements) : mark !== 'word' && at === 0 && isOnlyContextOfList(elements);
    const isAside = mark !== 'word' && before !== 'word' && split.length > 1 && saysWhichImage(elements, others);
    const isHeadingOfOthers = mayDropNames && (isHeading || isAside);
    const without = dropContext(elements, mayDropNames);
    context.push(...(isHeadingOfOthers ? elements.flatMap(wordsOfElement) : without.context));
    const kept = isHeadingOfOthers ? [] : without.kept;
    const [first, ...more] = kept;
    const last = parts.at(-1);
    if (mark === 'colon' && first?.kind === 'sides' && more.length === 0) {
      sideOfAll = first;
      continue;
    }
    const takesSide =
      sideOfAll && kept.some(({ kind }) => kind === 'name') && kept.every(({ kind }) => kind !== 'sides');
    const content = sideOfAll && takesSide ? [sideOfAll, ...kept] : kept;
    if (first?.kind === 'sides' && more.length === 0 && last?.kind === 'structure')
      parts[parts.length - 1] = addSide(last, first);
    else parts.push(...readContent(content, linkFollows));
  }
  return { parts, context };
}

/** What follows a dash behind a request for everything, which may be a minus: "everything - liver". */
function behindMinus(split: readonly SplitPart[]): readonly Word[] {
  const asksForAll = ({ elements, mark }: SplitPart): boolean =>
    mark === 'dash' &&
    (partAskedWhole(elements) !== undefined ||
      elements.some((element) => isWordOf(roles.everythingWords, element) || isWordOf(roles.quantifiers, element)));
  const at = split.findIndex(asksForAll);
  return at < 0 ? [] : (split[at + 1]?.elements ?? []).flatMap(wordsOfElement);
}

const wordsOfElement = (element: Content): readonly Word[] => (element.kind === 'word' ? [element] : element.words);

export function placeOf(items: readonly { readonly start: number; readonly end: number }[]) {
  return { start: Math.min(...items.map(({ start }) => start)), end: Math.max(...items.map(({ end }) => end)) };
}

function isWordOf(set: ReadonlySet<string>, element: Element | undefined): boolean {
  return element?.kind === 'word' && set.has(element.text);
}

function isSide(element: Element | undefined): element is Word & { side: Laterality } {
  return element?.kind === 'word' && element.side !== undefined;
}

function isHemisphere(item: Element | undefined): boolean {
  if (item?.kind !== 'name' && item?.kind !== 'word') return false;
  const words = item.kind === 'name' ? item.words : [item];
  return (
    words.some(({ canonical }) => canonical === 'hemisphere') &&
    words.every(({ canonical }) => roles.hemisphereWords.has(canonical))
  );
}

/** Fillers, and the words around a side that belong to it: "on the left side of". */
function dropFillers(sentence: readonly (Name | Word | Link)[]): (Name | Word | Link)[] {
  const said = sentence.filter((item) => !isWordOf(roles.fillers, item));
  const kept: (Name | Word | Link)[] = [];
  for (const [at, item] of said.entries()) {
    const leadsToHemisphere = isHemisphere(said[at + 2]) && kept.at(-1)?.kind === 'name';
    const leadsToSide = isSide(said[at + 1]) && (said[at + 2]?.kind !== 'name' || leadsToHemisphere);
    if (isWordOf(roles.contextPrepositions, item) && leadsToSide) continue;
    const nameBefore = kept.at(-1);
    // "white matter of the left cerebral hemisphere": the name has taken all but the last word.
    if (isHemisphere(item) && nameBefore?.kind === 'name' && nameBefore.sides.length > 0) continue;
    const closesPlace = isSide(said[at - 1]) && isWordOf(roles.contextPrepositions, said[at - 2]);
    if (isHemisphere(item) && closesPlace && isSide(kept.at(-1)) && kept.at(-2)?.kind === 'name') continue;
    const followsSide = isSide(kept.at(-1));
    if (followsSide && (isWordOf(roles.sideNouns, item) || (item.kind === 'word' && item.text === 'of'))) continue;
    kept.push(item);
  }
  return kept;
}

function joinSideWords(items: readonly (Name | Word | Link)[]): Element[] {
  const joined: Element[] = [];
  for (let at = 0; at < items.length; at++) {
    const first = items[at]!;
    if (!isSide(first)) {
      joined.push(first);
      continue;
    }
    const words: [Word, ...Word[]] = [first];
    for (;;) {
      let step = 1;
      while (items[at + step]?.kind === 'link') step++;
      const next = items[at + step];
      if (!isSide(next)) break;
      words.push(next);
      at += step;
    }
    joined.push(sidesOf(words));
  }
  return joined;
}

function sidesOf(words: Sides['words']): Sides {
  return { kind: 'sides', words, ...placeOf(words) };
}

/**
 * "CT of the abdomen and pelvis", "chest/abdomen": parts of the body that the vocabulary does not have list nothing.
 */
function joinPlaces(elements: readonly Element[]): readonly Element[] {
  const isPlace = (element: Element | undefined) => element?.kind === 'word' && wholeNamed(element.text) !== undefined;
  const isImaged = elements.some((element) => element.kind === 'word' && isImageWord(element.text));
  return elements.filter(
    ({ kind }, at) => !(kind === 'link' && isImaged && isPlace(elements[at - 1]) && isPlace(elements[at + 1])),
  );
}

interface SplitPart {
  readonly elements: readonly Content[];
  readonly linkFollows: boolean;
  /** What follows: "brain MRI: hippocampus". */
  readonly mark: Link['mark'] | undefined;
}

function* splitAtLinks(elements: readonly Element[]): Generator<SplitPart> {
  let part: Content[] = [];
  for (const element of elements) {
    if (element.kind !== 'link') {
      part.push(element);
      continue;
    }
    if (part.length > 0) yield { elements: part, linkFollows: true, mark: element.mark };
    part = [];
  }
  if (part.length > 0) yield { elements: part, linkFollows: false, mark: undefined };
}

function readContent(content: readonly Content[], linkFollows: boolean): Part[] {
  if (content.length === 0) return [];
  const names = content.filter((element) => element.kind === 'name');
  if (names.length === 0 && content.some((element) => isWordOf(roles.everythingWords, element))) {
    const rest = content.filter(
      (element) => !isWordOf(roles.everythingWords, element) && !isWordOf(roles.requestWords, element),
    );
    if (rest.length === 0) return [{ kind: 'everything', ...placeOf(content) }];
  }
  const spoken = dropQuantifier(content);
  const words = spoken.filter((element) => element.kind === 'word');
  const unclear = (why: (Part & { kind: 'unclear' })['why'], hangsOn: readonly Word[]): Part[] => [
    { kind: 'unclear', why, words: hangsOn, names, ...placeOf(spoken) },
  ];
  const isOfEach = isWordOf(roles.quantifiers, content[0]) && spoken.every(({ kind }) => kind !== 'sides');
  if (words.length > 0 && isOfEach)
    return [{ kind: 'each', words: content.slice(1).flatMap(wordsOfElement), ...placeOf(content) }];
  if (words.length > 0) return unclear('unknown-words', words);

  const parts: Part[] = [];
  const open: Sides[] = [];
  for (const [at, element] of spoken.entries()) {
    if (element.kind === 'word') continue;
    const previous = parts.at(-1);
    const next = spoken[at + 1];
    if (element.kind === 'name') {
      if (open.length === 0 && previous !== undefined) return unclear('names-adjacent', []);
      const before = open.pop();
      const within = joinSides(new Set(element.sides));
      if (before !== undefined && within !== undefined && within !== sideOf(before.words))
        return unclear('sides-differ', before.words);
      parts.push(structure(element, before, linkFollows && next === undefined));
    } else if (previous?.kind !== 'structure') {
      if (next === undefined) return unclear('side-alone', element.words);
      open.push(element);
    } else if (next === undefined) {
      if (previous.side !== undefined && previous.side !== sideOf(element.words))
        return unclear('sides-differ', element.words);
      parts[parts.length - 1] = addSide(previous, element);
    } else if (previous.side !== undefined) {
      open.push(element);
    } else {
      const [first, second, ...others] = element.words;
      if (second === undefined) return unclear('side-between', element.words);
      parts[parts.length - 1] = addSide(previous, sidesOf([first]));
      open.push(sidesOf([second, ...others]));
    }
  }
  return parts;
}

/** "all of the lungs" and "all lungs" mean the lungs; "everything lungs" may be "everything -lungs". */
function dropQuantifier(content: readonly Content[]): readonly Content[] {
  const isQuantifier = isWordOf(roles.quantifiers, content[0]);
  if (!isQuantifier && !isWordOf(roles.everythingWords, content[0])) return content;
  if (!content.some(({ kind }) => kind === 'name')) return content;
  const rest = content.slice(1);
  if (isWordOf(roles.wholeOf, rest[0])) return rest.slice(1);
  return isQuantifier ? rest : content;
}

function structure(name: Name, sides: Sides | undefined, linkFollows: boolean): Part & { kind: 'structure' } {
  const words = sides?.words ?? [];
  const side = joinSides(new Set([...name.sides, ...saidSides(words)]));
  const sideIsDoubtful = linkFollows && name.sides.length === 0 && words.length === 1 && words[0]?.text === 'both';
  return { kind: 'structure', name, side, sideIsDoubtful, ...placeOf(sides === undefined ? [name] : [sides, name]) };
}

function addSide(part: Part & { kind: 'structure' }, sides: Sides): Part & { kind: 'structure' } {
  const said = new Set(saidSides(sides.words));
  if (part.side !== undefined) said.add(part.side);
  return { ...part, side: joinSides(said), sideIsDoubtful: false, ...placeOf([part, sides]) };
}

function sideOf(words: readonly Word[]): Laterality | undefined {
  return joinSides(new Set(saidSides(words)));
}

/** "both the left lung and the bone": "both" before another side means nothing. */
function saidSides(words: readonly Word[]): Laterality[] {
  const said = words.flatMap(({ side }) => (side === undefined ? [] : [side]));
  return said.length > 1 && said[0] === 'both' ? said.slice(1) : said;
}
