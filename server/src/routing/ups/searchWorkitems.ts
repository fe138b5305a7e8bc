import { setImmediate } from 'node:timers/promises';
import { type DicomJson, itemsOf, textsOf, valuesOf } from '#contract/dicomJson.js';
import { entryOfTag, tagOfKeyword } from '../../dicom/dictionary.js';
import { PromptsegError } from '../../platform/errors.js';

/** One matching key: the tags from the dataset down to the attribute, and the value. */
export interface Match {
  readonly path: readonly string[];
  readonly value: string;
}

export interface Query {
  readonly matching: readonly Match[];
  readonly limit: number;
  readonly offset: number;
}

const defaultLimit = 100;
const largestLimit = 500;
/** Each key is compared with every value of its attribute, of up to 30 000 in a workitem. */
const mostKeys = 32;
/**
 * Characters of all patterns with wild cards together: two of the longest names or descriptions (PS3.5, table 6.2-1).
 * A pattern is compared at each place of a text, and a workitem may hold a million characters.
 */
const longestPatterns = 128;

/**
 * The query parameters of a search (PS3.18 section 8.3.4): attributes as keywords or tags, joined by dots into
 * sequences; `limit` and `offset`. Whole datasets are returned, so `includefield` and `fuzzymatching` change
 * nothing.
 * @throws PromptsegError `request-invalid`
 */
export function readQuery(parameters: URLSearchParams): Query {
  const matching: Match[] = [];
  const counts = { limit: defaultLimit, offset: 0 };
  for (const [name, value] of parameters) {
    if (name === 'includefield' || name === 'fuzzymatching') continue;
    if (name === 'limit' || name === 'offset') {
      if (!/^\d{1,9}$/.test(value)) throw new PromptsegError('request-invalid', `${name} is not a number.`);
      counts[name] = Number(value);
    } else if (value !== '') matching.push({ path: name.split('.').map(tagOf), value });
  }
  if (matching.length > mostKeys)
    throw new PromptsegError('request-invalid', `A search has ${mostKeys} matching keys at most.`);
  const patterns = matching.filter(({ value }) => /[*?]/.test(value));
  if (patterns.reduce((sum, { value }) => sum + value.length, 0) > longestPatterns)
    throw new PromptsegError(
      'request-invalid',
      `The values with wild cards have ${longestPatterns} characters at most, together.`,
    );
  return { matching, offset: counts.offset, limit: Math.min(largestLimit, counts.limit) };
}

function tagOf(name: string): string {
  const tag = /^[0-9a-f]{8}$/i.test(name) ? name.toUpperCase() : tagOfKeyword(name);
  if (tag !== undefined) return tag;
  throw new PromptsegError('request-invalid', `“${name.slice(0, 64)}” is neither a keyword nor a tag of DICOM.`);
}

/**
 * Whether a dataset matches all keys; in a sequence one matching item is enough (PS3.4 section C.2.2.2.6). Others come
 * in between: one key takes 20 ms in a workitem of a megabyte.
 */
export async function matches(dataset: DicomJson, keys: readonly Match[]): Promise<boolean> {
  for (const { path, value } of keys) {
    await setImmediate();
    if (!valuesAt(dataset, path).some((found) => fits(found, value, path.at(-1) ?? ''))) return false;
  }
  return true;
}

function valuesAt(dataset: DicomJson, [tag = '', ...rest]: readonly string[]): readonly string[] {
  if (rest.length > 0) return itemsOf(dataset, tag).flatMap((item) => valuesAt(item, rest));
  return valuesOf(dataset, tag).flatMap(textsOf);
}

/** Single value, list of UID, range, and wild card matching (PS3.4 section C.2.2.2). */
function fits(found: string, asked: string, tag: string): boolean {
  const vr = entryOfTag(tag)?.vr;
  if (vr === 'UI') return asked.split(/[,\\]/).includes(found);
  if (vr === 'DA' || vr === 'TM' || vr === 'DT') {
    const [, from, to] = /^(\d*)-(\d*)$/.exec(asked) ?? [];
    if (from === undefined || to === undefined) return found === asked;
    // "20260101-20261122" includes the whole last day.
    return (from === '' || found >= from) && (to === '' || found.slice(0, to.length) <= to);
  }
  return vr === 'PN' ? fitsWildCards(found.toLowerCase(), asked.toLowerCase()) : fitsWildCards(found, asked);
}

/** "*" matches any characters, "?" one. Without regular expressions, because hostile patterns make those slow. */
function fitsWildCards(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split(/\*+/);
  const isAt = (piece: string, at: number): boolean =>
    at >= 0 && placeOf(piece, text.slice(at, at + piece.length), 0) === 0;
  if (!isAt(first, 0)) return false;
  if (rest.length === 0) return first.length === text.length;
  let at = first.length;
  const last = rest.pop() ?? '';
  for (const piece of rest) {
    at = placeOf(piece, text, at);
    if (at < 0) return false;
    at += piece.length;
  }
  return text.length - last.length >= at && isAt(last, text.length - last.length);
}

/**
 * The first place of a piece at or after `from`, -1 if there is none: Shift-And (Baeza-Yates and Gonnet, 1992). The
 * piece is compared at all places at once, so a text that almost matches everywhere takes no longer.
 */
function placeOf(piece: string, text: string, from: number): number {
  if (piece === '') return from;
  const words = Math.ceil(piece.length / 32);
  /** Bit n: the piece may have the character at place n. */
  const everywhere = new Uint32Array(words);
  const placesOf = new Map<string, Uint32Array>();
  for (let n = 0; n < piece.length; n++) if (piece[n] === '?') everywhere[n >>> 5]! |= 1 << (n & 31);
  for (let n = 0; n < piece.length; n++) {
    const places = placesOf.get(piece[n]!) ?? Uint32Array.from(everywhere);
    placesOf.set(piece[n]!, places);
    places[n >>> 5]! |= 1 << (n & 31);
  }
  /** Bit n: the text up to here ends with the first n + 1 characters of the piece. */
  const begun = new Uint32Array(words);
  const whole = piece.length - 1;
  for (let at = from; at < text.length; at++) {
    const places = placesOf.get(text[at]!) ?? everywhere;
    let carried = 1;
    for (let word = 0; word < words; word++) {
      const before = begun[word]!;
      begun[word] = ((before << 1) | carried) & places[word]!;
      carried = before >>> 31;
    }
    if ((begun[whole >>> 5]! >>> (whole & 31)) & 1) return at - whole;
  }
  return -1;
}
