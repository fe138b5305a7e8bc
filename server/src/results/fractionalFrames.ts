import { encodeRle } from '../dicom/encodeRle.js';
import { rleLossless } from '../dicom/transferSyntaxes.js';
import { PromptsegError } from '../platform/errors.js';
import { type SourceGrid, voxelCount } from '../values/grid.js';
import { encodeEncapsulatedPixelData } from './encodeElements.js';
import { hasSetBit } from './packFrames.js';
import type { SegmentationFrames, SegmentOfInput } from './storedFrames.js';

/** The value for a probability of 1: Maximum Fractional Value (0062,000E). */
const maximumFractionalValue = 255;

/**
 * Frames of Segmentation Type FRACTIONAL, Segmentation Fractional Type PROBABILITY (PS3.3 section C.8.20.2.3): one per
 * segment and slice that has a probability of 1/510 or more anywhere, 8 bits per pixel; RLE Lossless, because most of a
 * probability map is 0.
 *
 * @throws PromptsegError `result-not-encodable` for probabilities on another grid than the mask, or all 0, or more than
 * 3.75 GiB of pixels
 */
export function fractionalFrames(
  segments: readonly (SegmentOfInput<SourceGrid> & { readonly probability: Uint8Array })[],
): SegmentationFrames {
  if (segments.some(({ mask: { grid }, probability }) => probability.length !== voxelCount(grid)))
    throw new PromptsegError('result-not-encodable', 'Probabilities are not on the grid of their mask.');
  const frames = segments.flatMap(({ target, mask: { grid }, probability }, index) => {
    const [columns, rows, slices] = grid.size;
    const pixelsOf = (slice: number) => probability.subarray(slice * columns * rows, (slice + 1) * columns * rows);
    const framesOfSegment = Array.from({ length: slices }, (_, slice) => slice)
      .filter((slice) => hasSetBit(pixelsOf(slice), 0, 8 * columns * rows))
      .map((slice) => ({ slice, segmentNumber: index + 1, encoded: encodeRle(pixelsOf(slice), columns) }));
    if (framesOfSegment.length === 0)
      throw new PromptsegError('result-not-encodable', `The probability of ${target.name} is 0 everywhere.`);
    return framesOfSegment;
  });
  return {
    frames: frames.map(({ slice, segmentNumber }) => ({ slice, segmentNumber })),
    pixelDescription: {
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
      SegmentationType: 'FRACTIONAL',
      SegmentationFractionalType: 'PROBABILITY',
      MaximumFractionalValue: maximumFractionalValue,
      SegmentsOverlap: 'UNDEFINED', // where a probability counts as presence is for the reader to say
    },
    transferSyntaxUID: rleLossless,
    pixelDataElement: encodeEncapsulatedPixelData(frames.map(({ encoded }) => encoded)),
  };
}
