import { column, dot, type Vector3 } from '../values/affine.js';
import type { SliceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';

/** A point in a slice, in voxel units: voxel (i, j) has its centre at (i, j). */
export type Point = readonly [i: number, j: number];

/**
 * The longest distance in mm between two points of the outline of the mask within one slice of its grid, over all
 * slices; 0 for an empty mask.
 *
 * "Axial" is the plane of the source's slices, in any orientation. The outline goes through the midpoints of the outer
 * sides of the outer voxels: a row of n voxels is n voxels long, as with a ruler on the image. (Between centres it
 * would be one voxel too short, between corners one diagonal too long.)
 */
export const longestAxialDiameter = ({ grid, bits }: Mask): number =>
  longestWithinSlices(bits, grid.size, squaredLengthOn(grid));

/** The same for pixels whose steps have these squared lengths, in mm². */
export function longestWithinSlices(
  bits: Uint8Array,
  size: Vector3,
  squaredLength: (di: number, dj: number) => number,
): number {
  const outline = sliceOutline(size);
  let longest = 0;
  for (let slice = 0; slice < size[2]; slice++) {
    const points = outline(bits, slice);
    if (points.length > 0) longest = Math.max(longest, longestSquared(convexHull(points), squaredLength));
  }
  return Math.sqrt(longest);
}

/** Squared length in mm² of a step of (di, dj) voxels; also correct for oblong pixels. */
function squaredLengthOn({ voxelToLps }: SliceGrid): (di: number, dj: number) => number {
  const [alongRow, alongColumn] = [column(voxelToLps, 0), column(voxelToLps, 1)];
  const [ii, ij, jj] = [dot(alongRow, alongRow), dot(alongRow, alongColumn), dot(alongColumn, alongColumn)];
  return (di, dj) => di * di * ii + 2 * di * dj * ij + dj * dj * jj;
}

/**
 * The points of a slice's outline that can be ends of a longest line: on the outer sides of the first and last voxel of
 * each row and column. All other outline points are between two of these.
 */
function sliceOutline([columns, rows]: Vector3): (bits: Uint8Array, slice: number) => Point[] {
  const [top, bottom] = [new Int32Array(columns), new Int32Array(columns)];
  return (bits, slice) => {
    top.fill(-1);
    const points: Point[] = [];
    for (let j = 0; j < rows; j++) {
      const first = (slice * rows + j) * columns;
      let [left, right] = [-1, -1];
      for (let n = first; n < first + columns; n++) {
        // Most bytes of most masks are zero.
        if ((n & 7) === 0 && bits[n >>> 3] === 0) {
          n += 7;
          continue;
        }
        if (((bits[n >>> 3]! >>> (n & 7)) & 1) === 0) continue;
        const i = n - first;
        if (left < 0) left = i;
        right = i;
        if (top[i]! < 0) top[i] = j;
        bottom[i] = j;
      }
      if (left >= 0) points.push([left - 0.5, j], [right + 0.5, j]);
    }
    for (let i = 0; i < columns; i++) if (top[i]! >= 0) points.push([i, top[i]! - 0.5], [i, bottom[i]! + 0.5]);
    return points;
  };
}

/** Corners of the convex hull (Andrew's monotone chain, 1979). */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const chain = (ordered: readonly Point[]): Point[] => {
    const hull: Point[] = [];
    for (const point of ordered) {
      while (hull.length > 1 && turn(hull.at(-2)!, hull.at(-1)!, point) <= 0) hull.pop();
      hull.push(point);
    }
    return hull.slice(0, -1);
  };
  return [...chain(sorted), ...chain(sorted.reverse())];
}

/** Positive for a turn to the left. */
const turn = (a: Point, b: Point, c: Point): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/**
 * Largest squared length between two corners. Tries every pair: a hull on a lattice of 512² has a few hundred corners
 * at most.
 */
function longestSquared(hull: readonly Point[], squaredLength: (di: number, dj: number) => number): number {
  let longest = 0;
  for (let a = 0; a < hull.length; a++)
    for (let b = a + 1; b < hull.length; b++)
      longest = Math.max(longest, squaredLength(hull[b]![0] - hull[a]![0], hull[b]![1] - hull[a]![1]));
  return longest;
}
