import { describe, expect, it } from '@jest/globals';
import type { ImagePlane, SegmentPixels } from '../host.js';
import { segmentGrid } from './segmentGrid.js';

/** Slices of 8 × 4 pixels of 2 × 1 mm; sheared as by a tilted gantry, and one of them farther away. */
const heights = [0, 5, 10, 25];
const plane = (height: number): ImagePlane => ({
  imagePositionPatient: [10, 20 + height / 10, height],
  imageOrientationPatient: [1, 0, 0, 0, 1, 0],
  pixelSpacing: [1, 2],
});

/** Pixel (column 3, row 2), and its right neighbour, of segment 1 on the slices that are named. */
const pixels = (slices: readonly number[], bits = 0b0001_1000): SegmentPixels => ({
  rows: 4,
  columns: 8,
  segments: [{ number: 1, label: 'A' }],
  frames: slices.map((slice) => ({
    segmentNumber: 1,
    sopInstanceUID: String(slice),
    plane: plane(heights[slice]!),
    bits: Uint8Array.of(0, 0, bits, 0),
  })),
  // In any order.
  planes: heights.map(plane).toReversed(),
});

describe('the box around a segment', () => {
  it('has its voxels, with an empty border, in their order', () => {
    const grid = segmentGrid(pixels([1, 2]), 1, 1e6)!;
    expect(grid.dimensions).toEqual([4, 3, 4]);
    const at = [...grid.voxels.entries()].flatMap(([index, voxel]) => (voxel === 1 ? index : []));
    expect(at).toEqual([12 + 4 + 1, 12 + 4 + 2, 24 + 4 + 1, 24 + 4 + 2]);
    expect(grid.spacing).toEqual([2, 1, 25 / 3]);
  });

  it('is where its images are, also where slices are uneven and sheared', () => {
    const grid = segmentGrid(pixels([1, 2, 3]), 1, 1e6)!;
    // Column 3 of 2 mm and row 2 of 1 mm on the slice at 5 mm, and between those at 10 and 25 mm.
    expect(grid.toPatient(1, 1, 1)).toEqual([16, 22.5, 5]);
    expect(grid.toPatient(2, 1, 2.5)).toEqual([18, 23.75, 17.5]);
    // Beyond the outermost slice, as far as its neighbour.
    expect(grid.toPatient(1, 1, 4)).toEqual([16, 26, 40]);
  });

  it('keeps a gap between slices open', () => {
    const grid = segmentGrid(pixels([0, 2]), 1, 1e6)!;
    expect(grid.dimensions[2]).toBe(5);
    expect(grid.voxels.slice(24, 36).some((voxel) => voxel === 1)).toBe(false);
  });

  it('is thinned out where it is larger than it may be, the finest axis first', () => {
    const whole = pixels([0, 1, 2, 3], 0xff);
    const grid = segmentGrid(whole, 1, 16)!;
    expect(grid.dimensions).toEqual([6, 3, 6]);
    expect(grid.spacing).toEqual([4, 1, 25 / 3]);
  });

  it('is none for a segment without a voxel, or on a single image', () => {
    expect(segmentGrid(pixels([1]), 2, 1e6)).toBeUndefined();
    expect(segmentGrid(pixels([1], 0), 1, 1e6)).toBeUndefined();
    expect(segmentGrid({ ...pixels([0]), planes: [plane(0)] }, 1, 1e6)).toBeUndefined();
  });
});
