import type { Vector3 } from '../../../values/affine.js';
import type { Block } from '../../clickable.js';
import { map } from './blocks.js';
import { roundHalfEven } from './roundHalfEven.js';

/** Where the network looks: a block of voxels, which may extend beyond the image, shown in its window. */
export interface View {
  readonly block: Block;
  readonly window: Vector3;
  /** How many voxels along an axis become one of the window. */
  readonly zoom: number;
}

export const isZoomed = ({ block, window }: View): boolean => block.size.some((length, n) => length !== window[n]);

/** A view with a voxel in its middle. */
export function viewAround(voxel: Vector3, window: Vector3, zoom: number): View {
  const size = map((axis) => roundHalfEven(window[axis] * zoom));
  return { block: { first: map((axis) => voxel[axis] - Math.floor(size[axis] / 2)), size }, window, zoom };
}

/** Places between which the values along an axis are interpolated. */
export interface Between {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** Weight of `high`, 0–1. */
  readonly share: Float32Array;
}

/** Linear interpolation from `from` to `to` values, as PyTorch does it without aligned corners, in its precision. */
export function interpolation(from: number, to: number): Between {
  const scale = Math.fround(from / to);
  const between = { low: new Int32Array(to), high: new Int32Array(to), share: new Float32Array(to) };
  for (let n = 0; n < to; n++) {
    const at = Math.max(0, Math.fround(Math.fround(scale * (n + 0.5)) - 0.5));
    between.low[n] = Math.floor(at);
    between.high[n] = Math.min(Math.floor(at) + 1, from - 1);
    between.share[n] = at - Math.floor(at);
  }
  return between;
}

/** The first of `from` values that value `n` of `to` is the mean of, and the one after the last. */
export const averaged = (n: number, from: number, to: number): readonly [first: number, end: number] => [
  Math.floor((n * from) / to),
  Math.ceil(((n + 1) * from) / to),
];
