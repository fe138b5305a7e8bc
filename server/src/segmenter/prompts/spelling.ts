/** Longer words are left alone, so that a hostile text cannot make comparing slow. */
const longestWord = 32;

/** Known words by their length, each with what it stands for: only words of nearly the same length need comparing. */
export type KnownWords = ReadonlyMap<number, readonly (readonly [word: string, meaning: string])[]>;

export function groupByLength(known: ReadonlyMap<string, string>): KnownWords {
  const groups = new Map<number, (readonly [string, string])[]>();
  for (const entry of known) {
    const length = entry[0].length;
    groups.set(length, [...(groups.get(length) ?? []), entry]);
  }
  return groups;
}

/** What the known words stand for that `typed` is most likely a typing error of; several where different words are equally near. */
export function corrections(typed: string, known: KnownWords): readonly string[] {
  if (typed.length > longestWord || /\d/.test(typed)) return [];
  let nearest = new Set<string>();
  let fewestEdits = Infinity;
  for (let length = typed.length - mostEdits; length <= typed.length + mostEdits; length++)
    for (const [word, meaning] of known.get(length) ?? []) {
      if (!mayBeSlipOf(typed, word)) continue;
      const edits = damerauLevenshtein(typed, word, editsAllowed(word));
      if (edits === Infinity || edits > fewestEdits) continue;
      if (edits < fewestEdits) nearest = new Set();
      fewestEdits = edits;
      nearest.add(meaning);
    }
  return [...nearest];
}

const mostEdits = 2;

/**
 * Short words have many neighbours that are words themselves ("bone", "none"), and a slip rarely hits the first letter: the shorter the
 * word, the less is mended.
 */
function editsAllowed(word: string): number {
  return word.length >= 10 ? mostEdits : 1;
}

/** Beginnings that say where: "intraventricular" is no slip of "extraventricular". */
export const placePrefixes: readonly string[] =
  'ante circum endo epi extra hyper hypo infra inter intra juxta meta para peri post pre retro sub super supra trans'.split(
    ' ',
  );

const placePrefix = (word: string): string | undefined => placePrefixes.find((prefix) => word.startsWith(prefix));

function mayBeSlipOf(typed: string, word: string): boolean {
  if (word.length < 4 || /\d/.test(word)) return false;
  const [typedPrefix, prefix] = [placePrefix(typed), placePrefix(word)];
  if (typedPrefix !== undefined && prefix !== undefined && typedPrefix !== prefix) return false;
  if (Math.abs(typed.length - word.length) > editsAllowed(word)) return false;
  const sameStart = typed[0] === word[0] || (typed[0] === word[1] && typed[1] === word[0]);
  if (word.length <= 6 && !sameStart) return false;
  return word.length > 4 || isSwapOrDoubling(typed, word);
}

/** "lugn" or "lunng" for "lung": the two slips that hardly ever make another word of four letters. */
function isSwapOrDoubling(typed: string, word: string): boolean {
  if (typed.length === word.length) return [...typed].sort().join('') === [...word].sort().join('');
  return typed.length === word.length + 1 && typed.replace(/(.)\1/, '$1') === word;
}

/**
 * Damerau–Levenshtein distance in its "optimal string alignment" form: insertions, deletions, substitutions and swaps of neighbours.
 * Takes time in proportion to the product of the lengths.
 * @param limit a greater distance is of no interest: Infinity is returned for it
 */
export function damerauLevenshtein(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) edits = Math.min(edits, beforeLast[column - 2]! + 1);
      current.push(edits);
    }
    if (Math.min(...current) > limit) return Infinity;
    [beforeLast, last] = [last, current];
  }
  return last[b.length]! <= limit ? last[b.length]! : Infinity;
}
