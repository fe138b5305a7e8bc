import { describe, expect, it } from '@jest/globals';
import { bitsInUse, writeSums } from './sixteenBits.js';

const everyValue = Uint16Array.from({ length: 65536 }, (_, value) => value);
/** Around one vector of eight values, and around the memory of the module, 32,768 values. */
const lengths = [0, 1, 7, 8, 9, 32767, 32768, 32769, 65536];

describe('adding to 16-bit values', () => {
  it.each([0, 1, -1024, 1024, -32768, 32767, 65535])('gives the sums modulo 2¹⁶: %p', (addend) => {
    for (const values of [everyValue, new Int16Array(everyValue.buffer)]) {
      const sums = new Int16Array(65536);
      writeSums(values, addend, sums, 0);
      expect(sums).toEqual(Int16Array.from(values, (value) => value + addend));
    }
  });

  it.each(lengths)('writes %p values and nothing around them', (length) => {
    const target = new Int16Array(length + 5).fill(77);
    writeSums(everyValue.subarray(0, length), 3, target, 2);
    const expected = new Int16Array(length + 5).fill(77);
    for (let n = 0; n < length; n++) expected[n + 2] = n + 3;
    expect(target).toEqual(expected);
  });
});

describe('the bits that 16-bit values use', () => {
  it('are those of every value, wherever it is', () => {
    for (const length of lengths)
      for (const at of [0, Math.floor(length / 2), length - 1].filter((at) => at >= 0 && at < length))
        for (const value of [1, 0x4000, 0x8000, 0xffff]) {
          const values = new Uint16Array(length);
          values[at] = value;
          expect(bitsInUse(values)).toBe(value);
        }
    expect(bitsInUse(new Uint16Array(9))).toBe(0);
  });

  it('do not include the sign', () => {
    expect(bitsInUse(Int16Array.of(-1, 0, -1))).toBe(0);
    expect(bitsInUse(Int16Array.of(-2048, 2047))).toBe(2047);
    expect(bitsInUse(Int16Array.of(-2049))).toBe(2048);
    expect(bitsInUse(Int16Array.of(-32768, 5))).toBe(32767);
  });

  it('are not those of an earlier call', () => {
    expect(bitsInUse(new Uint16Array(40).fill(0xffff))).toBe(0xffff);
    expect(bitsInUse(Uint16Array.of(1, 2))).toBe(3);
  });
});
