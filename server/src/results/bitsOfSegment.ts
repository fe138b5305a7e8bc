import type { SliceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { fractionsOfSegment, maskOfSegment } from './maskOfSegment.js';
import type { ReadSegmentation } from './readSegmentation.js';

/**
 * A segment's voxels on a grid, from a segmentation of any type. For a FRACTIONAL one, the voxels with at least half of
 * the maximum fraction, which need not equal the model's decision: that is not stored.
 * @throws PromptsegError as {@link maskOfSegment}
 */
export function bitsOfSegment(segmentation: ReadSegmentation, segmentNumber: number, grid: SliceGrid): Mask {
  if (segmentation.pixels.type !== 'FRACTIONAL') return maskOfSegment(segmentation, segmentNumber, grid);
  const half = segmentation.pixels.maximumFractionalValue / 2;
  const fractions = fractionsOfSegment(segmentation, segmentNumber, grid);
  const bits = new Uint8Array(Math.ceil(fractions.length / 8));
  for (let n = 0; n < fractions.length; n++) if (fractions[n]! >= half) bits[n >>> 3]! |= 1 << (n & 7);
  return { grid, bits };
}
