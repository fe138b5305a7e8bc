import { describe, expect, it } from '@jest/globals';
import type { Affine } from '../values/affine.js';
import type { SliceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { measureInstances } from './instances.js';

/** Voxels of 1 × 1 × 2 mm unless said otherwise. */
const straight: Affine = [1, 0, 0, -10, 0, 1, 0, 20, 0, 0, 2, 30, 0, 0, 0, 1];

function maskOf(
  size: SliceGrid['size'],
  isSet: (i: number, j: number, k: number) => boolean,
  voxelToLps = straight,
): Mask {
  const bits = new Uint8Array(Math.ceil((size[0] * size[1] * size[2]) / 8));
  for (let k = 0, n = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++, n++) if (isSet(i, j, k)) bits[n >> 3]! |= 1 << (n & 7);
  return { grid: { size, voxelToLps }, bits };
}
const whole = ({ grid: { size } }: Mask) =>
  ({ first: [0, 0, 0], last: [size[0] - 1, size[1] - 1, size[2] - 1] }) as const;
const measure = (mask: Mask, minimumMl = 0, mergeMm = 0) => measureInstances(mask, whole(mask), { minimumMl, mergeMm });

describe('instances', () => {
  it('are each measured: volume, both diameters with their slice, centre', () => {
    // 8 × 3 × 2 voxels, and one of a single voxel.
    const mask = maskOf([20, 20, 10], (i, j, k) =>
      k >= 4 && k < 6 ? i >= 2 && i < 10 && j >= 5 && j < 8 : i === 15 && j === 15 && k === 9,
    );
    const { found, smaller } = measure(mask);
    expect(smaller).toBe(0);
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({ number: 1, voxelCount: 48, slice: 4 });
    expect(found[0]!.volumeMl).toBeCloseTo(0.096, 9);
    expect(found[0]!.centroidLps.map((each) => Number(each.toFixed(6)))).toEqual([-4.5, 26, 39]);
    // From the middle of the first voxel's side to that of the last one, a row lower or higher.
    expect(found[0]!.longestDiameterMm).toBeCloseTo(Math.hypot(8, 2), 6);
    expect(found[0]!.perpendicularDiameterMm).toBeLessThan(found[0]!.longestDiameterMm);
    expect(found[1]).toMatchObject({
      number: 2,
      voxelCount: 1,
      longestDiameterMm: 1,
      perpendicularDiameterMm: 1,
      slice: 9,
    });
  });

  it('have the diameters of a disc and of an ellipse, also in oblong pixels', () => {
    const oblong: Affine = [0.5, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1];
    const ellipse = maskOf([161, 81, 1], (i, j) => Math.hypot(((i - 80) * 0.5) / 30, (j - 40) / 20) <= 1, oblong);
    const [only] = measure(ellipse).found;
    expect(Math.abs(only!.longestDiameterMm - 60)).toBeLessThan(1.5);
    expect(Math.abs(only!.perpendicularDiameterMm - 40)).toBeLessThan(1.5);
  });

  it('touch by a corner, across slices too', () => {
    const mask = maskOf([4, 4, 2], (i, j, k) => (k === 0 ? i === 1 && j === 1 : i === 2 && j === 2));
    expect(measure(mask).found).toMatchObject([{ voxelCount: 2 }]);
  });

  it('are one where they come near enough, in the row, between rows and between slices', () => {
    const two = (a: readonly number[], b: readonly number[]) =>
      maskOf([12, 12, 6], (...voxel) => [a, b].some((each) => each.every((place, axis) => place === voxel[axis])));
    // 3 mm, 3 mm and 4 mm apart; (4, 3) is 5 mm.
    for (const [other, distance] of [
      [[5, 2, 1], 3],
      [[2, 5, 1], 3],
      [[2, 2, 3], 4],
      [[6, 5, 1], 5],
    ] as const) {
      const mask = two([2, 2, 1], other);
      expect(measure(mask, 0, distance).found).toHaveLength(1);
      expect(measure(mask, 0, distance - 0.1).found).toHaveLength(2);
    }
  });

  it('that are smaller than the minimum are counted, not listed', () => {
    const mask = maskOf([20, 4, 1], (i) => i < 10 || i === 15);
    const { found, smaller } = measure(mask, 0.01);
    expect([found.length, smaller]).toEqual([1, 1]);
  });

  it('are at most 500, the largest, in a mask of noise; a chain of near ones is one', () => {
    const noise = maskOf([120, 61, 3], (i, j, k) => i % 2 === 0 && j % 2 === 0 && k === 0);
    const { found, smaller } = measure(noise);
    expect([found.length, smaller]).toEqual([500, 60 * 31 - 500]);
    expect(measure(noise, 0, 2).found).toMatchObject([{ number: 1, voxelCount: 60 * 31 }]);
  });

  it('are found within the box of the mask, wherever it is', () => {
    const mask = maskOf([30, 30, 8], (i, j, k) => i > 20 && j > 22 && k > 5);
    const box = { first: [21, 23, 6], last: [29, 29, 7] } as const;
    expect(measureInstances(mask, box, { minimumMl: 0, mergeMm: 0 })).toEqual(measure(mask));
  });
});
