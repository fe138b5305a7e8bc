import type { Laterality } from '../../terminology/concept.js';
import type { Name } from './findNames.js';
import type { Link, Word } from './readWords.js';
import { joinSides } from './vocabularyIndex.js';
import * as roles from './wordRoles.js';

/** A part of a text, by what it says; `start` and `end` are its place. */
export type Part =
  | {
      readonly kind: 'structure';
      readonly name: Name;
      readonly side: Laterality | undefined;
      /** "both" may be the one of "both bone and fat", which says no side. */
      readonly sideIsDoubtful: boolean;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'everything'; readonly start: number; readonly end: number }
  | {
      readonly kind: 'unclear';
      readonly why: 'unknown-words' | 'side-alone' | 'side-between' | 'sides-differ' | 'names-adjacent' | 'negation';
      /** The words that it hangs on. */
      readonly words: readonly Word[];
      readonly names: readonly Name[];
      readonly start: number;
      readonly end: number;
    };

/** Words for sides that stand together: "left", "left and right", "on the left side". */
interface Sides {
  readonly kind: 'sides';
  readonly words: readonly [Word, ...Word[]];
  readonly start: number;
  readonly end: number;
}

type Element = Name | Word | Link | Sides;
type Content = Exclude<Element, Link>;

/**
 * Reads one sentence. Commas, "and" and the like part it. A side goes with the next name only ("left lung and kidney" asks for the left
 * lung, and for the kidney without a side); a side after a name goes with that ("lung, left", "hippocampus left and right amygdala"). What cannot be read in just one way, or
 * holds words that nobody knows, becomes an unclear part: no word that could change the meaning is dropped.
 */
export function readParts(sentence: readonly (Name | Word | Link)[]): Part[] {
  const negation = sentence.find((item) => item.kind === 'word' && roles.negations.has(item.text));
  if (negation?.kind === 'word') {
    const names = sentence.filter((item) => item.kind === 'name');
    return [{ kind: 'unclear', why: 'negation', words: [negation], names, ...placeOf(sentence) }];
  }
  const parts: Part[] = [];
  for (const { elements, linkFollows } of splitAtLinks(joinSideWords(dropFillers(sentence)))) {
    const content = dropContext(elements);
    const [first, ...others] = content;
    const last = parts.at(-1);
    if (first?.kind === 'sides' && others.length === 0 && last?.kind === 'structure')
      parts[parts.length - 1] = addSide(last, first);
    else parts.push(...readContent(content, linkFollows));
  }
  return parts;
}

function placeOf(items: readonly { readonly start: number; readonly end: number }[]) {
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
      const step = items[at + 1]?.kind === 'link' ? 2 : 1;
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

function* splitAtLinks(elements: readonly Element[]) {
  let part: Content[] = [];
  for (const element of elements) {
    if (element.kind !== 'link') {
      part.push(element);
      continue;
    }
    if (part.length > 0) yield { elements: part, linkFollows: true };
    part = [];
  }
  if (part.length > 0) yield { elements: part, linkFollows: false };
}

/** Drops what only says where to look ("in this scan", "of the body", "the patient's") and the request around the content. */
function dropContext(elements: readonly Content[]): Content[] {
  const kept: Content[] = [];
  for (let at = 0; at < elements.length; at++) {
    const element = elements[at]!;
    const end = isWordOf(roles.contextPrepositions, element) ? endOfContext(elements, at + 1) : at + 1;
    if (end === at + 1) kept.push(element);
    else at = end - 1;
  }
  const hasNameBeside = (element: Content) => kept.some((other) => other.kind === 'name' && other !== element);
  const isContext = (element: Content | undefined) =>
    isWordOf(roles.contextNouns, element) || (isContextName(element) && hasNameBeside(element));
  while (isWordOf(roles.requestWords, kept[0]) || isContext(kept[0])) kept.shift();
  while (isWordOf(roles.closingWords, kept.at(-1)) || isContext(kept.at(-1))) kept.pop();
  // "hippocampus mask left"
  while (kept.at(-1)?.kind === 'sides' && isWordOf(roles.closingWords, kept.at(-2))) kept.splice(-2, 1);
  return kept;
}

/** Where the context after a preposition ends; `from` where there is none. A container is context only after another name. */
function endOfContext(elements: readonly Content[], from: number): number {
  let end = from;
  while (isWordOf(roles.contextNouns, elements[end]) || isContextName(elements[end])) end++;
  if (end > from) return end;
  const container = elements[from];
  const isWhole = container?.kind === 'name' && roles.containers.has(container.key);
  return isWhole && elements.slice(0, from).some(({ kind }) => kind === 'name') ? from + 1 : from;
}

/** "patient" is context even where a vocabulary has it as another name of the body. */
function isContextName(element: Content | undefined): element is Name {
  return element?.kind === 'name' && element.words.every(({ text }) => roles.contextNouns.has(text));
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

/** "all of the lungs" asks for the lungs. */
function dropQuantifier(content: readonly Content[]): readonly Content[] {
  if (!isWordOf(roles.everythingWords, content[0]) || !content.some(({ kind }) => kind === 'name')) return content;
  const rest = content.slice(1);
  return rest[0]?.kind === 'word' && rest[0].text === 'of' ? rest.slice(1) : rest;
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

/** "both the left lung and the bone": "both" before another side says nothing. */
function saidSides(words: readonly Word[]): Laterality[] {
  const said = words.flatMap(({ side }) => (side === undefined ? [] : [side]));
  return said.length > 1 && said[0] === 'both' ? said.slice(1) : said;
}
