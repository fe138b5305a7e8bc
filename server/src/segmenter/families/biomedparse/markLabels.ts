import { setBit } from '../../../values/maskBits.js';
import type { SliceOrder } from '../slices/sliceOrder.js';

/**
 * Maps the labels of one image back to the voxels of its slice, before padding and resizing: the nearest label as in
 * PyTorch (rounded down, with the ratio of the sizes in float32).
 *
 * @param labels size·size: 0 for none, otherwise 1 + index of the mask
 * @param masks bits in which the slice's voxels are set
 */
export function markLabels(
  labels: Uint16Array,
  size: number,
  { columns, rows, offset, steps: [alongColumns, alongRows, alongSlices] }: SliceOrder,
  slice: number,
  masks: readonly Uint8Array[],
): void {
  const side = Math.max(columns, rows);
  const ratio = Math.fround(size / side);
  const nearest = (place: number) => Math.min(Math.floor(Math.fround(place * ratio)), size - 1);
  const [left, top] = [(side - columns) >> 1, (side - rows) >> 1];
  const columnOf = Int32Array.from({ length: columns }, (_, column) => nearest(left + column));
  for (let row = 0; row < rows; row++) {
    const line = nearest(top + row) * size;
    let voxel = offset + slice * alongSlices + row * alongRows;
    for (let column = 0; column < columns; column++, voxel += alongColumns) {
      const label = labels[line + columnOf[column]!]!;
      if (label > 0) setBit(masks[label - 1]!, voxel);
    }
  }
}
