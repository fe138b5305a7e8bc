import { setBit } from '../../../values/maskBits.js';
import { interpolateLogits } from '../slices/interpolateLogits.js';
import type { SliceOrder } from '../slices/sliceOrder.js';
import { paddingOf } from './shownImage.js';
import { sigmoid } from './sigmoid.js';

const { round } = Math;

/**
 * Maps the logits of one image back to the voxels of its slice, like upstream for pictures that it resizes:
 * interpolated to the size of the slice with its padding.
 * @param logits count·count
 * @param probability a voxel with a higher probability is marked
 * @param masks in which the slice's voxels are set; undefined to only count them
 * @returns the number of voxels
 */
export function markPixels(
  logits: Float32Array,
  count: number,
  probability: number,
  order: SliceOrder,
  slice: number,
  masks: { readonly bits: Uint8Array; readonly probability?: Uint8Array | undefined } | undefined,
): number {
  const { columns, rows, offset, steps } = order;
  const [alongColumns, alongRows, alongSlices] = steps;
  const { left, top } = paddingOf(order);
  const padded = { columns: columns + 2 * left, rows: rows + 2 * top };
  const here = interpolateLogits(logits, count, padded, { left, top, columns, rows });
  let marked = 0;
  for (let row = 0, pixel = 0; row < rows; row++) {
    let voxel = offset + slice * alongSlices + row * alongRows;
    for (let column = 0; column < columns; column++, pixel++, voxel += alongColumns) {
      const value = sigmoid(here[pixel]!);
      if (masks?.probability) masks.probability[voxel] = round(255 * value);
      if (value <= probability) continue;
      if (masks) setBit(masks.bits, voxel);
      marked++;
    }
  }
  return marked;
}
