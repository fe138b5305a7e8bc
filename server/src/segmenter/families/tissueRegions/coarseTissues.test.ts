import { describe, expect, it } from '@jest/globals';
import { apply, fromAxes } from '../../../values/affine.js';
import { cropTissues, reduceTissues } from './coarseTissues.js';

describe('reduceTissues', () => {
  const oblique = fromAxes([0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0.3, 3], [10, -20, 30]);

  it('makes cells of whole voxels near the edge length, with the affine of their centres', () => {
    const coarse = reduceTissues(new Uint8Array(7 * 6 * 2), { size: [7, 6, 2], voxelToLps: oblique }, 3);
    expect(coarse.factors).toEqual([3, 3, 1]);
    expect(coarse.grid.size).toEqual([3, 2, 2]);
    const centre = apply(oblique, [4, 1, 1]);
    apply(coarse.grid.voxelToLps, [1, 0, 1]).forEach((mm, axis) => {
      expect(mm).toBeCloseTo(centre[axis]!, 9);
    });
  });

  it('gives the median, the code that a third reaches, and the highest', () => {
    const grid = { size: [3, 3, 1] as const, voxelToLps: fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 3], [0, 0, 0]) };
    const { median, upper, highest } = reduceTissues(Uint8Array.from([0, 0, 1, 3, 4, 4, 6, 6, 9]), grid, 3);
    expect([...median, ...upper, ...highest]).toEqual([4, 6, 9]);
  });

  it('counts only the voxels that a cut cell has', () => {
    const grid = { size: [4, 1, 1] as const, voxelToLps: fromAxes([1, 0, 0], [0, 3, 0], [0, 0, 3], [0, 0, 0]) };
    expect([...reduceTissues(Uint8Array.from([1, 2, 3, 7]), grid, 3).median]).toEqual([2, 7]);
  });

  it('keeps the place of the cells in a crop', () => {
    const whole = reduceTissues(
      Uint8Array.from({ length: 27 }, (_, n) => n % 9),
      { size: [3, 3, 3], voxelToLps: fromAxes([3, 0, 0], [0, 3, 0], [0, 0, 3], [1, 2, 3]) },
      3,
    );
    const part = cropTissues(whole, { first: [1, 1, 2], size: [2, 1, 1] });
    expect(part.first).toEqual([1, 1, 2]);
    expect([...part.median]).toEqual([4, 5]);
    expect(apply(part.grid.voxelToLps, [0, 0, 0])).toEqual([4, 5, 9]);
  });
});
