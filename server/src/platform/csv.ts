import { stringify } from 'csv-stringify/sync';

/** Includes the full-width forms, which some spreadsheets treat alike. */
const startsFormula = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;

/**
 * A line of comma-separated values (RFC 4180), with its end. Numbers are unchanged; `undefined` is an empty cell.
 *
 * Text that a spreadsheet would run as a formula gets a leading apostrophe, which spreadsheets do not show (OWASP, "CSV
 * Injection"): a label from a viewer or a typed reason may be anything. The library's `escape_formulas` also marks
 * negative numbers, and misses formulas after spaces.
 */
export const csvLine = (cells: readonly (string | number | undefined)[]): string =>
  stringify([[...cells]], {
    record_delimiter: '\r\n',
    quoted_match: /[;\r\n]/,
    cast: { number: String, string: (text) => (startsFormula.test(text) ? `'${text}` : text) },
  });

/** Below this, digits are counted from the first that is not zero. */
const small = 0.1;

/**
 * Rounds a measurement to five significant digits and at most three decimals ("1471.2", "24.567"), a very small one to
 * two significant digits ("0.00045").
 */
export function roundFigure(value: number): number {
  const size = Math.abs(value);
  if (size < small) return Number(value.toPrecision(2));
  const digitsBefore = Math.max(1, Math.floor(Math.log10(size)) + 1);
  return Number(value.toFixed(Math.min(3, Math.max(0, 5 - digitsBefore))));
}
