import { describe, expect, it } from '@jest/globals';
import { apply, type Vector3 } from '../values/affine.js';
import type { SliceGrid } from '../values/grid.js';
import { randomNumbers } from '../values/randomNumbers.js';
import { clickOnGrid } from './clickOnGrid.js';
import { randomGrid } from './testSupport.js';

const at = (place: Vector3, grid: SliceGrid) => clickOnGrid({ kind: 'click', place, part: true }, grid).voxel;

describe('a click', () => {
  it('is on the nearest voxel of any grid', () => {
    const random = randomNumbers(3);
    for (let n = 0; n < 50; n++) {
      const grid = randomGrid(random);
      const voxel = grid.size.map((count) => Math.floor(count * random())) as unknown as Vector3;
      const beside = voxel.map((place) => place + 0.9 * (random() - 0.5)) as unknown as Vector3;
      expect(at(apply(grid.voxelToLps, beside), grid)).toEqual(voxel);
    }
  });

  const even: SliceGrid = { size: [4, 5, 3], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] };

  it('is on the nearest slice where slices are missing', () => {
    const uneven: SliceGrid = { ...even, slicePositions: [0, 1, 6] };
    expect(at([1, 1, 3], uneven)).toEqual([1, 1, 1]);
    expect(at([1, 1, 11], uneven)).toEqual([1, 1, 2]);
  });

  it.each<Vector3>([
    [-0.6, 1, 1],
    [1, 4.6, 1],
    [1, 1, -1.1],
    [1, 1, 5.1],
    [1e5, 1, 1],
  ])('outside of the images is refused: %s %s %s', (...place) => {
    expect(() => at(place, even)).toThrow(expect.objectContaining({ code: 'click-unsuitable' }));
  });

  it('is inside up to half a voxel beyond the outermost centres', () => {
    expect(at([-0.4, 4.4, 4.9], even)).toEqual([0, 4, 2]);
  });
});
