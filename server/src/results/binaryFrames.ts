import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import type { SourceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { elementHeader, pixelDataTag } from './encodeElements.js';
import { framesWithContent, masksOverlap, packPixels } from './packFrames.js';
import { requirePixelDataFits } from './pixelDataLimit.js';
import type { SegmentationFrames } from './storedFrames.js';

/**
 * Frames of Segmentation Type BINARY: one per segment and slice that it touches, one bit per pixel, not compressed: no
 * transfer syntax that archives and viewers commonly read compresses single bits.
 * @throws PromptsegError `result-not-encodable` for more than 3.75 GiB of pixels
 */
export function binaryFrames(masks: readonly Mask<SourceGrid>[]): SegmentationFrames {
  const frames = framesWithContent(masks);
  const [columns, rows] = masks[0]?.grid.size ?? [0, 0];
  requirePixelDataFits((frames.length * columns * rows) / 8);
  const pixelData = packPixels(masks, frames);
  return {
    frames: frames.map(({ mask, slice }) => ({ slice, segmentNumber: mask + 1 })),
    pixelDescription: {
      BitsAllocated: 1,
      BitsStored: 1,
      HighBit: 0,
      SegmentationType: 'BINARY',
      SegmentsOverlap: masksOverlap(masks) ? 'YES' : 'NO',
    },
    transferSyntaxUID: explicitVRLittleEndian,
    pixelDataElement: [elementHeader(pixelDataTag, 'OB', pixelData.length), pixelData],
  };
}
