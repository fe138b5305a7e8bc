import { PromptsegError } from '../errors.js';
import { apply, column, invert, normalize } from '../geometry/affine.js';
import { type Grid, spacing, voxelCount } from '../geometry/grid.js';
import type { Mask } from '../segmenter/mask.js';
import { copyBits } from './packFrames.js';
import type { ReadFrame, ReadSegmentation } from './readSegmentation.js';

/** How far a frame may lie from its slice, in voxels, and how much direction cosines and relative spacing may differ. */
const positionTolerance = 0.1;
const directionTolerance = 1e-3;

/**
 * A segment's voxels on a grid whose slices the frames lie on, found by position, orientation and spacing, in any order.
 * @throws PromptsegError `segmentation-unreadable` where there is no such segment, or a frame lies on no slice of the grid
 */
export function maskOfSegment(segmentation: ReadSegmentation, segmentNumber: number, grid: Grid): Mask {
  const frameBits = segmentation.rows * segmentation.columns;
  const bits = new Uint8Array(Math.ceil(voxelCount(grid) / 8));
  const filled = new Set<number>();
  segmentation.frames.forEach((frame, index) => {
    if (frame.segmentNumber !== segmentNumber) return;
    const slice = sliceOf(frame, segmentation, grid);
    if (slice === undefined || filled.has(slice))
      throw new PromptsegError(
        'segmentation-unreadable',
        'The frames of the segmentation do not lie on the slices of the images.',
        {
          details: { frameNumber: index + 1 },
        },
      );
    filled.add(slice);
    copyBits(segmentation.pixelData, index * frameBits, bits, slice * frameBits, frameBits);
  });
  if (filled.size === 0)
    throw new PromptsegError('segmentation-unreadable', `The segmentation has no frames of segment ${segmentNumber}.`);
  return { grid, bits };
}

function sliceOf(frame: ReadFrame, { rows, columns }: ReadSegmentation, grid: Grid): number | undefined {
  const { imagePositionPatient, imageOrientationPatient, pixelSpacing } = frame;
  if (imagePositionPatient === undefined || columns !== grid.size[0] || rows !== grid.size[1]) return undefined;
  const [betweenColumns, betweenRows] = spacing(grid);
  const expected = [...normalize(column(grid.voxelToLps, 0)), ...normalize(column(grid.voxelToLps, 1)), 1, 1];
  const found = [...imageOrientationPatient, pixelSpacing[0]! / betweenRows, pixelSpacing[1]! / betweenColumns];
  if (!expected.every((value, index) => Math.abs(value - found[index]!) < directionTolerance)) return undefined;
  const [i, j, k] = apply(invert(grid.voxelToLps), imagePositionPatient);
  const slice = Math.round(k);
  const offset = Math.max(Math.abs(i), Math.abs(j), Math.abs(k - slice));
  return offset < positionTolerance && slice >= 0 && slice < grid.size[2] ? slice : undefined;
}
