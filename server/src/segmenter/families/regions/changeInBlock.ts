import type { Vector3 } from '../../../values/affine.js';
import type { Volume } from '../../../values/volume.js';
import type { Block, GridClick } from '../../clickable.js';
import { cutMask, cutValues, extentOf, squaredDistancesFrom, stepsOf, type VoxelDistances } from './block.js';
import { competingFronts } from './competingFronts.js';
import { likelihoodRatio } from './likelihood.js';
import type { RegionsSettings } from './manifest.js';
import { openBorder } from './openBorder.js';
import { smoothChange, smoothValues } from './smooth.js';

/** A click and its surroundings. */
export interface Place extends GridClick {
  readonly block: Block;
  /** Nothing farther from the click changes, in mm. */
  readonly reach: number;
  /** Up to the nearest voxel in the other state, in mm. */
  readonly depth: number;
}

export interface BlockChange {
  /** 1 where the mask changes. */
  readonly changed: Uint8Array;
  /** See {@link openBorder}. */
  readonly openShare: number;
}

/**
 * What of a block changes after a click: the voxels that a front from the click reaches before one from beyond its
 * reach and from earlier clicks with the other sign. A front is slow where the grey values are more likely on the other
 * side, by their histograms: those near the click and where the mask is as the click says, against those that the mask
 * has in the other state. A step across an edge costs more, too.
 */
export function changeInBlock(
  { grid, voxels }: Pick<Volume, 'grid' | 'voxels'>,
  bits: Uint8Array,
  { voxel, part, block, reach, depth }: Place,
  earlier: readonly GridClick[],
  distances: VoxelDistances,
  settings: RegionsSettings,
): BlockChange {
  const count = extentOf(block);
  const inside = cutMask(bits, grid.size, block);
  const squared = squaredDistancesFrom(voxel, block, distances);
  const slices = stepsOf(block, distances);
  const values = smoothValues(cutValues(voxels, grid.size, block), block.size, [
    distances.column,
    distances.row,
    slices.length === 0 ? Infinity : Math.min(...slices),
  ]);
  // The state that is to change.
  const now = part ? 0 : 1;
  const ball = Math.max(settings.ball * depth, distances.column, distances.row) ** 2;
  const limit = reach ** 2;

  const open = new Uint8Array(count);
  const starts = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    if (inside[n] !== now) continue;
    open[n] = 1;
    starts[n] = squared[n]! <= ball ? 1 : squared[n]! > limit ? 2 : 0;
  }
  for (const click of earlier) {
    const n = indexIn(block, click.voxel);
    if (n !== undefined && open[n] === 1) starts[n] = click.part === part ? 1 : 2;
  }
  starts[indexIn(block, voxel)!] = 1;

  const ratio = likelihoodRatio(values, ...samples(squared, inside, now, ball, depth), settings.greatestRatio);
  const slowness = [
    ratio.map((each) => 1 + settings.likelihood * Math.max(0, -each)),
    ratio.map((each) => 1 + settings.likelihood * Math.max(0, each)),
  ] as const;
  const spread = spreadOf(values);
  const perValue = spread > 0 ? (settings.edge * reach) / spread : 0;
  const owner = competingFronts(
    {
      size: block.size,
      open,
      starts,
      column: distances.column,
      row: distances.row,
      slices,
      slowness,
      heights: values.map((value) => value * perValue),
    },
    Math.min(distances.column, distances.row) / unitsPerVoxel,
  );
  const changed = owner.map((each) => (each === 1 ? 1 : 0));
  for (let pass = 0; pass < settings.smoothings; pass++) smoothChange(changed, inside, open, starts, block.size);
  return { changed, openShare: openBorder(changed, ratio, open, block.size) };
}

/** Costs are counted in this part of a voxel. */
const unitsPerVoxel = 8;

/**
 * Weights of the grey values on the two sides. Half of the first is near the click, half is where the mask is already
 * as the click says; the second is where it is not, except close to the click.
 */
function samples(
  squared: Float32Array,
  inside: Uint8Array,
  now: number,
  ball: number,
  depth: number,
): [first: Float32Array, second: Float32Array] {
  let [near, alike] = [0, 0];
  for (let n = 0; n < squared.length; n++) {
    if (squared[n]! <= ball) near++;
    if (inside[n] !== now) alike++;
  }
  const close = (1.2 * depth) ** 2;
  const first = new Float32Array(squared.length);
  const second = new Float32Array(squared.length);
  for (let n = 0; n < squared.length; n++) {
    if (squared[n]! <= ball) first[n]! += 1 / near;
    if (inside[n] !== now) first[n]! += 1 / alike;
    else if (squared[n]! > close) second[n] = 1;
  }
  return [first, second];
}

/** Index of a voxel of the volume in a block; undefined outside. */
function indexIn({ first, size }: Block, voxel: Vector3): number | undefined {
  const [i, j, k] = [voxel[0] - first[0], voxel[1] - first[1], voxel[2] - first[2]];
  if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) return undefined;
  return i + size[0] * (j + size[1] * k);
}

/** Standard deviation. */
function spreadOf(values: Float32Array): number {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
}
