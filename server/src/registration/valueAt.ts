import type { Vector3 } from '../values/affine.js';

/** Whether a place, in voxels, is between the outermost voxel centres. */
export const isWithin = ([columns, rows, slices]: Vector3, x: number, y: number, z: number): boolean =>
  x >= 0 && y >= 0 && z >= 0 && x <= columns - 1 && y <= rows - 1 && z <= slices - 1;

/** Trilinear interpolation at a place that is {@link isWithin} the grid, in voxels. */
export function valueAt(
  { grid, voxels }: { readonly grid: { readonly size: Vector3 }; readonly voxels: Float32Array },
  x: number,
  y: number,
  z: number,
): number {
  const [columns, rows, slices] = grid.size;
  // Bit operations: look-ups of Math are slow in Jest's contexts.
  const [i, j, k] = [x | 0, y | 0, z | 0];
  const [dx, dy, dz] = [x - i, y - j, z - k];
  const alongX = i < columns - 1 ? 1 : 0;
  const alongY = j < rows - 1 ? columns : 0;
  const alongZ = k < slices - 1 ? columns * rows : 0;
  const a = i + columns * (j + rows * k);
  const [b, c, d] = [a + alongY, a + alongZ, a + alongY + alongZ];
  const va = voxels[a]! + dx * (voxels[a + alongX]! - voxels[a]!);
  const vb = voxels[b]! + dx * (voxels[b + alongX]! - voxels[b]!);
  const vc = voxels[c]! + dx * (voxels[c + alongX]! - voxels[c]!);
  const vd = voxels[d]! + dx * (voxels[d + alongX]! - voxels[d]!);
  const near = va + dy * (vb - va);
  return near + dz * (vc + dy * (vd - vc) - near);
}
