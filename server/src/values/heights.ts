import { apply, dot, type Vector3 } from './affine.js';
import type { Grid } from './grid.js';

/** Heights in a body of standard size, in mm: soles at −77, vertex at 1642. */
export interface HeightRange {
  readonly low: number;
  readonly high: number;
}

/** The height in the standard body of each place in the patient: linear in LPS mm. */
export interface HeightOfPlace {
  readonly gradient: Vector3;
  readonly atOrigin: number;
}

/** The places where something can be: those whose height is in one of the ranges. */
export interface WithinHeights {
  readonly heightOf: HeightOfPlace;
  readonly ranges: readonly HeightRange[];
}

export const heightAt = ({ gradient, atOrigin }: HeightOfPlace, place: Vector3): number =>
  dot(gradient, place) + atOrigin;

/** The range that contains all of some. */
export const hullOf = (ranges: readonly HeightRange[]): HeightRange => ({
  low: Math.min(...ranges.map(({ low }) => low)),
  high: Math.max(...ranges.map(({ high }) => high)),
});

export const overlap = (one: HeightRange, other: HeightRange): boolean =>
  one.low <= other.high && one.high >= other.low;

/** Whether the voxels of a grid from `first` to before `end` along an axis reach any of the places. */
export function reaches(
  { heightOf, ranges }: WithinHeights,
  { size, voxelToLps }: Grid,
  axis: 0 | 1 | 2,
  first: number,
  end: number,
): boolean {
  const ends = size.map((length, n) => (n === axis ? [first - 0.5, end - 0.5] : [-0.5, length - 0.5]));
  const heights = ends[0]!.flatMap((x) =>
    ends[1]!.flatMap((y) => ends[2]!.map((z) => heightAt(heightOf, apply(voxelToLps, [x, y, z])))),
  );
  const reached = { low: Math.min(...heights), high: Math.max(...heights) };
  return ranges.some((range) => overlap(range, reached));
}
