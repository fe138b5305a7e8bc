import { describe, expect, it } from '@jest/globals';
import { decimalString } from './decimalString.js';
import { random } from './syntheticSegments.js';

describe('decimalString', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [-249.51171875, '-249.51171875'],
    [0.1 + 0.2, '0.3'],
    [-120.30000000000001, '-120.3'],
    [1 / 3, '0.33333333333333'],
    [-1 / 3, '-0.3333333333333'],
    [-Math.PI * 1e-5, '-3.1415926536e-5'],
    [6.123233995736766e-17, '6.1232339957e-17'],
    [1e21, '1e21'],
    [123456789012345680000, '1.23456789012e20'],
  ])('writes %p as %s', (value, expected) => {
    expect(decimalString(value)).toBe(expected);
  });

  it('fits into 16 bytes and keeps at least 8 digits, whatever the number', () => {
    const next = random(11);
    for (let count = 0; count < 3000; count++) {
      const value = (next() - 0.5) * 10 ** Math.round(600 * (next() - 0.5));
      const text = decimalString(value);
      expect(text.length).toBeLessThanOrEqual(16);
      expect(text).toMatch(/^[0-9+\-.e]+$/);
      expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(1e-8 * Math.abs(value));
      expect(decimalString(Number(text))).toBe(text);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -Number.MAX_VALUE])('refuses %p', (value) => {
    expect(() => decimalString(value)).toThrow(RangeError);
  });
});
