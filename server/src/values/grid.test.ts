import { expect, it } from '@jest/globals';
import { fromAxes } from './affine.js';
import {
  faceArea,
  type Grid,
  isEven,
  nearestSlice,
  sliceExtents,
  spacing,
  type UnevenGrid,
  voxelCentre,
  voxelCount,
  voxelVolumeMl,
} from './grid.js';

/** 2 × 3 × 4 mm with the slices leaning 3 mm sideways: the axis vector grows, the volume does not. */
const sheared: Grid = { size: [5, 6, 7], voxelToLps: fromAxes([2, 0, 0], [0, -3, 0], [3, 0, 4], [10, 20, 30]) };

/** Its four slices at 0, 4, 12 and 18 mm. */
const uneven: UnevenGrid = { ...sheared, size: [5, 6, 4], slicePositions: [0, 1, 3, 4.5] };

it('counts voxels', () => {
  expect(voxelCount(sheared)).toBe(210);
});

it('measures spacing along the axes', () => {
  expect(spacing(sheared)).toEqual([2, 3, 5]);
});

it('measures the volume of a voxel of a sheared, left-handed grid', () => {
  expect(voxelVolumeMl(sheared)).toBeCloseTo(0.024, 12);
});

it('measures the faces of a voxel of a sheared grid', () => {
  expect([faceArea(sheared, 0), faceArea(sheared, 1), faceArea(sheared, 2)]).toEqual([15, 8, 6]);
});

it('places voxels on even and on uneven slices', () => {
  expect(voxelCentre(sheared, [1, 1, 2])).toEqual([18, 17, 38]);
  expect(voxelCentre(uneven, [1, 1, 2])).toEqual([21, 17, 42]);
  expect([isEven(sheared), isEven(uneven)]).toEqual([true, false]);
});

it('finds the nearest slice', () => {
  expect([0.4, 0.6, 6.4].map((position) => nearestSlice(sheared, position))).toEqual([0, 1, 6]);
  expect([-1, 0.4, 1.9, 2.1, 3.7, 3.8, 9].map((position) => nearestSlice(uneven, position))).toEqual([
    0, 0, 1, 2, 2, 3, 3,
  ]);
});

it('says how far slices reach: halfway to their neighbours, at the ends as far outwards as inwards', () => {
  expect(sliceExtents(uneven)).toEqual([1, 1.5, 1.75, 1.5]);
  expect(sliceExtents({ ...sheared, size: [5, 6, 3] })).toEqual([1, 1, 1]);
  expect(sliceExtents({ ...uneven, size: [5, 6, 1], slicePositions: [0] })).toEqual([1]);
});
