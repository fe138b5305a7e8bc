import { encodeRle } from '../dicom/encodeRle.js';
import { rleLossless } from '../dicom/transferSyntaxes.js';
import type { SourceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { encodeEncapsulatedPixelData } from './encodeElements.js';
import { framesWithContent, masksOverlap } from './packFrames.js';
import type { SegmentationFrames } from './storedFrames.js';

/**
 * Frames of masks that may overlap, a byte per pixel: Segmentation Type FRACTIONAL, Segmentation Fractional Type
 * OCCUPANCY (PS3.3 section C.8.20.2.3), where each voxel is entirely inside (1 of 1) or outside. One frame per segment
 * and slice that it touches; RLE Lossless.
 *
 * OHIF 3.13 shows these like a BINARY segmentation, unlike other fractions, and each frame begins at a whole byte,
 * whatever its size.
 *
 * @throws PromptsegError `result-not-encodable` for more than 3.75 GiB of pixels
 */
export function occupancyFrames(masks: readonly Mask<SourceGrid>[]): SegmentationFrames {
  const frames = framesWithContent(masks);
  const [columns, rows] = masks[0]?.grid.size ?? [0, 0];
  const pixels = new Uint8Array(columns * rows);
  const encoded = frames.map(({ mask, slice }) => {
    unpack(masks[mask]!.bits, slice * pixels.length, pixels);
    return encodeRle(pixels, columns);
  });
  return {
    frames: frames.map(({ mask, slice }) => ({ slice, segmentNumber: mask + 1 })),
    pixelDescription: {
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
      SegmentationType: 'FRACTIONAL',
      SegmentationFractionalType: 'OCCUPANCY',
      MaximumFractionalValue: 1,
      SegmentsOverlap: masksOverlap(masks) ? 'YES' : 'NO',
    },
    transferSyntaxUID: rleLossless,
    pixelDataElement: encodeEncapsulatedPixelData(encoded),
  };
}

/** Writes the bits from `first` on to bytes of 0 and 1. */
function unpack(bits: Uint8Array, first: number, bytes: Uint8Array): void {
  for (let n = 0; n < bytes.length; n++) bytes[n] = (bits[(first + n) >>> 3]! >>> ((first + n) & 7)) & 1;
}
