import type { TextQueryManifest } from './textQueryManifest.js';

/** Window elements that are worked on at a time, so that what is read twice stays in the processor's cache. */
const blockLength = 1024;

/**
 * e^−20 = 2e−9 is below what a float32 probability near 1 can tell. Where most rows lie that low, leaving them out took
 * 39 rows over 64×80×72 voxels from 312 to 236 ms.
 */
const negligibleLogit = -20;

/**
 * Probabilities of channels from the logits of rows; a channel is the union of some rows.
 *
 * sigmoid  a channel has one row, and its probability 1 / (1 + exp(−logit))
 * softmax  all rows compete (and a background with logit 0 if the manifest says so); a channel has the sum of its rows
 *
 * @param logits row r of window element e at index r·voxels + e; its content is used up
 * @param channels for each channel its positions among the rows of `logits`
 * @returns channel c of window element e at index e·channels.length + c
 */
export function channelProbabilities(
  logits: Float32Array,
  rows: number,
  channels: readonly (readonly number[])[],
  activation: TextQueryManifest['activation'],
): Float32Array {
  const voxels = logits.length / rows;
  const count = channels.length;
  const out = new Float32Array(voxels * count);
  for (let first = 0; first < voxels; first += blockLength) {
    const end = Math.min(first + blockLength, voxels);
    if (activation.kind === 'softmax') softmax(logits, rows, first, end, activation.background === 'zero-logit');
    else sigmoid(logits, rows, first, end);
    channels.forEach((members, channel) => {
      for (const row of members)
        for (let e = first; e < end; e++) out[e * count + channel]! += logits[row * voxels + e]!;
    });
  }
  return out;
}

/** In place, for the window elements first ≤ e < end. */
function sigmoid(logits: Float32Array, rows: number, first: number, end: number): void {
  const voxels = logits.length / rows;
  for (let row = 0; row < rows; row++)
    for (let n = row * voxels + first; n < row * voxels + end; n++) logits[n] = 1 / (1 + Math.exp(-logits[n]!));
}

const greatest = new Float32Array(blockLength);
const sum = new Float64Array(blockLength);

/** Over the rows, in place, for the window elements first ≤ e < end. */
function softmax(logits: Float32Array, rows: number, first: number, end: number, withZeroLogit: boolean): void {
  const voxels = logits.length / rows;
  const length = end - first;
  greatest.fill(withZeroLogit ? 0 : -Infinity);
  for (let row = 0, from = first; row < rows; row++, from += voxels)
    for (let e = 0; e < length; e++) if (logits[from + e]! > greatest[e]!) greatest[e] = logits[from + e]!;
  for (let e = 0; e < length; e++) sum[e] = withZeroLogit ? Math.exp(-greatest[e]!) : 0;
  for (let row = 0, from = first; row < rows; row++, from += voxels)
    for (let e = 0; e < length; e++) {
      const below = logits[from + e]! - greatest[e]!;
      const value = below < negligibleLogit ? 0 : Math.exp(below);
      logits[from + e] = value;
      sum[e]! += value;
    }
  for (let row = 0, from = first; row < rows; row++, from += voxels)
    for (let e = 0; e < length; e++) logits[from + e]! /= sum[e]!;
}
