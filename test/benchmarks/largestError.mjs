/** Where a benchmark clicks: on the mask's largest error. */

import { connectedComponents } from '../../server/dist/segmenter/connectedComponents.js';
import { squaredDistances } from '../../server/dist/values/distanceTransform.js';
import { spacing } from '../../server/dist/values/grid.js';
import { getBit } from '../../server/dist/values/maskBits.js';

/** @typedef {import('../../server/dist/segmenter/clickable.js').GridClick} GridClick */

/**
 * A click on the deepest voxel of the largest connected error.
 *
 * @param {Uint8Array} bits
 * @param {Uint8Array} truth
 * @param {import('../../server/dist/values/grid.js').Grid} grid
 * @returns {GridClick | undefined} nothing where the masks are the same
 */
export function centreOfLargestError(bits, truth, grid) {
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
  /** @param {readonly [number, number, number]} voxel */
  const indexOf = ([i, j, k]) => i + grid.size[0] * (j + grid.size[1] * k);
  let largest = { voxels: 0, outside: new Uint8Array(), part: false };
  for (const part of [true, false]) {
    const errors = new Uint8Array(size[0] * size[1] * size[2]);
    for (let n = 0; n < errors.length; n++) {
      const voxel = indexOf(voxelAt(n));
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
  return { voxel: voxelAt(deepest), part: largest.part };
}

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
