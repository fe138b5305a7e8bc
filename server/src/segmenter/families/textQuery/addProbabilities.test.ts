import { describe, expect, it } from '@jest/globals';
import { identity } from '../../../values/affine.js';
import { randomNumbers } from '../../../values/randomNumbers.js';
import { emptyProbabilityMap, type TensorStrides, type Window } from '../../probabilityMap.js';
import { addProbabilities, type WindowPlace } from './addProbabilities.js';
import type { TextQueryManifest } from './manifest.js';
import type { RowScores } from './rowScores.js';

type Activation = TextQueryManifest['activation'];

const [nx, ny, nz] = [13, 17, 15];
const rows = 5;
const random = randomNumbers(7);
/** Reaches beyond the map on one side of x and on the other of z. */
const window: Window = [12, 16, 14].map((size, axis) => ({
  start: [-2, 1, 4][axis]!,
  weights: Float32Array.from({ length: size }, () => random()),
})) as unknown as Window;
const voxels = 12 * 16 * 14;

/** Row 3 is nowhere, and row 4 in some places only. */
const logits = Float32Array.from({ length: rows * voxels }, (_, n) => {
  const [row, e] = [Math.floor(n / voxels), n % voxels];
  if (row === 3 || (row === 4 && e < 0.7 * voxels)) return -30 - random();
  return 8 * (random() - 0.5);
});

/** What the network says of a row at an element, by the definition. */
function probabilityOf(activation: Activation, row: number, e: number): number {
  const own = Math.exp(logits[row * voxels + e]!);
  if (activation.kind === 'sigmoid') return own / (1 + own);
  let all = activation.background === 'zero-logit' ? 1 : 0;
  for (let other = 0; other < rows; other++) all += Math.exp(logits[other * voxels + e]!);
  return own / all;
}

const scores: Record<RowScores['kind'], (activation: Activation) => RowScores> = {
  logits: () => ({ kind: 'logits', data: logits.slice() }),
  probabilities: (activation) => {
    const columns = activation.kind === 'softmax' && activation.background === 'zero-logit' ? rows + 1 : rows;
    const data = Float32Array.from({ length: voxels * columns }, (_, n) =>
      n % columns < rows ? probabilityOf(activation, n % columns, Math.floor(n / columns)) : Number.NaN,
    );
    return { kind: 'probabilities', data, columns };
  },
};

const activations: Activation[] = [
  { kind: 'softmax', background: 'zero-logit' },
  { kind: 'softmax', background: 'none' },
  { kind: 'sigmoid' },
];
const layouts: TensorStrides[] = [
  [1, 12, 12 * 16],
  [16 * 14, 14, 1],
];

describe.each(['logits', 'probabilities'] as const)('%s of a window', (kind) => {
  it.each(
    activations.flatMap((activation) =>
      layouts.flatMap((strides) => [false, true].map((isMirrored) => ({ activation, strides, isMirrored }))),
    ),
  )('add up to the probabilities of channels: $activation, $strides, mirrored $isMirrored', (each) => {
    const { activation, strides, isMirrored } = each;
    const channels = activation.kind === 'sigmoid' ? [[4], [0], [2]] : [[4], [0, 3, 2], [1]];
    const place: WindowPlace = { window, strides, isMirrored, share: 0.5 };
    const map = emptyProbabilityMap({ size: [nx, ny, nz], voxelToLps: identity }, channels.length);
    map.values.fill(0.25);
    addProbabilities(map, place, scores[kind](activation), channels, activation);

    let greatest = 0;
    for (let z = 0; z < nz; z++)
      for (let y = 0; y < ny; y++)
        for (let x = 0; x < nx; x++) {
          const [i, j, k] = [x + 2, y - 1, z - 4];
          const isInside = i < 12 && j >= 0 && j < 16 && k >= 0 && k < 14;
          const weight = isInside ? window[0].weights[i]! * window[1].weights[j]! * window[2].weights[k]! : 0;
          const e = (isMirrored ? 11 - i : i) * strides[0] + j * strides[1] + k * strides[2];
          for (const [channel, members] of channels.entries()) {
            const sum = isInside ? members.reduce((total, row) => total + probabilityOf(activation, row, e), 0) : 0;
            const value = map.values[(x + nx * (y + ny * z)) * channels.length + channel]!;
            greatest = Math.max(greatest, Math.abs(value - (0.25 + 0.5 * weight * sum)));
          }
        }
    expect(greatest).toBeLessThan(1e-6);
  });
});
