import { invert, type Vector3 } from '../values/affine.js';
import { type SliceGrid, sliceExtents } from '../values/grid.js';
import type { Volume } from '../values/volume.js';

/** A place in the grid, in voxels: fractional column and row, and the two slices that it is between. */
export interface Place {
  readonly i: number;
  readonly j: number;
  readonly lower: number;
  readonly upper: number;
  /** 0 on the lower slice, 1 on the upper. */
  readonly between: number;
}

/** Finds the place of a point in LPS mm; undefined outside the voxels of the grid. */
export function placeFinder(grid: SliceGrid): (point: Vector3) => Place | undefined {
  const m = invert(grid.voxelToLps);
  const [columns, rows, slices] = grid.size;
  const positions = grid.slicePositions ?? Array.from({ length: slices }, (_, k) => k);
  const extents = sliceExtents(grid);
  const [bottom, top] = [positions[0]! - extents[0]! / 2, positions.at(-1)! + extents.at(-1)! / 2];
  return ([x, y, z]) => {
    const i = m[0] * x + m[1] * y + m[2] * z + m[3];
    const j = m[4] * x + m[5] * y + m[6] * z + m[7];
    const position = m[8] * x + m[9] * y + m[10] * z + m[11];
    if (i < -0.5 || j < -0.5 || i > columns - 0.5 || j > rows - 0.5 || position < bottom || position > top)
      return undefined;
    const lower = lastAtOrBelow(positions, position);
    const upper = Math.min(lower + 1, slices - 1);
    const gap = positions[upper]! - positions[lower]!;
    const between = gap > 0 ? Math.min(1, Math.max(0, (position - positions[lower]!) / gap)) : 0;
    return { i, j, lower, upper, between };
  };
}

/** Index of the last of ascending numbers that is not greater than `value`; 0 if all are greater. */
function lastAtOrBelow(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (ascending[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The value of the volume at a place, by trilinear interpolation. */
export function valueAt({ grid, voxels }: Volume, { i, j, lower, upper, between }: Place): number {
  const [columns, rows] = grid.size;
  const left = Math.min(Math.max(Math.floor(i), 0), columns - 1);
  const front = Math.min(Math.max(Math.floor(j), 0), rows - 1);
  const [right, back] = [Math.min(left + 1, columns - 1), Math.min(front + 1, rows - 1)];
  const [u, v] = [Math.min(1, Math.max(0, i - left)), Math.min(1, Math.max(0, j - front))];
  const inSlice = (k: number): number => {
    const [first, second] = [columns * (front + rows * k), columns * (back + rows * k)];
    const before = voxels[first + left]! * (1 - u) + voxels[first + right]! * u;
    const behind = voxels[second + left]! * (1 - u) + voxels[second + right]! * u;
    return before * (1 - v) + behind * v;
  };
  return between === 0 ? inSlice(lower) : inSlice(lower) * (1 - between) + inSlice(upper) * between;
}
