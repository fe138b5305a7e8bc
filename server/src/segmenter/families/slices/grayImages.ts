import { percentile } from '../../percentile.js';
import type { SliceOrder } from './sliceOrder.js';

const { max, min } = Math;

type Voxels = Int16Array | Float32Array;

/** The grey value, 0–255, of each possible voxel value; not rounded. */
export type GrayScale = (value: number) => number;

/**
 * CT: values are clipped to the window; the minimum and maximum of the result become 0 and 255.
 *
 * @param level centre of the window, HU
 * @param width of the window, HU
 */
export function windowScale(voxels: Voxels, level: number, width: number): GrayScale {
  return stretch(voxels, level - width / 2, level + width / 2);
}

/** Other modalities: the same between two percentiles of the values above 0; 0 stays 0. */
export function percentileScale(voxels: Voxels, lowPercent: number, highPercent: number): GrayScale {
  const values = voxels instanceof Float32Array ? voxels : Float32Array.from(voxels);
  const aboveZero = (value: number) => value > 0;
  const low = percentile(values, lowPercent, aboveZero);
  if (Number.isNaN(low)) return () => 0;
  const scale = stretch(voxels, low, percentile(values, highPercent, aboveZero));
  return (value) => (value === 0 ? 0 : scale(value));
}

function stretch(voxels: Voxels, low: number, high: number): GrayScale {
  const clip = (value: number) => min(max(value, low), high);
  let least = Infinity;
  let most = -Infinity;
  for (let n = 0; n < voxels.length; n++) {
    const value = clip(voxels[n]!);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const range = most - least;
  return range > 0 ? (value) => ((clip(value) - least) / range) * 255 : () => 0;
}

/** One image of the stack in grey values, rows·columns, truncated to integers. */
export function grayImage(voxels: Voxels, scale: GrayScale, order: SliceOrder, slice: number): Uint8Array {
  const values = sliceValues(voxels, order, slice);
  const image = new Uint8Array(values.length);
  for (let n = 0; n < image.length; n++) image[n] = scale(values[n]!);
  return image;
}

/** The voxels of one image of the stack, rows·columns. */
export function sliceValues(
  voxels: Voxels,
  { columns, rows, offset, steps: [alongColumns, alongRows, alongSlices] }: SliceOrder,
  slice: number,
): Float32Array {
  const values = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    let voxel = offset + slice * alongSlices + row * alongRows;
    for (let column = 0; column < columns; column++, voxel += alongColumns)
      values[row * columns + column] = voxels[voxel]!;
  }
  return values;
}
