import type { Affine, Vector3 } from '../geometry/affine.js';

/**
 * Half a voxel beyond the outermost centres a grid still has voxels; there the nearest edge value holds. Farther out
 * there is nothing. The tolerance keeps a centre that lies exactly on that border inside in spite of rounding.
 */
const reach = 0.5 + 1e-6;

/** Whether a point, in voxel coordinates, lies within a grid (its voxels' full extent). */
export const isWithin = (point: Vector3, size: Vector3): boolean =>
  point.every((coordinate, axis) => coordinate >= -reach && coordinate <= size[axis]! - 1 + reach);

/**
 * The part of a line of points start + i·step, i = 0 … length−1, that lies within a grid (its voxels' full extent).
 *
 * @param size of the grid, in whose voxel coordinates start and step are given
 * @returns first index and end (exclusive); end = first where no point lies within
 */
export function lineWithin(
  start: Vector3,
  step: Vector3,
  size: Vector3,
  length: number,
): { first: number; end: number } {
  let low = 0;
  let high = length - 1;
  for (const d of [0, 1, 2] as const) {
    const [from, to] = [-reach - start[d], size[d] - 1 + reach - start[d]];
    if (step[d] === 0) {
      if (from > 0 || to < 0) return { first: 0, end: 0 };
      continue;
    }
    const [a, b] = step[d] > 0 ? [from / step[d], to / step[d]] : [to / step[d], from / step[d]];
    low = Math.max(low, Math.ceil(a));
    high = Math.min(high, Math.floor(b));
  }
  return low > high ? { first: 0, end: 0 } : { first: low, end: high + 1 };
}

/** Where line (j, k) of a grid starts, and its step per i, in the voxel coordinates that `matrix` leads to. */
export function lineOf(m: Affine, j: number, k: number): { start: Vector3; step: Vector3 } {
  return {
    start: [m[1] * j + m[2] * k + m[3], m[5] * j + m[6] * k + m[7], m[9] * j + m[10] * k + m[11]],
    step: [m[0], m[4], m[8]],
  };
}
