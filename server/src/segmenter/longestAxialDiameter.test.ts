import { describe, expect, it } from '@jest/globals';
import { apply, norm, subtract, type Vector3 } from '../values/affine.js';
import { type Grid, voxelCount } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { emptyBits, getBit, setBit } from '../values/maskBits.js';
import { randomNumbers } from '../values/randomNumbers.js';
import { longestAxialDiameter } from './longestAxialDiameter.js';
import { randomGrid } from './testSupport.js';

/** Pixels of 0.5 mm along rows and 2 mm along columns, slices 3 mm apart. */
const oblong: Grid = { size: [21, 13, 4], voxelToLps: [0.5, 0, 0, 5, 0, 2, 0, -7, 0, 0, 3, 0, 0, 0, 0, 1] };

function maskOf(grid: Grid, voxels: readonly Vector3[]): Mask {
  const [columns, rows] = grid.size;
  const bits = emptyBits(voxelCount(grid));
  for (const [i, j, k] of voxels) setBit(bits, i + columns * (j + rows * k));
  return { grid, bits };
}

/** Every pair of outer sides of all voxels of a slice, measured in the patient. */
function bruteForce({ grid, bits }: Mask): number {
  const [columns, rows, slices] = grid.size;
  const sides = [
    [-0.5, 0],
    [0.5, 0],
    [0, -0.5],
    [0, 0.5],
  ] as const;
  let longest = 0;
  for (let k = 0; k < slices; k++) {
    const points: Vector3[] = [];
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++)
        if (getBit(bits, i + columns * (j + rows * k)))
          for (const [di, dj] of sides) points.push(apply(grid.voxelToLps, [i + di, j + dj, k]));
    for (const a of points) for (const b of points) longest = Math.max(longest, norm(subtract(a, b)));
  }
  return longest;
}

describe('longest axial diameter', () => {
  it('is the length of a row of voxels, and the longer side of a single one', () => {
    const row: Vector3[] = Array.from({ length: 9 }, (_, i) => [i + 3, 5, 1]);
    expect(longestAxialDiameter(maskOf(oblong, row))).toBeCloseTo(4.5, 12);
    expect(longestAxialDiameter(maskOf(oblong, [[20, 12, 3]]))).toBe(2);
  });

  it('does not join slices', () => {
    expect(
      longestAxialDiameter(
        maskOf(oblong, [
          [0, 0, 0],
          [20, 12, 3],
        ]),
      ),
    ).toBe(2);
  });

  it('of a disc is its diameter, to a pixel', () => {
    const grid: Grid = { size: [101, 101, 1], voxelToLps: [0.7, 0, 0, 0, 0, 0.7, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
    const voxels: Vector3[] = [];
    for (let j = 0; j < 101; j++)
      for (let i = 0; i < 101; i++) if (Math.hypot(i - 50, j - 50) < 40.2) voxels.push([i, j, 0]);
    expect(Math.abs(longestAxialDiameter(maskOf(grid, voxels)) - 80.4 * 0.7)).toBeLessThan(0.7);
  });

  it('agrees with every pair of points on random, oblique and sheared grids', () => {
    const random = randomNumbers(71);
    for (let round = 0; round < 20; round++) {
      const { size, voxelToLps } = randomGrid(random);
      const grid: Grid = { size: [Math.min(size[0], 13), Math.min(size[1], 11), 3], voxelToLps };
      const bits = emptyBits(voxelCount(grid));
      for (let n = 0; n < voxelCount(grid); n++) if (random() < 0.05) setBit(bits, n);
      expect(longestAxialDiameter({ grid, bits })).toBeCloseTo(bruteForce({ grid, bits }), 9);
    }
  });

  it('is nothing for an empty mask', () => {
    expect(longestAxialDiameter(maskOf(oblong, []))).toBe(0);
  });
});
