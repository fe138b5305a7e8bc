import { describe, expect, it } from '@jest/globals';
import { identity } from '../values/affine.js';
import type { Grid } from '../values/grid.js';
import { cropped, foregroundBox } from './foregroundBox.js';

const grid: Grid = { size: [5, 4, 3], voxelToLps: identity };
const at = (x: number, y: number, z: number) => x + 5 * (y + 4 * z);

describe('the box of the foreground', () => {
  it('holds all voxels above, and the value itself is not above', () => {
    const voxels = new Float32Array(60);
    voxels[at(1, 2, 0)] = 4;
    voxels[at(3, 1, 1)] = 5;
    expect(foregroundBox(voxels, grid, 0)).toEqual({ first: [1, 1, 0], size: [3, 2, 2] });
    expect(foregroundBox(voxels, grid, 4)).toEqual({ first: [3, 1, 1], size: [1, 1, 1] });
    expect(foregroundBox(voxels, grid, 5)).toBeUndefined();
  });

  it('NaN is not above anything', () => {
    expect(foregroundBox(new Float32Array(60).fill(Number.NaN), grid, -10)).toBeUndefined();
  });

  it('is cut out with its voxels in their order', () => {
    const voxels = Float32Array.from({ length: 60 }, (_, n) => n);
    expect([...cropped(voxels, grid, [1, 2, 1], [2, 2, 2])]).toEqual([
      at(1, 2, 1),
      at(2, 2, 1),
      at(1, 3, 1),
      at(2, 3, 1),
      at(1, 2, 2),
      at(2, 2, 2),
      at(1, 3, 2),
      at(2, 3, 2),
    ]);
  });
});
