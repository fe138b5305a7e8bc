/** Longer words are skipped, so a hostile text cannot slow down comparison. */
const longestWord = 32;

/** Known words by length, each with its meaning: only words of nearly the same length need comparing. */
export type KnownWords = ReadonlyMap<number, readonly (readonly [word: string, meaning: string])[]>;

export function groupByLength(known: ReadonlyMap<string, string>): KnownWords {
  const groups = new Map<number, (readonly [string, string])[]>();
  for (const entry of known) {
    const length = entry[0].length;
    groups.set(length, [...(groups.get(length) ?? []), entry]);
  }
  return groups;
}

/** The known words of which `typed` is most likely a misspelling; several if different words are equally near. */
export function corrections(typed: string, known: KnownWords): readonly string[] {
  if (typed.length > longestWord || /\d/.test(typed)) return [];
  const isPlaced = differentlyPlaced(typed);
  let nearest = new Set<string>();
  let fewestEdits = Infinity;
  for (let length = typed.length - mostEdits; length <= typed.length + mostEdits; length++)
    for (const [word, meaning] of known.get(length) ?? []) {
      if (!mayBeSlipOf(typed, word)) continue;
      const edits = damerauLevenshtein(typed, word, editsAllowed(word));
      if (edits === Infinity || edits > fewestEdits || isPlaced(word)) continue;
      if (edits < fewestEdits) nearest = new Set();
      fewestEdits = edits;
      nearest.add(meaning);
    }
  return [...nearest];
}

const mostEdits = 2;

/**
 * Short words have many neighbours that are words themselves ("bone", "none"), and a slip rarely affects the first
 * letter: the shorter the word, the less is corrected.
 */
function editsAllowed(word: string): number {
  return word.length >= 10 ? mostEdits : 1;
}

/** Prefixes of position: "intraventricular" is not a misspelt "extraventricular". */
export const placePrefixes: readonly string[] =
  `ante circum endo epi extra hyper hypo infra inter intra juxta meta para peri post pre retro sub super supra
   trans`.split(/\s+/);

const placePrefix = (word: string): string | undefined => placePrefixes.find((prefix) => word.startsWith(prefix));

/** Whether a word starts with another position than the typed one. */
function differentlyPlaced(typed: string): (word: string) => boolean {
  const place = placePrefix(typed);
  return (word) => place !== undefined && (placePrefix(word) ?? place) !== place;
}

function mayBeSlipOf(typed: string, word: string): boolean {
  if (word.length < 4 || /\d/.test(word)) return false;
  if (Math.abs(typed.length - word.length) > editsAllowed(word)) return false;
  const sameStart = typed[0] === word[0] || (typed[0] === word[1] && typed[1] === word[0]);
  if (word.length <= 6 && !sameStart) return false;
  return word.length > 4 || isSwapOrDoubling(typed, word);
}

/** "lugn" or "lunng" for "lung": the two slips that rarely make another word of four letters. */
function isSwapOrDoubling(typed: string, word: string): boolean {
  if (typed.length === word.length) return [...typed].sort().join('') === [...word].sort().join('');
  return typed.length === word.length + 1 && typed.replace(/(.)\1/, '$1') === word;
}

/**
 * Damerau–Levenshtein distance in its "optimal string alignment" form: insertions, deletions, substitutions and swaps
 * of neighbours. Takes time proportional to the product of the lengths.
 * @param limit a greater distance is returned as Infinity
 */
export function damerauLevenshtein(a: string, b: string, limit: number): number {
  // Three rows of the table, reused between calls: a text may be compared with thousands of words.
  let [beforeLast, last, current] = rowsFor(b.length);
  for (let column = 0; column <= b.length; column++) last[column] = column;
  for (let row = 1; row <= a.length; row++) {
    const [typed, typedBefore] = [a.charCodeAt(row - 1), a.charCodeAt(row - 2)];
    let fewest = row;
    current[0] = row;
    for (let column = 1; column <= b.length; column++) {
      const known = b.charCodeAt(column - 1);
      let edits = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (typed === known ? 0 : 1));
      const swapped = row > 1 && column > 1 && typed === b.charCodeAt(column - 2) && typedBefore === known;
      if (swapped) edits = Math.min(edits, beforeLast[column - 2]! + 1);
      current[column] = edits;
      fewest = Math.min(fewest, edits);
    }
    if (fewest > limit) return Infinity;
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  return last[b.length]! <= limit ? last[b.length]! : Infinity;
}

type Rows = [Uint16Array, Uint16Array, Uint16Array];
let rows: Rows = [new Uint16Array(64), new Uint16Array(64), new Uint16Array(64)];

function rowsFor(columns: number): Rows {
  if (columns < rows[0].length) return rows;
  const make = (): Uint16Array => new Uint16Array(columns + 1);
  rows = [make(), make(), make()];
  return rows;
}
