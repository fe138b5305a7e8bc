import type { Vector3 } from '../../../values/affine.js';
import type { SliceOrder } from '../slices/sliceOrder.js';

const { floor, max, min, round } = Math;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Size of a slice in the network's square image: the longer side, in mm, fills it; the slice is in the upper left
 * corner. Upstream measures in pixels (`resize_longest_side`), which is the same for square pixels.
 *
 * @param spacing of the grid, mm
 */
export function fitInto(size: number, { columns, rows, axes }: SliceOrder, spacing: Vector3): Size {
  const [width, height] = [columns * spacing[axes[0]]!, rows * spacing[axes[1]]!];
  const ratio = size / max(width, height);
  return { columns: max(1, round(width * ratio)), rows: max(1, round(height * ratio)) };
}

/**
 * Resizes a grey image: every pixel is the mean of the area that it covers, like OpenCV's `INTER_AREA`, which upstream
 * uses.
 *
 * @param image rows·columns of `from`
 * @returns rows·columns of `to`, rounded
 */
export function resizeByArea(image: Uint8Array, from: Size, to: Size): Uint8Array {
  if (from.columns === to.columns && from.rows === to.rows) return image;
  const across = coverage(from.columns, to.columns);
  const down = coverage(from.rows, to.rows);
  const narrowed = new Float64Array(from.rows * to.columns);
  for (let row = 0; row < from.rows; row++)
    for (let column = 0; column < to.columns; column++) {
      let sum = 0;
      for (const { place, weight } of across[column]!) sum += weight * image[row * from.columns + place]!;
      narrowed[row * to.columns + column] = sum;
    }
  const resized = new Uint8ClampedArray(to.columns * to.rows);
  for (let row = 0; row < to.rows; row++)
    for (let column = 0; column < to.columns; column++) {
      let sum = 0;
      for (const { place, weight } of down[row]!) sum += weight * narrowed[place * to.columns + column]!;
      resized[row * to.columns + column] = sum;
    }
  return new Uint8Array(resized.buffer);
}

/** For each pixel of a line resized from `length` to `count` pixels: the source pixels that it covers, with weights. */
function coverage(length: number, count: number): { place: number; weight: number }[][] {
  const scale = length / count;
  return Array.from({ length: count }, (_, n) => {
    const [start, end] = [n * scale, min((n + 1) * scale, length)];
    const covered: { place: number; weight: number }[] = [];
    for (let place = floor(start); place < end; place++) {
      const weight = (min(place + 1, end) - max(place, start)) / (end - start);
      // Smaller weights are rounding errors of `scale`.
      if (weight > 1e-9) covered.push({ place, weight });
    }
    return covered;
  });
}

/**
 * The network's input: grey values scaled from minimum and maximum to 0–1, three times, with 0 outside the slice.
 *
 * @param image rows·columns of `fit`
 * @returns 3·size·size
 */
export function networkImage(image: Uint8Array, fit: Size, size: number): Float32Array {
  let [least, greatest] = [255, 0];
  for (const value of image) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const range = max(greatest - least, 1e-8);
  const tensor = new Float32Array(3 * size * size);
  for (let row = 0; row < fit.rows; row++)
    for (let column = 0; column < fit.columns; column++)
      tensor[row * size + column] = (image[row * fit.columns + column]! - least) / range;
  tensor.copyWithin(size * size, 0, size * size);
  tensor.copyWithin(2 * size * size, 0, size * size);
  return tensor;
}
