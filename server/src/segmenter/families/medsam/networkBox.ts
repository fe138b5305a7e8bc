import type { GridBox } from '../../promptable.js';
import type { SliceOrder } from '../slices/sliceOrder.js';
import type { Size } from './fitImage.js';

const { floor, max, min } = Math;

/** A box in the network's image, in pixels: its outermost columns and rows. */
export interface NetworkBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A person's box in the network's image, in whole pixels like upstream's (`resize_box_to_256`). */
export function boxOfPrompt({ least, greatest }: GridBox, order: SliceOrder, fit: Size): NetworkBox {
  const line = (axis: number, step: number, count: number, pixels: number): [number, number] => {
    const place = (voxel: number) => min(max(step > 0 ? voxel : count - 1 - voxel, 0), count - 1);
    const ends = [place(least[axis]!), place(greatest[axis]!)].map((end) => floor((end * pixels) / count));
    return [min(...ends), max(...ends)];
  };
  const [left, right] = line(order.axes[0], order.steps[0], order.columns, fit.columns);
  const [top, bottom] = line(order.axes[1], order.steps[1], order.rows, fit.rows);
  return { left, top, right, bottom };
}

/**
 * The box of a mask, within the part of the image that shows the slice.
 * @param logits size·size; pixels greater than `threshold` are marked
 */
export function boxOfMask(
  logits: Float32Array,
  size: number,
  fit: Size,
  threshold: number,
): { readonly box: NetworkBox | undefined; readonly area: number } {
  let [left, top, right, bottom, area] = [size, size, -1, -1, 0];
  for (let row = 0; row < fit.rows; row++)
    for (let column = 0; column < fit.columns; column++) {
      if (logits[row * size + column]! <= threshold) continue;
      area++;
      left = min(left, column);
      right = max(right, column);
      top = min(top, row);
      bottom = row;
    }
  return { box: area === 0 ? undefined : { left, top, right, bottom }, area };
}
