import { apply, column, invert, normalize } from '../values/affine.js';
import { nearestSlice, type SourceGrid, slicePosition, spacing, voxelCount } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { copyBits } from './packFrames.js';
import type { ReadFrame, ReadSegmentation } from './readSegmentation.js';
import { unreadable } from './segmentationPixels.js';

/**
 * How far a frame may be from its slice, in voxels, and how much direction cosines and relative spacing may differ.
 */
const positionTolerance = 0.1;
const directionTolerance = 1e-3;

/**
 * A segment's voxels on a grid whose slices the frames are on, matched by position, orientation and spacing, in any
 * order; on a single image, frames of its size. For a BINARY or LABELMAP segmentation; a FRACTIONAL one does not
 * determine which voxels belong to a segment (see {@link fractionsOfSegment}).
 * @throws PromptsegError `segmentation-unreadable` if there is no such segment, or a frame is on no slice of the grid
 */
export function maskOfSegment<OnGrid extends SourceGrid>(
  segmentation: ReadSegmentation,
  segmentNumber: number,
  grid: OnGrid,
): Mask<OnGrid> {
  const { pixels, rows, columns } = segmentation;
  if (pixels.type === 'FRACTIONAL') throw unreadable('The segmentation holds fractions, not masks.');
  const frameVoxels = rows * columns;
  const bits = new Uint8Array(Math.ceil(voxelCount(grid) / 8));
  for (const { frame, slice } of framesOnGrid(segmentation, segmentNumber, grid)) {
    const [from, to] = [frame * frameVoxels, slice * frameVoxels];
    if (pixels.type === 'BINARY') copyBits(pixels.bits, from, bits, to, frameVoxels);
    else
      for (let pixel = 0; pixel < frameVoxels; pixel++)
        if (pixels.labels[from + pixel] === segmentNumber) bits[(to + pixel) >>> 3]! |= 1 << ((to + pixel) & 7);
  }
  return { grid, bits };
}

/**
 * A segment's fractions on a grid, with frames as for {@link maskOfSegment}: 0 to the object's
 * `maximumFractionalValue`, voxels in the order of a mask's bits.
 * @throws PromptsegError `segmentation-unreadable` also if the segmentation is not FRACTIONAL
 */
export function fractionsOfSegment(
  segmentation: ReadSegmentation,
  segmentNumber: number,
  grid: SourceGrid,
): Uint8Array {
  const { pixels, rows, columns } = segmentation;
  if (pixels.type !== 'FRACTIONAL') throw unreadable('The segmentation holds masks, not fractions.');
  const frameVoxels = rows * columns;
  const fractions = new Uint8Array(voxelCount(grid));
  for (const { frame, slice } of framesOnGrid(segmentation, segmentNumber, grid))
    fractions.set(pixels.values.subarray(frame * frameVoxels, (frame + 1) * frameVoxels), slice * frameVoxels);
  return fractions;
}

/**
 * The frames of a segment, each with the slice that it is on.
 * @throws PromptsegError as {@link maskOfSegment}
 */
export function framesOnGrid(
  segmentation: ReadSegmentation,
  segmentNumber: number,
  grid: SourceGrid,
): readonly { readonly frame: number; readonly slice: number }[] {
  const isLabelMap = segmentation.pixels.type === 'LABELMAP';
  const isThere = isLabelMap
    ? segmentation.segments.some(({ number }) => number === segmentNumber)
    : segmentation.frames.some((frame) => frame.segmentNumber === segmentNumber);
  if (!isThere) throw unreadable(`The segmentation has no segment ${segmentNumber}.`);
  const filled = new Set<number>();
  return segmentation.frames.flatMap((frame, index) => {
    if (!isLabelMap && frame.segmentNumber !== segmentNumber) return [];
    const slice = sliceOf(frame, segmentation, grid);
    if (slice === undefined || filled.has(slice))
      throw unreadable('The frames of the segmentation are not on the slices of the images.', {
        frameNumber: index + 1,
      });
    filled.add(slice);
    return [{ frame: index, slice }];
  });
}

function sliceOf(frame: ReadFrame, { rows, columns }: ReadSegmentation, grid: SourceGrid): number | undefined {
  const { imagePositionPatient, imageOrientationPatient, pixelSpacing } = frame;
  if (columns !== grid.size[0] || rows !== grid.size[1]) return undefined;
  if (grid.voxelToLps === undefined) return 0;
  if (imagePositionPatient === undefined) return undefined;
  const [betweenColumns, betweenRows] = spacing(grid);
  const expected = [...normalize(column(grid.voxelToLps, 0)), ...normalize(column(grid.voxelToLps, 1)), 1, 1];
  const found = [...imageOrientationPatient, pixelSpacing[0]! / betweenRows, pixelSpacing[1]! / betweenColumns];
  if (!expected.every((value, index) => Math.abs(value - found[index]!) < directionTolerance)) return undefined;
  const [i, j, position] = apply(invert(grid.voxelToLps), imagePositionPatient);
  const slice = nearestSlice(grid, position);
  if (slice < 0 || slice >= grid.size[2]) return undefined;
  const offset = Math.max(Math.abs(i), Math.abs(j), Math.abs(slicePosition(grid, slice) - position));
  return offset < positionTolerance ? slice : undefined;
}
