import { type BodyPart, bodyPartOfWord, compounds, wholeNamed } from './bodyParts.js';
import type { Content } from './elements.js';
import * as roles from './wordRoles.js';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));
const collectionNouns = words(
  'structure structures organ organs region regions part parts area areas strukturen organe teile bereiche',
);
/** Plurals that request all of them, with or without "all". */
const allOfThem = words('structures organs strukturen organe');

/**
 * The body part whose structures are all requested: "everything in the chest", "all brain structures", "organs of the
 * abdomen", "Bauchorgane".
 */
export function partAskedWhole(elements: readonly Content[]): BodyPart | undefined {
  const texts = elements.flatMap((element) =>
    element.kind === 'sides' ? ['?'] : element.kind === 'word' ? [element.text] : element.words.map(({ text }) => text),
  );
  while (roles.requestWords.has(texts[0] ?? '') && !collectionNouns.has(texts[0] ?? '')) texts.shift();
  const isUnquantified =
    allOfThem.has(texts[0] ?? '') || (texts.length === 2 && allOfThem.has(texts[1]!)) || compounds.has(texts.join(' '));
  if (isUnquantified && !roles.quantifiers.has(texts[0] ?? '')) texts.unshift('all');
  const [first = '', second = '', third = '', fourth] = texts;
  const isAll = roles.quantifiers.has(first);
  const [last, isPlace] = [texts.at(-1) ?? '', roles.contextPrepositions.has(texts.at(-2) ?? '')];
  if (isAll && texts.length === 2) return compounds.get(second);
  if (roles.everythingWords.has(first) && texts.length === 3 && isPlace) return wholeNamed(last);
  if (isAll && texts.length === 3 && collectionNouns.has(third)) return bodyPartOfWord.get(second);
  // German "des Gehirns" has an article instead of the preposition.
  if (isAll && collectionNouns.has(second) && fourth === undefined) return wholeNamed(third);
  return isAll && collectionNouns.has(second) && texts.length === 4 && isPlace ? wholeNamed(last) : undefined;
}
