import { describe, expect, it } from '@jest/globals';
import { apply, fromAxes, type Vector3 } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';
import { type SliceOrder, sliceOrder } from './sliceOrder.js';

const size: Vector3 = [20, 24, 30];
const axes: Record<string, Vector3> = {
  L: [1, 0, 0],
  R: [-1, 0, 0],
  P: [0, 1, 0],
  A: [0, -1, 0],
  H: [0, 0, 1],
  F: [0, 0, -1],
};
const gridOf = (directions: string, tilt = 0): Grid => {
  const [x, y, z] = [...directions].map((letter) => axes[letter]!.map((value) => value + tilt) as unknown as Vector3);
  return { size, voxelToLps: fromAxes(x!, y!, z!, [0, 0, 0]) };
};

/** Where a pixel of an image is in the patient. */
function placeOf(grid: Grid, { offset, steps }: SliceOrder, column: number, row: number, slice: number): Vector3 {
  const voxel = offset + column * steps[0] + row * steps[1] + slice * steps[2];
  return apply(grid.voxelToLps, [
    voxel % size[0],
    Math.floor(voxel / size[0]) % size[1],
    Math.floor(voxel / size[0] / size[1]),
  ]);
}

describe('the images that a slice-wise model sees', () => {
  it.each([
    ['LPH', 'axial'],
    ['RAF', 'axial'],
    ['PLF', 'axial'],
    ['LFP', 'coronal'],
    ['HRA', 'coronal'],
    ['PFL', 'sagittal'],
    ['PFR', 'sagittal'],
    ['HAR', 'sagittal'],
  ])('are as on the screen where the axes of the source are %s (%s)', (directions, plane) => {
    for (const tilt of [0, 0.1]) {
      const grid = gridOf(directions, tilt);
      const order = sliceOrder(grid);
      const along = (column: number, row: number, slice: number): Vector3 => {
        const [from, to] = [placeOf(grid, order, 3, 3, 3), placeOf(grid, order, 3 + column, 3 + row, 3 + slice)];
        return [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
      };
      const [right, down, next] = [along(1, 0, 0), along(0, 1, 0), along(0, 0, 1)];
      const expected = { axial: [0, 1, 2], coronal: [0, 2, 1], sagittal: [1, 2, 0] }[plane]!;
      expect(right[expected[0]!]).toBeGreaterThan(0);
      expect(Math.sign(down[expected[1]!]!)).toBe(plane === 'axial' ? 1 : -1);
      expect(next[expected[2]!]).toBeGreaterThan(0);
      expect(order.columns * order.rows * order.slices).toBe(20 * 24 * 30);
    }
  });

  it('reach every voxel once', () => {
    const order = sliceOrder(gridOf('HRA'));
    const seen = new Set<number>();
    for (let slice = 0; slice < order.slices; slice++)
      for (let row = 0; row < order.rows; row++)
        for (let column = 0; column < order.columns; column++)
          seen.add(order.offset + column * order.steps[0] + row * order.steps[1] + slice * order.steps[2]);
    expect(seen.size).toBe(20 * 24 * 30);
    expect([Math.min(...seen), Math.max(...seen)]).toEqual([0, 20 * 24 * 30 - 1]);
  });

  it("are those across the shortest axis where the source's slices are long and narrow, as upstream takes them", () => {
    const voxelToLps = fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]);
    expect(sliceOrder({ size: [100, 59, 40], voxelToLps }).slices).toBe(40);
    expect(sliceOrder({ size: [100, 60, 200], voxelToLps })).toMatchObject({ slices: 60, columns: 100, rows: 200 });
    expect(sliceOrder({ size: [40, 90, 200], voxelToLps })).toMatchObject({ slices: 40, columns: 90, rows: 200 });
  });
});
