import { setBit } from '../../../values/maskBits.js';
import { interpolateLogits } from '../slices/interpolateLogits.js';
import type { SliceOrder } from '../slices/sliceOrder.js';
import type { Size } from './fitImage.js';

/**
 * Maps the logits of one slice to its voxels, like upstream (`postprocess_masks`): cuts out the part that shows the
 * slice, and interpolates.
 *
 * @param logits size·size
 * @param threshold a voxel is marked if its logit is greater
 * @returns the number of voxels
 */
export function markSlice(
  logits: Float32Array,
  size: number,
  fit: Size,
  threshold: number,
  { columns, rows, offset, steps: [alongColumns, alongRows, alongSlices] }: SliceOrder,
  slice: number,
  bits: Uint8Array,
): number {
  const here = interpolateLogits(logits, size, { columns, rows }, { left: 0, top: 0, columns, rows }, fit);
  let marked = 0;
  for (let row = 0, pixel = 0; row < rows; row++) {
    let voxel = offset + slice * alongSlices + row * alongRows;
    for (let column = 0; column < columns; column++, pixel++, voxel += alongColumns) {
      if (here[pixel]! <= threshold) continue;
      setBit(bits, voxel);
      marked++;
    }
  }
  return marked;
}
