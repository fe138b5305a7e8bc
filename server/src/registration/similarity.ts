import { type Affine, invert, multiply } from '../values/affine.js';
import { voxelCount, voxelVolumeMl } from '../values/grid.js';
import type { CoarseImage } from './coarseImage.js';
import { isWithin, valueAt } from './valueAt.js';

/** How alike two images are where one is moved onto the other. */
export interface Similarity {
  /**
   * Normalised mutual information, (H(a) + H(b)) / H(a, b), of the voxels where either image shows the patient: 1 if
   * one image says nothing about the other, 2 if it says everything.
   */
  readonly information: number;
  /** Volume that both cover, as a fraction of the smaller image. */
  readonly overlap: number;
}

const bins = 32;

/** Fewer voxels in common say nothing. */
const fewest = 64;

/**
 * @param stride of the voxels of `now`, each `stride`-th along each axis is compared
 * @returns the similarity for a matrix from a place of `now` to one of `before`, LPS mm
 */
export function compareImages(now: CoarseImage, before: CoarseImage, stride = 1): (nowToBefore: Affine) => Similarity {
  const [columns, rows, slices] = now.grid.size;
  const lpsToVoxel = invert(before.grid.voxelToLps);
  const binOf = ({ low, high }: CoarseImage): ((value: number) => number) => {
    const perUnit = (bins - 1) / (high - low || 1);
    return (value) => ((value - low) * perUnit + 0.5) | 0;
  };
  const [binNow, binBefore] = [binOf(now), binOf(before)];
  const mlOf = ({ grid }: CoarseImage): number => voxelCount(grid) * voxelVolumeMl(grid);
  const smaller = Math.min(mlOf(now), mlOf(before));
  const mlPerSample = voxelVolumeMl(now.grid) * stride ** 3;

  return (nowToBefore) => {
    const m = multiply(lpsToVoxel, multiply(nowToBefore, now.grid.voxelToLps));
    const joint = new Float64Array(bins * bins);
    let [inBoth, counted] = [0, 0];
    for (let k = 0; k < slices; k += stride)
      for (let j = 0; j < rows; j += stride)
        for (let i = 0; i < columns; i += stride) {
          const x = m[0] * i + m[1] * j + m[2] * k + m[3];
          const y = m[4] * i + m[5] * j + m[6] * k + m[7];
          const z = m[8] * i + m[9] * j + m[10] * k + m[11];
          if (!isWithin(before.grid.size, x, y, z)) continue;
          inBoth++;
          const a = now.voxels[i + columns * (j + rows * k)]!;
          const b = valueAt(before, x, y, z);
          if (a < now.airBelow && b < before.airBelow) continue;
          counted++;
          const cell = bins * binNow(a) + binBefore(b);
          joint[cell] = joint[cell]! + 1;
        }
    const overlap = Math.min(1, (inBoth * mlPerSample) / smaller);
    return { information: counted < fewest ? 1 : informationOf(joint, counted), overlap };
  };
}

function informationOf(joint: Float64Array, counted: number): number {
  const [a, b] = [new Float64Array(bins), new Float64Array(bins)];
  joint.forEach((count, cell) => {
    const [row, column] = [(cell / bins) | 0, cell % bins];
    a[row] = a[row]! + count;
    b[column] = b[column]! + count;
  });
  const entropy = (counts: Float64Array): number =>
    counts.reduce((sum, count) => (count === 0 ? sum : sum - (count / counted) * Math.log(count / counted)), 0);
  const together = entropy(joint);
  return together === 0 ? 1 : (entropy(a) + entropy(b)) / together;
}
