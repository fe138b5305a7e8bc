import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { loadHeadInstances, loadHeadTruth } from '../../dicom-fixtures/src/headStudy.js';
import { bitsOfTarget, type LabelledTruth } from '../../dicom-fixtures/src/labelledStudy.js';
import type { Attributes } from '../../dicom-fixtures/src/writePart10.js';
import type { Vector3 } from '../../server/src/values/affine.js';
import { spacing } from '../../server/src/values/grid.js';
import { getBit } from '../../server/src/values/maskBits.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { streamOf } from '../volume/streamOf.js';

// Looked up once: Jest's VM contexts make each look-up of the global Math slow.
const { floor, hypot, max, min, round } = Math;

/** Within `inner` mm of the middle of the lateral ventricles everything grows by `factor`; beyond `outer` nothing. */
const growth = { factor: 1.05, inner: 20, outer: 60 };

/** Two times of the shipped synthetic head: as it is, and with larger lateral ventricles. */
export interface HeadAtTwoTimes {
  before(attributes: Attributes): Promise<Uint8Array[]>;
  now(attributes: Attributes): Promise<Uint8Array[]>;
  /** Relative change of a target's volume, of the true labels: 0.1 is 10 % more. */
  trueChange(target: string): number;
}

/**
 * The voxels of the second time are those of the first at another place (linear interpolation): a place at a distance r
 * from the middle shows what was at r·g(r). A voxel's volume grows by the inverse of g²·(g + r·g′), from which the true
 * change follows without drawing the labels.
 */
export async function headAtTwoTimes(): Promise<HeadAtTwoTimes> {
  const truth = loadHeadTruth();
  const { voxels } = await assembleVolume(streamOf(loadHeadInstances()), { signal: new AbortController().signal });
  const middle = middleOf(truth, 'lateral-ventricles');
  const series = (name: string, of: ArrayLike<number>, attributes: Attributes): Promise<Uint8Array[]> => {
    const [columns, rows] = truth.grid.size;
    return createSeries({
      name,
      modality: 'MR',
      grid: truth.grid,
      valueAt: (i, j, k) => of[i + columns * (j + rows * k)]!,
      bitsStored: 12,
      signed: false,
      attributes: () => ({ SeriesDescription: 'Head T1', BodyPartExamined: 'HEAD', ...attributes }),
    });
  };
  return {
    before: (attributes) => series('head before', voxels, attributes),
    now: (attributes) => series('head now', grown(voxels, truth, middle), attributes),
    trueChange: (target) => trueChange(truth, middle, target),
  };
}

/** g(r): what share of its distance from the middle a place's content had before. */
function share(r: number): number {
  const { factor, inner, outer } = growth;
  const t = min(1, max(0, (r - inner) / (outer - inner)));
  const eased = t * t * (3 - 2 * t);
  return 1 / factor + (1 - 1 / factor) * eased;
}

function grown(voxels: ArrayLike<number>, { grid }: LabelledTruth, middle: Vector3): Float32Array {
  const [columns, rows, slices] = grid.size;
  const mm = spacing(grid);
  const values = new Float32Array(columns * rows * slices);
  const value = (i: number, j: number, k: number): number =>
    voxels[min(columns - 1, i) + columns * (min(rows - 1, j) + rows * min(slices - 1, k))]!;
  let n = 0;
  for (let k = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++, n++) {
        const [a, b, c] = [i - middle[0], j - middle[1], k - middle[2]];
        const g = share(hypot(a * mm[0], b * mm[1], c * mm[2]));
        const [x, y, z] = [middle[0] + a * g, middle[1] + b * g, middle[2] + c * g];
        const [p, q, s] = [floor(x), floor(y), floor(z)];
        const [u, v, w] = [x - p, y - q, z - s];
        const line = (along: number, up: number): number =>
          (1 - u) * value(p, q + along, s + up) + u * value(p + 1, q + along, s + up);
        const plane = (up: number): number => (1 - v) * line(0, up) + v * line(1, up);
        values[n] = (1 - w) * plane(0) + w * plane(1);
      }
  return values;
}

function trueChange(truth: LabelledTruth, middle: Vector3, target: string): number {
  const bits = bitsOfTarget(truth, target)!;
  const mm = spacing(truth.grid);
  let [count, volume] = [0, 0];
  forEachBit(bits, truth.grid.size, (voxel) => {
    const distance = hypot(...([0, 1, 2] as const).map((axis) => (voxel[axis] - middle[axis]) * mm[axis]));
    count++;
    volume += volumeNow[min(volumeNow.length - 1, round(distance / stepMm))]!;
  });
  return volume / count - 1;
}

const stepMm = 0.1;
/** What a volume of 1 becomes, by its distance from the middle before, in steps. */
const volumeNow = Float64Array.from({ length: growth.outer / stepMm + 1 }, (_, n) => {
  const r = placeOf(n * stepMm);
  const h = 1e-3;
  const slope = (share(r + h) - share(max(0, r - h))) / (r + h - max(0, r - h));
  const g = share(r);
  return 1 / (g * g * (g + r * slope));
});

/** The distance at which what was at `before` mm is now. */
function placeOf(before: number): number {
  let [low, high] = [0, before * growth.factor + 1];
  for (let halving = 0; halving < 50; halving++) {
    const between = (low + high) / 2;
    if (between * share(between) < before) low = between;
    else high = between;
  }
  return low;
}

function middleOf(truth: LabelledTruth, target: string): Vector3 {
  const sums = [0, 0, 0, 0];
  forEachBit(bitsOfTarget(truth, target)!, truth.grid.size, (voxel) => {
    for (const axis of [0, 1, 2] as const) sums[axis]! += voxel[axis];
    sums[3]!++;
  });
  return [sums[0]! / sums[3]!, sums[1]! / sums[3]!, sums[2]! / sums[3]!];
}

function forEachBit(bits: Uint8Array, [columns, rows, slices]: Vector3, visit: (voxel: Vector3) => void): void {
  for (let k = 0, n = 0; k < slices; k++)
    for (let j = 0; j < rows; j++) for (let i = 0; i < columns; i++, n++) if (getBit(bits, n)) visit([i, j, k]);
}
