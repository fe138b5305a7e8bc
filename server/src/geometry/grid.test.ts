import { expect, it } from '@jest/globals';
import { fromAxes } from './affine.js';
import { type Grid, spacing, voxelCount, voxelVolumeMl } from './grid.js';

/** 2 × 3 × 4 mm with the slices leaning 3 mm sideways: the axis vector grows, the volume does not. */
const sheared: Grid = { size: [5, 6, 7], voxelToLps: fromAxes([2, 0, 0], [0, -3, 0], [3, 0, 4], [10, 20, 30]) };

it('counts voxels', () => {
  expect(voxelCount(sheared)).toBe(210);
});

it('measures spacing along the axes', () => {
  expect(spacing(sheared)).toEqual([2, 3, 5]);
});

it('measures the volume of a voxel of a sheared, left-handed grid', () => {
  expect(voxelVolumeMl(sheared)).toBeCloseTo(0.024, 12);
});
