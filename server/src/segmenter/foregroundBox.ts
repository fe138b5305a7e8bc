import type { Vector3 } from '../values/affine.js';
import type { Grid } from '../values/grid.js';

/**
 * The smallest box that contains all voxels above a value.
 *
 * @param voxels index x + nx·(y + ny·z) on `grid`
 * @returns first voxel and size; undefined if no voxel is above
 */
export function foregroundBox(
  voxels: Float32Array,
  { size: [nx, ny, nz] }: Grid,
  above: number,
): { first: Vector3; size: Vector3 } | undefined {
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  for (let z = 0, n = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, n++) {
        if (!(voxels[n]! > above)) continue;
        if (x < low[0]!) low[0] = x;
        if (x > high[0]!) high[0] = x;
        if (y < low[1]!) low[1] = y;
        if (y > high[1]!) high[1] = y;
        if (z < low[2]!) low[2] = z;
        high[2] = z;
      }
  if (high[2]! < 0) return undefined;
  return {
    first: low as unknown as Vector3,
    size: [high[0]! - low[0]! + 1, high[1]! - low[1]! + 1, high[2]! - low[2]! + 1],
  };
}

/** The voxels of a box, as a separate volume. */
export function cropped(
  voxels: Float32Array,
  { size: [nx, ny] }: Grid,
  [x0, y0, z0]: Vector3,
  [columns, rows, slices]: Vector3,
): Float32Array {
  const out = new Float32Array(columns * rows * slices);
  for (let z = 0; z < slices; z++)
    for (let y = 0; y < rows; y++) {
      const from = x0 + nx * (y0 + y + ny * (z0 + z));
      out.set(voxels.subarray(from, from + columns), columns * (y + rows * z));
    }
  return out;
}
