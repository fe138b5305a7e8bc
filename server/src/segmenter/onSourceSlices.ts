import { isEven, type SliceGrid, slicePosition, voxelCount } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { emptyBits, getBit, setBit } from '../values/maskBits.js';
import type { TargetOutcome } from './segmenter.js';

/**
 * Maps outcomes on the even grid of a series to the slices of its images: every source slice takes the nearest even
 * slice. If the source is even, the outcomes are returned unchanged.
 *
 * A target that is only in bridged gaps counts as not found, because no image shows it.
 *
 * @param source the grid of the volume before it was made even
 */
export function onSourceSlices(outcomes: readonly TargetOutcome[], source: SliceGrid): readonly TargetOutcome[] {
  if (isEven(source)) return outcomes;
  return outcomes.map((outcome) => {
    if (outcome.status === 'not-found') return outcome;
    const mask = maskOnSourceSlices(outcome.mask, source);
    if (mask.bits.every((byte) => byte === 0)) {
      return {
        target: outcome.target,
        status: 'not-found',
        reason: 'It is only between slices: no image of the series shows it.',
      };
    }
    const { probability } = outcome;
    return {
      ...outcome,
      mask,
      ...(probability !== undefined && { probability: probabilityOnSourceSlices(probability, source) }),
    };
  });
}

/** @param mask on the even grid of `source` */
export function maskOnSourceSlices(mask: Mask, source: SliceGrid): Mask {
  const [columns, rows, slices] = source.size;
  const sliceSize = columns * rows;
  const bits = emptyBits(voxelCount(source));
  for (let k = 0; k < slices; k++)
    copySlice(mask.bits, evenSlice(source, k) * sliceSize, bits, k * sliceSize, sliceSize);
  return { grid: source, bits };
}

function probabilityOnSourceSlices(probability: Uint8Array, source: SliceGrid): Uint8Array {
  const [columns, rows, slices] = source.size;
  const sliceSize = columns * rows;
  const out = new Uint8Array(voxelCount(source));
  for (let k = 0; k < slices; k++) {
    const first = evenSlice(source, k) * sliceSize;
    out.set(probability.subarray(first, first + sliceSize), k * sliceSize);
  }
  return out;
}

const evenSlice = (source: SliceGrid, k: number): number => Math.round(slicePosition(source, k));

/** Copies `count` bits; whole bytes at once if both slices begin on a byte, as in nearly all images. */
function copySlice(from: Uint8Array, first: number, to: Uint8Array, target: number, count: number): void {
  if (first % 8 === 0 && target % 8 === 0 && count % 8 === 0) {
    to.set(from.subarray(first / 8, (first + count) / 8), target / 8);
    return;
  }
  for (let n = 0; n < count; n++) if (getBit(from, first + n)) setBit(to, target + n);
}
