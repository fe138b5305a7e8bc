import { compactDate, type ValueKind, yearsOf } from './attributeValues.js';
import { compileRegularExpression } from './regularExpression.js';

/** A test of one value, with the words after "Modality is CT, " in a sentence about its outcome. */
export interface ValueTest {
  readonly holds: (text: string) => boolean;
  readonly whenItHolds: string;
  readonly whenNot: string;
}

type Value = string | number | boolean;
type Bound = string | number;

/** Tests of a condition that apply to a value: all except `exists`. */
export interface ValueTests {
  readonly equals?: Value | undefined;
  readonly oneOf?: readonly Value[] | undefined;
  readonly matches?: string | undefined;
  readonly atLeast?: Bound | undefined;
  readonly atMost?: Bound | undefined;
  readonly between?: readonly [Bound, Bound] | undefined;
}

/** @param tests exactly one, as the schema of conditions requires */
export function compileValueTest(kind: ValueKind, tests: ValueTests): ValueTest {
  const { equals, oneOf, matches, atLeast, atMost, between } = tests;
  if (equals !== undefined) {
    const wanted = comparable(kind, equals);
    return { holds: (text) => comparable(kind, text) === wanted, whenItHolds: '', whenNot: `not ${equals}` };
  }
  if (oneOf !== undefined) {
    const wanted = new Set(oneOf.map((value) => comparable(kind, value)));
    const list = oneOf.slice(0, 5).join(', ') + (oneOf.length > 5 ? ', …' : '');
    return {
      holds: (text) => wanted.has(comparable(kind, text)),
      whenItHolds: `one of ${list}`,
      whenNot: `none of ${list}`,
    };
  }
  if (matches !== undefined) {
    const found = compileRegularExpression(matches.normalize('NFC'));
    return { holds: found, whenItHolds: `which matches ${matches}`, whenNot: `which does not match ${matches}` };
  }
  const [from, to] = between ?? [atLeast, atMost];
  const notBelow = from === undefined ? () => true : isOnSide(kind, from, (order) => order >= 0);
  const notAbove = to === undefined ? () => true : isOnSide(kind, to, (order) => order <= 0);
  const holds = (text: string): boolean => notBelow(text) && notAbove(text);
  if (between !== undefined)
    return { holds, whenItHolds: `between ${from} and ${to}`, whenNot: `not between ${from} and ${to}` };
  if (to === undefined) return { holds, whenItHolds: `at least ${from}`, whenNot: `less than ${from}` };
  return { holds, whenItHolds: `at most ${to}`, whenNot: `more than ${to}` };
}

/**
 * Equal for values with the same meaning: 1.50 and 1.5, MR and mr, 2026-01-31 and 20260131. UIDs are compared exactly.
 * Text is compared ignoring case, although LO and similar VRs are case-sensitive (PS3.5 section 6.2), because scanners
 * and people write descriptions either way.
 */
function comparable(kind: ValueKind, value: Value): string {
  const text = String(value).trim();
  if (kind === 'uid') return text;
  if (kind === 'date') return compactDate(text);
  if (kind === 'number' && text !== '' && Number.isFinite(Number(text))) return String(Number(text));
  return text.normalize('NFC').toLowerCase();
}

/**
 * A date is compared to the precision of the bound: not after 2026-01 includes the whole month. A value that cannot be
 * ordered relative to the bound is on neither side.
 */
function isOnSide(kind: ValueKind, bound: Bound, isRight: (order: number) => boolean): (text: string) => boolean {
  if (kind === 'date') {
    const wanted = compactDate(String(bound));
    return (text) => {
      const value = compactDate(text).slice(0, wanted.length);
      return /^\d/.test(value) && isRight(value < wanted ? -1 : value > wanted ? 1 : 0);
    };
  }
  const wanted = Number(bound);
  return (text) => {
    const value = kind === 'age' ? yearsOf(text) : Number(text);
    return value !== undefined && !Number.isNaN(value - wanted) && isRight(Math.sign(value - wanted));
  };
}

/** Kinds of values that have an order. */
const hasOrder = (kind: ValueKind): boolean => kind === 'number' || kind === 'date' || kind === 'age';

/** Why a bound cannot be compared with values of a kind; undefined if it can. */
export function boundProblem(kind: ValueKind, bound: Bound): string | undefined {
  if (!hasOrder(kind)) return 'compares numbers, ages and dates; this attribute is text';
  if (kind === 'date')
    return /^\d{2,20}(\.\d{1,6})?$/.test(compactDate(String(bound)))
      ? undefined
      : 'is not a date or a time such as 2026-01-31 or 22:00';
  return String(bound).trim() !== '' && Number.isFinite(Number(bound)) ? undefined : 'is not a number';
}
