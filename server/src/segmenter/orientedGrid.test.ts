import { describe, expect, it } from '@jest/globals';
import { apply, invert, type Vector3 } from '../values/affine.js';
import type { Grid } from '../values/grid.js';
import { randomNumbers } from '../values/randomNumbers.js';
import { orientedGrid } from './orientedGrid.js';
import { randomGrid } from './testSupport.js';

/** The grid of the voxels from `start` on. */
function cutOut({ voxelToLps }: Grid, start: Vector3, size: Vector3): Grid {
  const [x, y, z] = apply(voxelToLps, start);
  const [a, b, c, , d, e, f, , g, h, i] = voxelToLps;
  return { size, voxelToLps: [a, b, c, x, d, e, f, y, g, h, i, z, 0, 0, 0, 1] };
}

describe('the grid on which a model sees an image', () => {
  it('has its voxels at the same places whatever part of the image there is', () => {
    const random = randomNumbers(7);
    for (let round = 0; round < 40; round++) {
      const source = randomGrid(random);
      const part = cutOut(source, [1, 2, 1], source.size.map((n) => Math.max(1, n - 3)) as unknown as Vector3);
      const spacing: Vector3 = [2, 1.5, 3];
      const orientation = round % 2 ? 'RAS' : 'LPS';
      const whole = orientedGrid(source, orientation, spacing);
      const ofPart = orientedGrid(part, orientation, spacing);
      const place = apply(invert(whole.voxelToLps), apply(ofPart.voxelToLps, [0, 0, 0]));
      for (const coordinate of place) expect(Math.abs(coordinate - Math.round(coordinate))).toBeLessThan(1e-6);
    }
  });

  it('covers all voxels of the image, with less than one voxel to spare at each end', () => {
    const random = randomNumbers(8);
    for (let round = 0; round < 40; round++) {
      const source = randomGrid(random);
      const model = orientedGrid(source, 'RAS', [2, 2, 2]);
      const inModel = invert(model.voxelToLps);
      const corners = Array.from({ length: 8 }, (_, n) =>
        apply(
          inModel,
          apply(source.voxelToLps, [
            (n & 1) * (source.size[0] - 1),
            ((n >> 1) & 1) * (source.size[1] - 1),
            (n >> 2) * (source.size[2] - 1),
          ]),
        ),
      );
      for (const d of [0, 1, 2] as const) {
        const along = corners.map((corner) => corner[d]);
        expect(Math.min(...along)).toBeGreaterThan(-1e-3);
        expect(Math.min(...along)).toBeLessThan(1);
        expect(Math.max(...along)).toBeLessThan(model.size[d] - 1 + 1e-3);
        expect(Math.max(...along)).toBeGreaterThan(model.size[d] - 2);
      }
    }
  });
});
