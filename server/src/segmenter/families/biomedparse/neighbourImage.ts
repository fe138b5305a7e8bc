import type { EvenVolume } from '../../../values/volume.js';
import { type GrayScale, grayImage } from '../slices/grayImages.js';
import type { SliceOrder } from '../slices/sliceOrder.js';
import { squareImage } from './squareImage.js';

/** A volume with one scale of grey values. */
export interface ImageStack {
  readonly voxels: EvenVolume['voxels'];
  /** Name of the CT window; undefined for other modalities. */
  readonly window: string | undefined;
  readonly scale: GrayScale;
}

/**
 * BiomedParse v2's input for a slice: the slice as red, the previous one as green, the next one as blue; at an end the
 * only neighbour twice, a single slice three times.
 *
 * @returns 3·size·size
 */
export function neighbourImage(
  { voxels, scale }: ImageStack,
  order: SliceOrder,
  slice: number,
  size: number,
): Float32Array {
  const last = order.slices - 1;
  const before = slice === 0 ? Math.min(1, last) : slice - 1;
  const after = slice === last ? Math.max(last - 1, 0) : slice + 1;
  const tensor = new Float32Array(3 * size * size);
  for (const [channel, n] of [slice, before, after].entries())
    tensor.set(squareImage(grayImage(voxels, scale, order, n), order.columns, order.rows, size), channel * size * size);
  return tensor;
}
