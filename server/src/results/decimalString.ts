/** A Decimal String (DS) has at most this many bytes (PS3.5 table 6.2-1). */
const maximumLength = 16;

/**
 * The Decimal String of a number: its shortest exact form if that fits into 16 bytes, else the fitting form with the
 * most significant digits (at least 8 for every magnitude).
 * @throws RangeError for NaN, the infinities, and numbers beyond ±1e300
 */
export function decimalString(value: number): string {
  if (!(Math.abs(value) < 1e300)) throw new RangeError('A Decimal String cannot hold NaN, infinity or absurd numbers.');
  for (let digits = 17; digits > 1; digits--) {
    const rounded = Number(value.toPrecision(digits));
    for (const text of [String(rounded), rounded.toExponential()]) {
      const withoutPlus = text.replace('e+', 'e');
      if (withoutPlus.length <= maximumLength) return withoutPlus;
    }
  }
  return value.toExponential(0).replace('e+', 'e');
}
