import { describe, expect, it } from '@jest/globals';
import { apply, fromAxes, type Vector3 } from '../values/affine.js';
import { randomNumbers } from '../values/randomNumbers.js';
import { patientBox } from './patientBox.js';
import { randomGrid } from './testSupport.js';

describe('the box of a target in the patient', () => {
  it('goes from edge to edge of its voxels, whatever way the axes run', () => {
    // Columns to the right, rows to the head, slices to the back.
    const voxelToLps = fromAxes([-2, 0, 0], [0, 0, 3], [0, 5, 0], [100, 10, -20]);
    const box = patientBox({ size: [10, 10, 10], voxelToLps }, { first: [1, 2, 3], last: [1, 4, 3] });
    expect(box).toEqual({ least: [97, 22.5, -15.5], greatest: [99, 27.5, -6.5] });
  });

  it('holds every corner of every voxel on oblique, sheared and mirrored grids, and touches some on each side', () => {
    const random = randomNumbers(4);
    for (let n = 0; n < 20; n++) {
      const grid = randomGrid(random);
      const [first, last]: [Vector3, Vector3] = [
        [2, 3, 4],
        [9, 5, 11],
      ];
      const { least, greatest } = patientBox(grid, { first, last });
      const corners: Vector3[] = [];
      for (let i = first[0]; i <= last[0] + 1; i++)
        for (let j = first[1]; j <= last[1] + 1; j++)
          for (let k = first[2]; k <= last[2] + 1; k++)
            corners.push(apply(grid.voxelToLps, [i - 0.5, j - 0.5, k - 0.5]));
      for (const axis of [0, 1, 2] as const) {
        const places = corners.map((corner) => corner[axis]);
        expect(Math.min(...places)).toBeCloseTo(least[axis], 9);
        expect(Math.max(...places)).toBeCloseTo(greatest[axis], 9);
      }
    }
  });

  it('takes half the way to the next slice where slices are uneven', () => {
    const voxelToLps = fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 2], [0, 0, 0]);
    const uneven = { size: [4, 4, 3] as const, voxelToLps, slicePositions: [0, 1, 4] };
    expect(patientBox(uneven, { first: [0, 0, 0], last: [3, 3, 2] })).toEqual({
      least: [-0.5, -0.5, -1],
      greatest: [3.5, 3.5, 11],
    });
  });
});
