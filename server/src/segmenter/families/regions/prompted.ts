import type { Vector3 } from '../../../values/affine.js';
import { squaredDistances } from '../../../values/distanceTransform.js';
import { getBit } from '../../../values/maskBits.js';
import type { Block, GridLasso, GridPrompt } from '../../clickable.js';
import { blockAroundAll, extentOf, indicesIn, squaredDistancesFrom, type VoxelDistances, voxelAt } from './block.js';
import { depthOf } from './depthOf.js';

/** At so many places of a scribble, at most, it is measured how deep it is. */
const mostMeasured = 8;

/** Indices in the volume of the voxels that a person pointed at. */
export const voxelsOf = (prompt: GridPrompt, [columns, rows]: Vector3): Uint32Array => {
  if (!('voxel' in prompt)) return prompt.voxels;
  const [i, j, k] = prompt.voxel;
  return Uint32Array.of(i + columns * (j + rows * k));
};

/** Those of them that the mask has in the other state. */
export const differing = (prompt: GridPrompt, bits: Uint8Array, size: Vector3): Uint32Array =>
  voxelsOf(prompt, size).filter((index) => getBit(bits, index) !== prompt.part);

/** Squared distance in mm² from every voxel of a block to the nearest of these voxels of the volume, at least one. */
export function squaredDistancesTo(voxels: Uint32Array, block: Block, distances: VoxelDistances): Float32Array {
  if (voxels.length === 1) return squaredDistancesFrom(voxelAt(voxels[0]!, distances.size), block, distances);
  const [columns, rows, slices] = block.size;
  const plane = columns * rows;
  const members = new Uint8Array(extentOf(block));
  for (const n of indicesIn(block, voxels, distances.size)) members[n] = 1;
  const positions = distances.slices.slice(block.first[2], block.first[2] + slices);
  const squared = new Float32Array(extentOf(block)).fill(Infinity);
  // Slices may be uneven: distances within each one first, then those between them.
  for (let from = 0; from < slices; from++) {
    const inSlice = members.subarray(from * plane, (from + 1) * plane);
    if (!inSlice.includes(1)) continue;
    const within = squaredDistances(inSlice, [columns, rows, 1], [distances.column, distances.row, 1]);
    for (let k = 0; k < slices; k++) {
      const apart = (positions[k]! - positions[from]!) ** 2;
      for (let n = 0, at = k * plane; n < plane; n++, at++) {
        const sum = within[n]! + apart;
        if (sum < squared[at]!) squared[at] = sum;
      }
    }
  }
  return squared;
}

/**
 * How deep a prompt is, in mm: a click as far as the nearest voxel that the mask has in the other state, a scribble as
 * a click at its deepest place, a lasso as far as its innermost voxel is from its outline.
 *
 * @param voxels of the prompt that the mask has in the other state, at least one
 * @param most mm; nothing farther counts
 * @returns undefined where the mask is the same all around a click or scribble
 */
export function depthOfPrompt(
  prompt: GridPrompt,
  voxels: Uint32Array,
  bits: Uint8Array,
  distances: VoxelDistances,
  most: number,
): number | undefined {
  if ('lasso' in prompt && prompt.lasso !== undefined) return radiusOf(prompt.voxels, prompt.lasso, distances);
  const step = Math.ceil(voxels.length / mostMeasured);
  let deepest: number | undefined;
  for (let n = 0; n < voxels.length; n += step) {
    const depth = depthOf(bits, voxelAt(voxels[n]!, distances.size), distances, most);
    if (depth !== undefined) deepest = Math.max(deepest ?? 0, depth);
  }
  return deepest;
}

/** From the innermost voxel of a lasso to the nearest one outside of it, within its plane, in mm. */
function radiusOf(voxels: Uint32Array, { across, plane }: GridLasso, distances: VoxelDistances): number {
  const around = blockAroundAll(voxels, 0, distances);
  const inPlane = (of: Vector3, value: number): Vector3 => [
    across === 0 ? value : of[0],
    across === 1 ? value : of[1],
    across === 2 ? value : of[2],
  ];
  const block: Block = { first: inPlane(around.first, plane), size: inPlane(around.size, 1) };
  const outside = new Set(allOf(block, distances.size));
  for (const index of voxels) outside.delete(index);
  // A lasso over the whole plane has no outside.
  if (outside.size === 0) return Infinity;
  const squared = squaredDistancesTo(Uint32Array.from(outside), block, distances);
  return Math.sqrt(squared.reduce((most, each) => Math.max(most, each), 0));
}

/** Indices in the volume of all voxels of a block. */
function* allOf({ first, size }: Block, [columns, rows]: Vector3): Iterable<number> {
  for (let k = first[2]; k < first[2] + size[2]; k++)
    for (let j = first[1]; j < first[1] + size[1]; j++)
      for (let i = first[0]; i < first[0] + size[0]; i++) yield i + columns * (j + rows * k);
}
