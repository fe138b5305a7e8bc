import type { Vector3 } from '../../../values/affine.js';

/** What two fronts meet on their way through a block of voxels. Costs are in the same unit as lengths. */
export interface Terrain {
  readonly size: Vector3;
  /** 1 where a front may enter. */
  readonly open: Uint8Array;
  /** Where the first front starts (1), and the second (2). */
  readonly starts: Uint8Array;
  /** Length of a step to the next column and row. */
  readonly column: number;
  readonly row: number;
  /** Length of a step from each slice to the next. */
  readonly slices: ArrayLike<number>;
  /** How many times its length a step into a voxel costs each front, at least 1. */
  readonly slowness: readonly [first: Float32Array, second: Float32Array];
  /** A step also costs the difference between the heights of its ends. */
  readonly heights: Float32Array;
}

/** A step that costs more than this counts as this. */
const greatestCost = 4095;

/**
 * Geodesic distances from two sets of voxels at once: every voxel belongs to the front that reaches it at the lower
 * cost. Dial's algorithm: buckets of whole costs in a ring, as doubly linked lists. Among equal costs the order of
 * insertion decides, so that the result is always the same.
 *
 * The idea is that of Criminisi, Sharp and Blake, "GeoS: Geodesic Image Segmentation" (ECCV 2008), which Wang et al.,
 * "DeepIGeoS" (IEEE TPAMI 41:1559, 2018), apply to clicks.
 *
 * @param unit the cost that counts as 1; smaller differences are lost
 * @returns 1 or 2 for the front that owns a voxel; 0 where none came
 */
export function competingFronts(terrain: Terrain, unit: number): Uint8Array {
  const { size, open, starts, slowness, heights } = terrain;
  const [columns, rows, slices] = size;
  const count = columns * rows * slices;
  const plane = columns * rows;
  const owner = new Uint8Array(count);
  const cost = new Int32Array(count).fill(0x7fffffff);
  const after = new Int32Array(count).fill(-1);
  const before = new Int32Array(count).fill(-1);
  const done = new Uint8Array(count);
  const buckets = greatestCost + 1;
  const head = new Int32Array(buckets).fill(-1);
  const tail = new Int32Array(buckets).fill(-1);
  let waiting = 0;

  const put = (voxel: number, at: number): void => {
    const bucket = at % buckets;
    const last = tail[bucket]!;
    before[voxel] = last;
    after[voxel] = -1;
    if (last < 0) head[bucket] = voxel;
    else after[last] = voxel;
    tail[bucket] = voxel;
    waiting++;
  };
  const take = (voxel: number, at: number): void => {
    const bucket = at % buckets;
    const [prior, next] = [before[voxel]!, after[voxel]!];
    if (prior < 0) head[bucket] = next;
    else after[prior] = next;
    if (next < 0) tail[bucket] = prior;
    else before[next] = prior;
    waiting--;
  };

  for (let voxel = 0; voxel < count; voxel++) {
    if (starts[voxel] === 0) continue;
    owner[voxel] = starts[voxel]!;
    cost[voxel] = 0;
    put(voxel, 0);
  }

  const [perColumn, perRow] = [terrain.column / unit, terrain.row / unit];
  const perSlice = Float64Array.from(terrain.slices, (length) => length / unit);
  const perHeight = 1 / unit;

  const step = (from: number, to: number, length: number, slow: Float32Array, mine: number): void => {
    if (open[to] === 0 || done[to] === 1) return;
    const climb = heights[to]! - heights[from]!;
    const asked = Math.round(length * slow[to]! + (climb < 0 ? -climb : climb) * perHeight);
    const total = cost[from]! + Math.max(1, Math.min(asked, greatestCost));
    if (total >= cost[to]!) return;
    if (owner[to] !== 0) take(to, cost[to]!);
    owner[to] = mine;
    cost[to] = total;
    put(to, total);
  };

  for (let now = 0; waiting > 0; now++) {
    const bucket = now % buckets;
    for (let voxel = head[bucket]!; voxel >= 0; voxel = head[bucket]!) {
      take(voxel, now);
      done[voxel] = 1;
      const mine = owner[voxel]!;
      const slow = slowness[mine === 1 ? 0 : 1];
      const k = Math.floor(voxel / plane);
      const inPlane = voxel - k * plane;
      const j = Math.floor(inPlane / columns);
      const i = inPlane - j * columns;
      if (i > 0) step(voxel, voxel - 1, perColumn, slow, mine);
      if (i < columns - 1) step(voxel, voxel + 1, perColumn, slow, mine);
      if (j > 0) step(voxel, voxel - columns, perRow, slow, mine);
      if (j < rows - 1) step(voxel, voxel + columns, perRow, slow, mine);
      if (k > 0) step(voxel, voxel - plane, perSlice[k - 1]!, slow, mine);
      if (k < slices - 1) step(voxel, voxel + plane, perSlice[k]!, slow, mine);
    }
  }
  return owner;
}
