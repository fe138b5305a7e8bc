import { describe, expect, it } from '@jest/globals';
import { apply, type Vector3 } from '../values/affine.js';
import { coarseImage } from './coarseImage.js';
import { gridAround } from './movedBody.testSupport.js';

describe('a volume in coarse voxels', () => {
  const fine = gridAround([10, 20, 30], [9, 8, 3], [1, 2, 7]);

  it('has means of whole voxels, where they are, and keeps voxels that are larger', () => {
    const voxels = Float32Array.from({ length: 9 * 8 * 3 }, (_, n) => n % 9);
    const { grid, voxels: coarse } = coarseImage({ grid: fine, voxels, unit: 'HU' });
    expect(grid.size).toEqual([2, 4, 3]);
    expect([...coarse.slice(0, 4)]).toEqual([1.5, 5.5, 1.5, 5.5]);
    // In the middle of the first four columns of 1 mm and two rows of 2 mm.
    const first: Vector3 = [10 - 4 + 1.5, 20 - 7 + 1, 30 - 7];
    expect(apply(grid.voxelToLps, [0, 0, 0])).toEqual(first);
    expect(apply(grid.voxelToLps, [1, 0, 1])).toEqual([first[0] + 4, first[1], 30]);
  });

  it('clips padding, metal and what is not a number', () => {
    const voxels = Float32Array.from(
      { length: 9 * 8 * 3 },
      (_, n) => [-3024, 3000, Number.NaN, 40][Math.floor(n / 54)]!,
    );
    const { voxels: coarse } = coarseImage({ grid: gridAround([0, 0, 0], [9, 6, 4], [9, 9, 9]), voxels, unit: 'HU' });
    expect([0, 54, 108, 162].map((n) => coarse[n])).toEqual([-1000, 1000, -1000, 40]);
  });
});
