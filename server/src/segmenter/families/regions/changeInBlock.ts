import type { Volume } from '../../../values/volume.js';
import type { Block, GridLasso, GridPrompt } from '../../clickable.js';
import { cutMask, cutValues, extentOf, indicesIn, stepsOf, type VoxelDistances } from './block.js';
import { competingFronts } from './competingFronts.js';
import { likelihoodRatio } from './likelihood.js';
import type { RegionsSettings } from './manifest.js';
import { openBorder } from './openBorder.js';
import { voxelsOf } from './prompted.js';
import { smoothChange, smoothValues } from './smooth.js';

/** A prompt and its surroundings. */
export interface Place {
  readonly part: boolean;
  readonly block: Block;
  /** The prompt's voxels that are to change, in the block. */
  readonly own: readonly number[];
  /** From every voxel of the block to the nearest of these, in mm². */
  readonly squared: Float32Array;
  /** Nothing farther from the prompt changes, in mm. */
  readonly reach: number;
  /** Up to the nearest voxel in the other state, in mm. */
  readonly depth: number;
  /** So near to the prompt, everything is taken to be as it says, in mm. */
  readonly near: number;
  /** In its plane, nothing else changes. */
  readonly lasso?: GridLasso | undefined;
}

export interface BlockChange {
  /** 1 where the mask changes. */
  readonly changed: Uint8Array;
  /** See {@link openBorder}. */
  readonly openShare: number;
}

/**
 * What of a block changes after a prompt: the voxels that a front from the prompt reaches before one from beyond its
 * reach and from earlier prompts with the other sign. A front is slow where the grey values are more likely on the
 * other side, by their histograms: those near the prompt and where the mask is as it says, against those that the mask
 * has in the other state. A step across an edge costs more, too.
 */
export function changeInBlock(
  { grid, voxels }: Pick<Volume, 'grid' | 'voxels'>,
  bits: Uint8Array,
  { part, block, own, squared, reach, depth, near, lasso }: Place,
  earlier: readonly GridPrompt[],
  distances: VoxelDistances,
  settings: RegionsSettings,
): BlockChange {
  const count = extentOf(block);
  const inside = cutMask(bits, grid.size, block);
  const slices = stepsOf(block, distances);
  const values = smoothValues(cutValues(voxels, grid.size, block), block.size, [
    distances.column,
    distances.row,
    slices.length === 0 ? Infinity : Math.min(...slices),
  ]);
  // The state that is to change.
  const now = part ? 0 : 1;
  const ball = near ** 2;
  const limit = reach ** 2;

  const open = new Uint8Array(count);
  const starts = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    if (inside[n] !== now) continue;
    open[n] = 1;
    starts[n] = squared[n]! <= ball ? 1 : squared[n]! > limit ? 2 : 0;
  }
  for (const prompt of earlier)
    for (const n of indicesIn(block, voxelsOf(prompt, grid.size), grid.size))
      if (open[n] === 1) starts[n] = prompt.part === part ? 1 : 2;
  if (lasso !== undefined) forEachInPlane(block, lasso, (n) => (starts[n] = open[n] === 1 ? 2 : 0));
  for (const n of own) starts[n] = 1;

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

/** Calls `visit` with the index in a block of each voxel on the plane of a lasso. */
function forEachInPlane({ first, size }: Block, { across, plane }: GridLasso, visit: (n: number) => void): void {
  const strides = [1, size[0], size[0] * size[1]] as const;
  const [u, v] = ([0, 1, 2] as const).filter((axis) => axis !== across) as [0 | 1 | 2, 0 | 1 | 2];
  const start = (plane - first[across]) * strides[across];
  for (let b = 0; b < size[v]; b++) for (let a = 0; a < size[u]; a++) visit(start + a * strides[u] + b * strides[v]);
}

/** Costs are counted in this part of a voxel. */
const unitsPerVoxel = 8;

/**
 * Weights of the grey values on the two sides. Half of the first is near the prompt, half is where the mask is already
 * as it says; the second is where it is not, except close to the prompt.
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
