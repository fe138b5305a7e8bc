import { describe, expect, it } from '@jest/globals';
import { fromAxes } from './affine.js';
import { heightAt, hullOf, reaches } from './heights.js';

const grid = { size: [10, 10, 20], voxelToLps: fromAxes([-4, 0, 0], [0, -4, 0], [0, 0, 4], [20, 20, 100]) } as const;
const heightOf = { gradient: [0, 0, 1.1], atOrigin: 900 } as const;

describe('heights in the standard body', () => {
  it('are linear in the place', () => {
    expect(heightAt(heightOf, [5, 6, 100])).toBeCloseTo(1010);
  });

  it('are reached by voxels with their edges', () => {
    // Voxel 10 along z is at 140 mm, so at a height of 1054; its edges are 2.2 mm away.
    const within = (low: number, high: number) => ({ heightOf, ranges: [{ low, high }] });
    expect(reaches(within(1056, 1060), grid, 2, 10, 11)).toBe(true);
    expect(reaches(within(1057, 1060), grid, 2, 10, 11)).toBe(false);
    expect(reaches(within(1057, 1060), grid, 2, 0, 20)).toBe(true);
    expect(reaches({ heightOf, ranges: [] }, grid, 2, 0, 20)).toBe(false);
    // Along another axis each voxel goes from the lowest slice to the highest.
    expect(reaches(within(1057, 1060), grid, 0, 3, 4)).toBe(true);
  });

  it('of several ranges are between the lowest and the highest', () => {
    expect(
      hullOf([
        { low: 3, high: 5 },
        { low: 1, high: 4 },
      ]),
    ).toEqual({ low: 1, high: 5 });
  });
});
