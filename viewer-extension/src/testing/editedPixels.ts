import type { SegmentPixels } from '../panel/host.js';

/** An edited segmentation of 9 pixels per image, whose second frame therefore begins within a byte. */
export const editedPixels: SegmentPixels = {
  rows: 3,
  columns: 3,
  segments: [{ number: 3, label: 'Left lung' }],
  frames: [
    {
      segmentNumber: 3,
      sopInstanceUID: '1.2.3.4.7',
      plane: {
        imagePositionPatient: [-1.234567890123456, 2, 3],
        imageOrientationPatient: [1, 0, 0, 0, 1, 0],
        pixelSpacing: [0.5, 0.25],
      },
      bits: Uint8Array.of(0b10000001, 0b1),
    },
    {
      segmentNumber: 3,
      sopInstanceUID: '1.2.3.4.8',
      frameNumber: 2,
      plane: { imagePositionPatient: [0, 0, 0], imageOrientationPatient: [1, 0, 0, 0, 1, 0], pixelSpacing: [1, 1] },
      bits: Uint8Array.of(0b00000011, 0b1),
    },
  ],
  planes: [],
};
