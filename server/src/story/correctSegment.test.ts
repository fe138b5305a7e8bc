import { describe, expect, it } from '@jest/globals';
import type { Grid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { emptyBits, getBit, setBit } from '../values/maskBits.js';
import { correctMask } from './correctSegment.js';

const grid: Grid = { size: [4, 3, 2], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };

const maskOf = (voxels: readonly (readonly [number, number, number])[]): Mask => {
  const bits = emptyBits(24);
  for (const [i, j, k] of voxels) setBit(bits, i + 4 * (j + 3 * k));
  return { grid, bits };
};
const voxelsOf = ({ bits }: Mask): string[] =>
  Array.from({ length: 24 }, (_, n) => n)
    .filter((n) => getBit(bits, n))
    .map((n) => `${n % 4}${Math.floor(n / 4) % 3}${Math.floor(n / 12)}`);

describe('a segment corrected by boxes', () => {
  const before = maskOf([
    [0, 0, 0],
    [1, 0, 0],
    [3, 2, 0],
    [0, 0, 1],
    [3, 2, 1],
  ]);

  it('is on every marked plane what the boxes mark there, and as it was on all others', () => {
    const marked = { mask: maskOf([[2, 1, 1]]), across: 2 as const };
    expect(voxelsOf(correctMask(before, [marked]))).toEqual(['000', '100', '320', '211']);
  });

  it('is so across any axis', () => {
    const marked = { mask: maskOf([[3, 1, 0]]), across: 0 as const };
    expect(voxelsOf(correctMask(before, [marked]))).toEqual(['000', '100', '310', '001']);
  });

  it('keeps what other boxes mark on the same plane', () => {
    const marked = [
      { mask: maskOf([[2, 1, 1]]), across: 2 as const },
      { mask: maskOf([[0, 2, 1]]), across: 2 as const },
    ];
    expect(voxelsOf(correctMask(before, marked))).toEqual(['000', '100', '320', '211', '021']);
  });

  it('stays where the boxes mark nothing, and is not changed in place', () => {
    const copy = before.bits.slice();
    expect(correctMask(before, [{ mask: maskOf([]), across: 2 }]).bits).toEqual(copy);
    correctMask(before, [{ mask: maskOf([[2, 1, 1]]), across: 2 }]);
    expect(before.bits).toEqual(copy);
  });
});
