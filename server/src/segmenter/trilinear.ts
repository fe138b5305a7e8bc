import type { Affine, Vector3 } from '../values/affine.js';

/**
 * A grid extends half a voxel beyond its outermost centres; there the nearest edge value applies. The tolerance keeps
 * centres exactly on that border inside despite rounding.
 */
const reach = 0.5 + 1e-6;

/** Whether a point, in voxel coordinates, is within a grid, including the full extent of its voxels. */
export const isWithin = (point: Vector3, size: Vector3): boolean =>
  point.every((coordinate, axis) => coordinate >= -reach && coordinate <= size[axis]! - 1 + reach);

/**
 * The part of a line of points start + i·step, i = 0 … length−1, that is within a grid, including the full extent of
 * its voxels.
 *
 * @param size of the grid; start and step are in its voxel coordinates
 * @returns first index and end (exclusive); end = first if no point is within
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

/** Start of line (j, k) of a grid and its step per i, in the voxel coordinates to which `m` maps. */
export function lineOf(m: Affine, j: number, k: number): { start: Vector3; step: Vector3 } {
  return {
    start: [m[1] * j + m[2] * k + m[3], m[5] * j + m[6] * k + m[7], m[9] * j + m[10] * k + m[11]],
    step: [m[0], m[4], m[8]],
  };
}
