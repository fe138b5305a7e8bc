import type { ProbabilityMap, TensorStrides, Window } from '../../probabilityMap.js';
import type { TextQueryManifest } from './manifest.js';
import type { RowScores } from './rowScores.js';

/** Where the output for a window goes. */
export interface WindowPlace {
  readonly window: Window;
  /** Of the window's tensor. */
  readonly strides: TensorStrides;
  /** The tensor was mirrored along x. */
  readonly isMirrored: boolean;
  /** Weight of this output: 1, or less if a window is run more than once. */
  readonly share: number;
}

/**
 * Adds the probabilities of channels in a window to a map, with the window's blend weights. Logits become
 * probabilities first:
 *
 * sigmoid  a channel has one row, and its probability is 1 / (1 + exp(−logit))
 * softmax  all rows compete (and a background with logit 0 if the manifest says so); a channel has the sum of its rows
 *
 * @param scores of the rows; logits are overwritten
 * @param channels for each channel its positions among the rows
 */
export function addProbabilities(
  map: ProbabilityMap,
  place: WindowPlace,
  scores: RowScores,
  channels: readonly (readonly number[])[],
  activation: TextQueryManifest['activation'],
): void {
  const voxels = place.window.reduce((product, { weights }) => product * weights.length, 1);
  const places = placesOf(map, place, voxels);
  if (scores.kind === 'probabilities') addColumns(map, places, scores, channels);
  else addLogits(map, places, scores.data, channels, activation);
}

/** For every element of a window's tensor its voxel of the map, or −1 outside, and its blend weight. */
interface Places {
  readonly voxelOf: Int32Array;
  readonly weights: Float64Array;
}

function addColumns(
  { channels: count, values }: ProbabilityMap,
  { voxelOf, weights }: Places,
  { data, columns }: Extract<RowScores, { kind: 'probabilities' }>,
  channels: readonly (readonly number[])[],
): void {
  const singles = channels.every(({ length }) => length === 1) ? Int32Array.from(channels.flat()) : undefined;
  for (let e = 0; e < voxelOf.length; e++) {
    const voxel = voxelOf[e]!;
    if (voxel < 0) continue;
    const weight = weights[e]!;
    const [from, to] = [e * columns, voxel * count];
    if (singles) for (let c = 0; c < count; c++) values[to + c]! += weight * data[from + singles[c]!]!;
    else
      for (let c = 0; c < count; c++)
        for (const position of channels[c]!) values[to + c]! += weight * data[from + position]!;
  }
}

/** Window elements per block, so that what is read twice stays in the processor's cache. */
const blockLength = 1024;

/** e^−20 = 2e−9 is below the resolution of a float32 probability near 1. */
const negligibleLogit = -20;

/** A row that is negligible in a whole block is left out there, as most rows of a head are. */
function addLogits(
  map: ProbabilityMap,
  { voxelOf, weights }: Places,
  logits: Float32Array,
  channels: readonly (readonly number[])[],
  activation: TextQueryManifest['activation'],
): void {
  const voxels = voxelOf.length;
  const rows = logits.length / voxels;
  const isThere = new Array<boolean>(rows).fill(true);
  const union = new Float32Array(blockLength);
  for (let first = 0; first < voxels; first += blockLength) {
    const end = Math.min(first + blockLength, voxels);
    if (activation.kind === 'softmax')
      softmax(logits, rows, first, end, activation.background === 'zero-logit', isThere);
    else sigmoid(logits, rows, first, end);
    for (const [channel, members] of channels.entries()) {
      const there = members.filter((row) => isThere[row]);
      if (there.length === 0) continue;
      const from = there[0]! * voxels;
      const block = logits.subarray(from + first, from + end);
      const probabilities = there.length === 1 ? block : sumOf(there, logits, voxels, first, end, union);
      addBlock(map, channel, probabilities, voxelOf, weights, first, end);
    }
  }
}

function placesOf(
  { grid }: ProbabilityMap,
  { window: [wx, wy, wz], strides: [sx, sy, sz], isMirrored, share }: WindowPlace,
  voxels: number,
): Places {
  const [nx, ny, nz] = grid.size;
  const voxelOf = new Int32Array(voxels).fill(-1);
  const weights = new Float64Array(voxels);
  const lastX = wx.weights.length - 1;
  for (let z = Math.max(0, wz.start); z < Math.min(nz, wz.start + wz.weights.length); z++)
    for (let y = Math.max(0, wy.start); y < Math.min(ny, wy.start + wy.weights.length); y++) {
      const weightYZ = share * wz.weights[z - wz.start]! * wy.weights[y - wy.start]!;
      const line = (z - wz.start) * sz + (y - wy.start) * sy;
      for (let x = Math.max(0, wx.start); x < Math.min(nx, wx.start + wx.weights.length); x++) {
        const column = x - wx.start;
        const element = line + (isMirrored ? lastX - column : column) * sx;
        voxelOf[element] = x + nx * (y + ny * z);
        weights[element] = weightYZ * wx.weights[column]!;
      }
    }
  return { voxelOf, weights };
}

/** In place, for the window elements first ≤ e < end. */
function sigmoid(logits: Float32Array, rows: number, first: number, end: number): void {
  const voxels = logits.length / rows;
  for (let row = 0; row < rows; row++)
    for (let n = row * voxels + first; n < row * voxels + end; n++) logits[n] = 1 / (1 + Math.exp(-logits[n]!));
}

const greatest = new Float32Array(blockLength);
const sum = new Float64Array(blockLength);

/**
 * Over the rows, in place, for the window elements first ≤ e < end.
 * @param isThere set for every row: whether it has a probability above 0 in the block. Others keep their logits.
 */
function softmax(
  logits: Float32Array,
  rows: number,
  first: number,
  end: number,
  withZeroLogit: boolean,
  isThere: boolean[],
): void {
  const voxels = logits.length / rows;
  const length = end - first;
  greatest.fill(withZeroLogit ? 0 : -Infinity);
  for (let row = 0, from = first; row < rows; row++, from += voxels)
    for (let e = 0; e < length; e++) if (logits[from + e]! > greatest[e]!) greatest[e] = logits[from + e]!;
  let lowest = Infinity;
  for (let e = 0; e < length; e++) if (greatest[e]! < lowest) lowest = greatest[e]!;

  for (let e = 0; e < length; e++) sum[e] = withZeroLogit ? Math.exp(-greatest[e]!) : 0;
  for (let row = 0, from = first; row < rows; row++, from += voxels) {
    let highest = -Infinity;
    for (let e = 0; e < length; e++) if (logits[from + e]! > highest) highest = logits[from + e]!;
    isThere[row] = highest - lowest >= negligibleLogit;
    if (!isThere[row]) continue;
    for (let e = 0; e < length; e++) {
      const below = logits[from + e]! - greatest[e]!;
      const value = below < negligibleLogit ? 0 : Math.exp(below);
      logits[from + e] = value;
      sum[e]! += value;
    }
  }
  for (let row = 0, from = first; row < rows; row++, from += voxels)
    if (isThere[row]) for (let e = 0; e < length; e++) logits[from + e]! /= sum[e]!;
}

/** The probabilities of the rows' union, for the window elements first ≤ e < end. */
function sumOf(
  rows: readonly number[],
  logits: Float32Array,
  voxels: number,
  first: number,
  end: number,
  out: Float32Array,
): Float32Array {
  out.fill(0);
  for (const row of rows) for (let e = 0, n = row * voxels + first; e < end - first; e++, n++) out[e]! += logits[n]!;
  return out;
}

function addBlock(
  { channels, values }: ProbabilityMap,
  channel: number,
  probabilities: Float32Array,
  voxelOf: Int32Array,
  weights: Float64Array,
  first: number,
  end: number,
): void {
  for (let n = first; n < end; n++) {
    const voxel = voxelOf[n]!;
    const probability = probabilities[n - first]!;
    if (voxel >= 0 && probability !== 0) values[voxel * channels + channel]! += weights[n]! * probability;
  }
}
