import type { Vector3 } from './affine.js';

/**
 * Squared distance in mm² from every voxel to the nearest one of a set: exact, in time proportional to the number of
 * voxels, by the lower envelope of parabolas along each axis (Felzenszwalb and Huttenlocher, Theory of Computing 8:415,
 * 2012). Infinity if the set is empty.
 *
 * @param members 1 in the set, 0 outside; index i + columns·(j + rows·k)
 * @param spacing mm between neighbours along each axis; the axes are orthogonal
 */
export function squaredDistances(members: Uint8Array, size: Vector3, spacing: Vector3): Float64Array {
  const squared = Float64Array.from(members, (member) => (member === 1 ? 0 : Infinity));
  const [columns, rows, slices] = size;
  const transform = lineTransform(Math.max(...size));
  const plane = columns * rows;
  for (let k = 0; k < slices; k++)
    for (let j = 0; j < rows; j++) transform(squared, columns * (j + rows * k), 1, columns, spacing[0]);
  for (let k = 0; k < slices; k++)
    for (let i = 0; i < columns; i++) transform(squared, i + plane * k, columns, rows, spacing[1]);
  for (let n = 0; n < plane; n++) transform(squared, n, plane, slices, spacing[2]);
  return squared;
}

/** Transforms one line of `count` values in place, `stride` apart. */
function lineTransform(longest: number) {
  const values = new Float64Array(longest);
  /** Positions of the envelope's parabolas, and where each starts. */
  const places = new Int32Array(longest);
  const begins = new Float64Array(longest);
  return (all: Float64Array, first: number, stride: number, count: number, step: number): void => {
    let last = -1;
    for (let q = 0; q < count; q++) {
      const value = all[first + q * stride]!;
      values[q] = value;
      if (value === Infinity) continue;
      let begin = -Infinity;
      while (last >= 0) {
        begin = crossing(values, places[last]!, q, step);
        if (begin > begins[last]!) break;
        last--;
      }
      last++;
      places[last] = q;
      begins[last] = last === 0 ? -Infinity : begin;
    }
    if (last < 0) return;
    let parabola = 0;
    for (let q = 0; q < count; q++) {
      while (parabola < last && begins[parabola + 1]! < q) parabola++;
      const distance = (q - places[parabola]!) * step;
      all[first + q * stride] = distance * distance + values[places[parabola]!]!;
    }
  };
}

/** Where the parabola at q falls below the one at p < q, in steps. */
const crossing = (values: Float64Array, p: number, q: number, step: number): number =>
  ((values[q]! - values[p]!) / (step * step) + q * q - p * p) / (2 * (q - p));
