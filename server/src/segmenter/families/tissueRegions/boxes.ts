import type { Affine, Vector3 } from '../../../values/affine.js';
import { apply } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';

export interface Box {
  readonly first: Vector3;
  readonly size: Vector3;
}

/** The box around the cells that are 1, enlarged by `margin` cells within the grid; undefined if there is none. */
export function boundingBox(mask: Uint8Array, size: Vector3, margin: number): Box | undefined {
  const [nx, ny, nz] = size;
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  const include = (axis: number, value: number) => {
    low[axis] = Math.min(low[axis]!, value);
    high[axis] = Math.max(high[axis]!, value);
  };
  for (let k = 0, line = 0; k < nz; k++)
    for (let j = 0; j < ny; j++, line += nx) {
      const row = mask.subarray(line, line + nx);
      const from = row.indexOf(1);
      if (from < 0) continue;
      include(0, from);
      include(0, row.lastIndexOf(1));
      include(1, j);
      include(2, k);
    }
  if (high[0]! < 0) return undefined;
  const first = low.map((value) => Math.max(0, value - margin)) as unknown as Vector3;
  const last = high.map((value, axis) => Math.min(size[axis]! - 1, value + margin));
  return { first, size: last.map((value, axis) => value - first[axis]! + 1) as unknown as Vector3 };
}

/** The values in the box. */
export function cropArray(values: Uint8Array, whole: Vector3, { first, size }: Box): Uint8Array {
  const out = new Uint8Array(size[0] * size[1] * size[2]);
  forEachRow(whole, { first, size }, (from, to) => out.set(values.subarray(from, from + size[0]), to));
  return out;
}

/** An array of `whole` cells, 0 outside the box. */
export function pasteArray(values: Uint8Array, whole: Vector3, { first, size }: Box): Uint8Array {
  const out = new Uint8Array(whole[0] * whole[1] * whole[2]);
  forEachRow(whole, { first, size }, (to, from) => out.set(values.subarray(from, from + size[0]), to));
  return out;
}

export function cropGrid({ voxelToLps }: Grid, { first, size }: Box): Grid {
  return { size, voxelToLps: withOrigin(voxelToLps, apply(voxelToLps, first)) };
}

export function withOrigin(m: Affine, [x, y, z]: Vector3): Affine {
  return [m[0], m[1], m[2], x, m[4], m[5], m[6], y, m[8], m[9], m[10], z, 0, 0, 0, 1];
}

/** Visits the first cell of every row, by its index in the whole array and in the box. */
function forEachRow(whole: Vector3, { first, size }: Box, visit: (inWhole: number, inBox: number) => void): void {
  for (let k = 0, inBox = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++, inBox += size[0])
      visit(first[0] + whole[0] * (first[1] + j + whole[1] * (first[2] + k)), inBox);
}
