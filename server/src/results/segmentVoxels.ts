import type { SliceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { getBit } from '../values/maskBits.js';
import { framesOnGrid } from './maskOfSegment.js';
import type { ReadSegmentation } from './readSegmentation.js';

/** The voxels of one segment, read one by one without a mask of the whole grid. */
export interface SegmentVoxels {
  /** Whether voxel (column, row, slice) of the grid belongs to the segment; false outside the grid. */
  contains(i: number, j: number, k: number): boolean;
  /** Calls `visit` with each voxel of the segment. */
  forEach(visit: (i: number, j: number, k: number) => void): void;
}

/**
 * A segment on a grid, from a segmentation of any type; for a FRACTIONAL one, the voxels with at least half of the
 * maximum fraction.
 * @throws PromptsegError `segmentation-unreadable` if there is no such segment, or a frame is on no slice of the grid
 */
export function segmentVoxels(segmentation: ReadSegmentation, segmentNumber: number, grid: SliceGrid): SegmentVoxels {
  const { rows, columns } = segmentation;
  const frameOfSlice = new Map(
    framesOnGrid(segmentation, segmentNumber, grid).map(({ frame, slice }) => [slice, frame]),
  );
  const isSet = pixelTest(segmentation, segmentNumber);
  return {
    contains(i, j, k) {
      const frame = frameOfSlice.get(k);
      return (
        frame !== undefined && i >= 0 && j >= 0 && i < columns && j < rows && isSet(i + columns * (j + rows * frame))
      );
    },
    forEach(visit) {
      for (const [k, frame] of frameOfSlice) {
        const first = frame * rows * columns;
        for (let pixel = 0; pixel < rows * columns; pixel++)
          if (isSet(first + pixel)) visit(pixel % columns, Math.floor(pixel / columns), k);
      }
    },
  };
}

/** Whether the pixel with this index, counted over all frames, belongs to the segment. */
function pixelTest({ pixels }: ReadSegmentation, segmentNumber: number): (index: number) => boolean {
  switch (pixels.type) {
    case 'BINARY':
      return (index) => ((pixels.bits[Math.floor(index / 8)]! >>> (index % 8)) & 1) === 1;
    case 'LABELMAP':
      return (index) => pixels.labels[index] === segmentNumber;
    case 'FRACTIONAL':
      return (index) => pixels.values[index]! >= pixels.maximumFractionalValue / 2;
  }
}

/** The same for a mask. */
export function maskVoxels({ grid, bits }: Mask): SegmentVoxels {
  const [columns, rows, slices] = grid.size;
  return {
    contains: (i, j, k) =>
      i >= 0 && j >= 0 && k >= 0 && i < columns && j < rows && k < slices && getBit(bits, i + columns * (j + rows * k)),
    forEach(visit) {
      for (let n = 0; n < columns * rows * slices; n++)
        if (getBit(bits, n)) visit(n % columns, Math.floor(n / columns) % rows, Math.floor(n / (columns * rows)));
    },
  };
}
