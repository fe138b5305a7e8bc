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
  return { matching, offset: counts.offset, limit: Math.min(largestLimit, counts.limit) };
}

function tagOf(name: string): string {
  const tag = /^[0-9a-f]{8}$/i.test(name) ? name.toUpperCase() : tagOfKeyword(name);
  if (tag !== undefined) return tag;
  throw new PromptsegError('request-invalid', `“${name.slice(0, 64)}” is neither a keyword nor a tag of DICOM.`);
}

/** Whether a dataset matches all keys; in a sequence one matching item is enough (PS3.4 section C.2.2.2.6). */
export function matches(dataset: DicomJson, keys: readonly Match[]): boolean {
  return keys.every(({ path, value }) =>
    valuesAt(dataset, path).some((found) => fits(found, value, path.at(-1) ?? '')),
  );
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
    at >= 0 && at + piece.length <= text.length && [...piece].every((each, n) => each === '?' || each === text[at + n]);
  if (!isAt(first, 0)) return false;
  if (rest.length === 0) return first.length === text.length;
  let at = first.length;
  const last = rest.pop() ?? '';
  for (const piece of rest) {
    while (at <= text.length && !isAt(piece, at)) at++;
    if (at > text.length) return false;
    at += piece.length;
  }
  return text.length - last.length >= at && isAt(last, text.length - last.length);
}
