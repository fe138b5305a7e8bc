import { describe, expect, it } from '@jest/globals';
import { apply, column, dot, fromAxes, norm, normalize, scale } from '../values/affine.js';
import { type Grid, spacing, voxelCount } from '../values/grid.js';
import { randomNumbers } from '../values/randomNumbers.js';
import { croppedGrid, reorientedGrid, respacedGrid } from './reorientedGrid.js';
import { randomGrid } from './testSupport.js';

const corners = ({ size, voxelToLps }: Grid): string[] =>
  Array.from({ length: 8 }, (_, n) =>
    apply(voxelToLps, [n & 1 ? size[0] - 1 : 0, n & 2 ? size[1] - 1 : 0, n & 4 ? size[2] - 1 : 0])
      .map((mm) => (Math.round(mm * 1e6) / 1e6 + 0).toFixed(6))
      .join(),
  ).sort();

describe('a grid with its axes in another order', () => {
  it('has the same voxels, however the source is', () => {
    const random = randomNumbers(11);
    for (let n = 0; n < 40; n++) {
      const source = randomGrid(random);
      for (const code of ['RAS', 'ASR'] as const) {
        const turned = reorientedGrid(source, code);
        expect(voxelCount(turned)).toBe(voxelCount(source));
        expect(corners(turned)).toEqual(corners(source));
      }
    }
  });

  it('runs to the right, to the front and to the head', () => {
    // Columns run to the feet, rows to the left, slices to the back: a coronal stack.
    const source: Grid = { size: [5, 6, 7], voxelToLps: fromAxes([0, 0, -2], [1.5, 0, 0], [0, 4, 0], [10, 20, 30]) };
    expect(reorientedGrid(source, 'RAS')).toEqual({
      size: [6, 7, 5],
      voxelToLps: fromAxes([-1.5, -0, -0], [-0, -4, -0], [-0, -0, 2], [17.5, 44, 22]),
    });
    expect(reorientedGrid(source, 'ASR').size).toEqual([7, 5, 6]);
  });
});

describe('a grid with other spacings', () => {
  const line = (count: number, mm: number): Grid => ({
    size: [count, 1, 1],
    voxelToLps: fromAxes([mm, 0, 0], [0, 1, 0], [0, 0, 1], [5, 6, 7]),
  });

  it.each([
    // (count − 1) · mm / 3 + 1, of which a half goes to the even number: 7.5 → 8, 8.5 → 8.
    [14, 1.5, 8],
    [16, 1.5, 8],
    [100, 0.8, 27],
    [2, 1, 1],
    [1, 5, 1],
    [3, 5, 4],
  ])('%d voxels of %d mm become %d of 3 mm', (count, mm, expected) => {
    const respaced = respacedGrid(line(count, mm), [3, 1, 1]);
    expect(respaced.size).toEqual([expected, 1, 1]);
    expect(spacing(respaced)[0]).toBeCloseTo(3, 12);
    expect(apply(respaced.voxelToLps, [0, 0, 0])).toEqual([5, 6, 7]);
  });

  it('of an oblique source has right angles and agrees with it in the voxel size / 2', () => {
    const random = randomNumbers(3);
    for (let n = 0; n < 20; n++) {
      const source = randomGrid(random);
      const respaced = respacedGrid(source, [1, 1, 3]);
      const axes = ([0, 1, 2] as const).map((axis) => column(respaced.voxelToLps, axis));
      expect(axes.map((axis) => Math.round(norm(axis) * 1e9) / 1e9)).toEqual([1, 1, 3]);
      for (const [a, b] of [
        [0, 1],
        [0, 2],
        [1, 2],
      ] as const)
        expect(dot(axes[a]!, axes[b]!)).toBeCloseTo(0, 9);
      expect(dot(normalize(axes[0]!), normalize(column(source.voxelToLps, 0)))).toBeCloseTo(1, 9);
      apply(respaced.voxelToLps, scale(respaced.size, 0.5)).forEach((mm, axis) => {
        expect(mm).toBeCloseTo(apply(source.voxelToLps, scale(source.size, 0.5))[axis]!, 9);
      });
    }
  });

  it('of a sheared source, a tilted gantry, holds all of it', () => {
    const source: Grid = { size: [11, 21, 31], voxelToLps: fromAxes([1, 0, 0], [0, 1, 0], [0, 1, 2], [0, 0, 0]) };
    // Along y 20 mm and the shear of 30 mm.
    expect(respacedGrid(source, [1, 1, 3]).size).toEqual([11, 51, 21]);
  });
});

it('a cropped grid keeps its voxels where they are', () => {
  const source = randomGrid(randomNumbers(5));
  const part = croppedGrid(source, [3, 4, 5], [6, 7, 8]);
  expect(part.size).toEqual([6, 7, 8]);
  apply(part.voxelToLps, [1, 2, 3]).forEach((mm, axis) => {
    expect(mm).toBeCloseTo(apply(source.voxelToLps, [4, 6, 8])[axis]!, 9);
  });
});
