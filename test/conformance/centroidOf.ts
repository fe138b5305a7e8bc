import { apply, type Vector3 } from '../../server/src/values/affine.js';
import { voxelCount } from '../../server/src/values/grid.js';
import type { Mask } from '../../server/src/values/mask.js';

/** Number of voxels of a mask on an even grid, and their mean position in LPS mm. */
export function centroidOf({ grid, bits }: Mask): { readonly voxels: number; readonly lps: Vector3 } {
  const [columns, rows] = grid.size;
  const sum: [number, number, number] = [0, 0, 0];
  let voxels = 0;
  for (let index = 0; index < voxelCount(grid); index++) {
    const byte = bits[index >> 3]!;
    if (byte === 0) {
      index |= 7;
      continue;
    }
    if (((byte >> (index & 7)) & 1) === 0) continue;
    voxels++;
    sum[0] += index % columns;
    sum[1] += Math.floor(index / columns) % rows;
    sum[2] += Math.floor(index / (columns * rows));
  }
  return { voxels, lps: apply(grid.voxelToLps, [sum[0] / voxels, sum[1] / voxels, sum[2] / voxels]) };
}
