import { describe, expect, it } from '@jest/globals';
import { apply, type Vector3 } from '../values/affine.js';
import { voxelCount, voxelVolumeMl } from '../values/grid.js';
import { countBits, diceOfBits, emptyBits, getBit, setBit } from '../values/maskBits.js';
import { randomNumbers } from '../values/randomNumbers.js';
import { measureMask } from './measureMask.js';
import { randomGrid, volumeOn } from './testSupport.js';

describe('mask bits', () => {
  it('are least significant first, and counted', () => {
    const bits = emptyBits(19);
    expect(bits).toHaveLength(3);
    for (const n of [0, 1, 9, 18]) setBit(bits, n);
    expect([...bits]).toEqual([0b11, 0b10, 0b100]);
    expect([0, 1, 2, 9, 18].map((n) => getBit(bits, n))).toEqual([true, true, false, true, true]);
    expect(countBits(bits)).toBe(4);
  });

  it('are compared by Dice', () => {
    expect(diceOfBits(Uint8Array.of(0b1100), Uint8Array.of(0b0110))).toBe(0.5);
    expect(diceOfBits(Uint8Array.of(0), Uint8Array.of(0))).toBe(1);
    expect(diceOfBits(Uint8Array.of(1), Uint8Array.of(0))).toBe(0);
  });
});

describe('measureMask', () => {
  it('agrees with a plain loop over the voxels, far from zero too', () => {
    const random = randomNumbers(11);
    for (const offset of [0, 1e6]) {
      const grid = randomGrid(random);
      const voxels = Float32Array.from({ length: voxelCount(grid) }, () => offset + 100 * random());
      const bits = emptyBits(voxels.length);
      const inside: number[] = [];
      for (let n = 0; n < voxels.length; n++)
        if (random() < 0.01) {
          setBit(bits, n);
          inside.push(n);
        }
      const [columns, rows] = grid.size;
      const indices = inside.map(
        (n): Vector3 => [n % columns, Math.floor(n / columns) % rows, Math.floor(n / columns / rows)],
      );
      const mean = inside.reduce((sum, n) => sum + voxels[n]!, 0) / inside.length;
      const variance = inside.reduce((sum, n) => sum + (voxels[n]! - mean) ** 2, 0) / inside.length;
      const along = (axis: 0 | 1 | 2) => indices.map((index) => index[axis]);
      const centre = ([0, 1, 2] as const).map(
        (axis) => along(axis).reduce((a, b) => a + b, 0) / inside.length,
      ) as unknown as Vector3;

      const measured = measureMask({ grid, bits }, volumeOn(grid, voxels));
      expect(measured.voxelCount).toBe(inside.length);
      expect(measured.volumeMl).toBeCloseTo(inside.length * voxelVolumeMl(grid), 9);
      expect(measured.mean).toBeCloseTo(mean, 6);
      expect(measured.standardDeviation).toBeCloseTo(Math.sqrt(variance), 6);
      expect(measured.boundingBox).toEqual({
        first: [Math.min(...along(0)), Math.min(...along(1)), Math.min(...along(2))],
        last: [Math.max(...along(0)), Math.max(...along(1)), Math.max(...along(2))],
      });
      apply(grid.voxelToLps, centre).forEach((value, d) => {
        expect(measured.centroidLps[d]).toBeCloseTo(value, 6);
      });
    }
  });

  it('refuses an empty mask and one of another size', () => {
    const grid = randomGrid(randomNumbers(12));
    const volume = volumeOn(grid);
    expect(() => measureMask({ grid, bits: emptyBits(voxelCount(grid)) }, volume)).toThrow(RangeError);
    expect(() => measureMask({ grid, bits: new Uint8Array(3) }, volume)).toThrow(RangeError);
  });
});
