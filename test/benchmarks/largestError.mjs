/** Where a benchmark clicks, scribbles and draws a lasso: on the mask's largest error. */

import { connectedComponents } from '../../server/dist/segmenter/connectedComponents.js';
import { squaredDistances } from '../../server/dist/values/distanceTransform.js';
import { spacing } from '../../server/dist/values/grid.js';
import { getBit } from '../../server/dist/values/maskBits.js';

/** @typedef {import('../../server/dist/segmenter/clickable.js').GridClick} GridClick */

/** @typedef {import('../../server/dist/segmenter/clickable.js').GridStroke} GridStroke */
/** @typedef {import('../../server/dist/values/affine.js').Vector3} Vector3 */
/** @typedef {GridClick & { has: (voxel: readonly number[]) => boolean }} LargestError `has`: whether it has a voxel */

/**
 * A scribble along the longer of the two lines through the deepest voxel of an error, across its slice and within it.
 *
 * @param {LargestError} error
 * @param {Vector3} size
 * @returns {GridStroke}
 */
export function scribbleOn({ voxel, part, has }, size) {
  const lines = [0, 1].map((axis) => {
    const line = [voxel];
    for (const step of [-1, 1])
      for (let at = voxel.with(axis, (voxel[axis] ?? 0) + step); has(at); at = at.with(axis, (at[axis] ?? 0) + step))
        line.push(/** @type {Vector3} */ (/** @type {unknown} */ (at)));
    return line;
  });
  const [longest = []] = lines.toSorted((a, b) => b.length - a.length);
  return { voxels: Uint32Array.from(longest, (at) => indexOf(at, size)), part };
}

/**
 * A lasso around an error on the slice of its deepest voxel.
 *
 * @param {LargestError} error
 * @param {Vector3} size
 * @returns {GridStroke}
 */
export function lassoAround({ voxel, part, has }, size) {
  const voxels = [];
  for (let j = 0; j < size[1]; j++)
    for (let i = 0; i < size[0]; i++) if (has([i, j, voxel[2]])) voxels.push(indexOf([i, j, voxel[2]], size));
  return { voxels: Uint32Array.from(voxels), part, lasso: { across: 2, plane: voxel[2], throughSlices: true } };
}

/**
 * The largest connected error, and a click on its deepest voxel.
 *
 * @param {Uint8Array} bits
 * @param {Uint8Array} truth
 * @param {import('../../server/dist/values/grid.js').Grid} grid
 * @returns {LargestError | undefined} nothing where the masks are the same
 */
export function largestError(bits, truth, grid) {
  const wrong = bits.map((byte, n) => byte ^ (truth[n] ?? 0));
  const box = boxOf(wrong, grid.size);
  if (box === undefined) return undefined;
  const { first, size } = box;
  /** @param {number} n */
  const voxelAt = (n) =>
    /** @type {const} */ ([
      first[0] + (n % size[0]),
      first[1] + (Math.floor(n / size[0]) % size[1]),
      first[2] + Math.floor(n / (size[0] * size[1])),
    ]);
  let largest = { voxels: 0, outside: new Uint8Array(), part: false };
  for (const part of [true, false]) {
    const errors = new Uint8Array(size[0] * size[1] * size[2]);
    for (let n = 0; n < errors.length; n++) {
      const voxel = indexOf(voxelAt(n), grid.size);
      if (getBit(wrong, voxel) && getBit(truth, voxel) === part) errors[n] = 1;
    }
    const { labels, cellCounts } = connectedComponents(errors, size, 'faces');
    const voxels = Math.max(0, ...cellCounts);
    const label = cellCounts.indexOf(voxels);
    if (voxels > largest.voxels)
      largest = { voxels, part, outside: Uint8Array.from(labels, (l) => Number(l !== label)) };
  }
  const depths = squaredDistances(largest.outside, size, spacing(grid));
  let deepest = -1;
  for (let n = 0; n < depths.length; n++)
    if (largest.outside[n] === 0 && (deepest < 0 || (depths[n] ?? 0) > (depths[deepest] ?? 0))) deepest = n;
  /** @param {readonly number[]} voxel */
  const has = (voxel) => {
    const [i = 0, j = 0, k = 0] = voxel.map((at, axis) => at - (first[axis] ?? 0));
    const isInBox = [i, j, k].every((at, axis) => at >= 0 && at < (size[axis] ?? 0));
    return isInBox && largest.outside[i + size[0] * (j + size[1] * k)] === 0;
  };
  return { voxel: voxelAt(deepest), part: largest.part, has };
}

/**
 * @param {Vector3} voxel
 * @param {Vector3} size
 */
const indexOf = ([i, j, k], size) => i + size[0] * (j + size[1] * k);

/**
 * The box around the set bits, a voxel larger where the volume allows.
 * @param {Uint8Array} bits
 * @param {readonly [number, number, number]} size
 */
function boxOf(bits, [columns, rows, slices]) {
  const least = [columns, rows, slices];
  const greatest = [-1, -1, -1];
  for (let k = 0, n = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++, n++) {
        if (!getBit(bits, n)) continue;
        for (const [axis, at] of [i, j, k].entries()) {
          least[axis] = Math.min(least[axis] ?? at, at);
          greatest[axis] = Math.max(greatest[axis] ?? at, at);
        }
      }
  if ((greatest[0] ?? -1) < 0) return undefined;
  const ends = [columns, rows, slices];
  const first = least.map((at) => Math.max(0, at - 1));
  const size = greatest.map((at, axis) => Math.min((ends[axis] ?? 1) - 1, at + 1) - (first[axis] ?? 0) + 1);
  return {
    first: /** @type {readonly [number, number, number]} */ (/** @type {unknown} */ (first)),
    size: /** @type {readonly [number, number, number]} */ (/** @type {unknown} */ (size)),
  };
}
