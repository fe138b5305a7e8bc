import { describe, expect, it } from '@jest/globals';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { encodeSegmentPixels } from '../../viewer-extension/src/panel/results/encodeSegmentPixels.js';
import { editedPixels } from '../../viewer-extension/src/testing/editedPixels.js';

describe('an edited segmentation as the panel sends it', () => {
  it('is read by the server with its segments, frames and planes', () => {
    const sent = encodeSegmentPixels('1.2.3', editedPixels);
    const { studyInstanceUID, rows, columns, segments, frames, pixels } = readSegmentation(sent);
    expect({ studyInstanceUID, rows, columns }).toEqual({ studyInstanceUID: '1.2.3', rows: 3, columns: 3 });
    expect(segments).toMatchObject([{ number: 3, label: 'Left lung' }]);
    expect(frames).toMatchObject([
      {
        segmentNumber: 3,
        imageOrientationPatient: [1, 0, 0, 0, 1, 0],
        pixelSpacing: [0.5, 0.25],
        sourceImages: [{ sopInstanceUID: '1.2.3.4.7' }],
      },
      { segmentNumber: 3, sourceImages: [{ sopInstanceUID: '1.2.3.4.8', frameNumber: 2 }] },
    ]);
    expect(frames[0]!.imagePositionPatient![0]).toBeCloseTo(-1.234567890123456, 9);
    // 9 bits a frame: the second begins in the middle of a byte.
    expect(pixels).toMatchObject({ type: 'BINARY', bits: Uint8Array.of(0b10000001, 0b00000111, 0b10) });
  });
});
