import { describe, expect, it } from '@jest/globals';
import { aCompletedJob } from '../../testing/jobs.js';
import type { SegmentPixels } from '../host.js';
import { brushRadius, editDifference, sizeAfter } from './editDifference.js';
import { isFound } from './results.js';

const [lung] = aCompletedJob().findings.filter(isFound);
const findings = [{ ...lung!, volumeMl: 10, voxelCount: 5 }];

/** Frames of segment 3 on images 1 and 2, and of a segment 4 that somebody added. */
const pixels = (first: number, second?: number, added?: number): SegmentPixels => {
  const frame = (segmentNumber: number, image: string, byte: number) => ({
    segmentNumber,
    sopInstanceUID: image,
    plane: { imagePositionPatient: [0, 0, 0], imageOrientationPatient: [1, 0, 0, 0, 1, 0], pixelSpacing: [1, 1] },
    bits: Uint8Array.of(byte),
  });
  return {
    rows: 2,
    columns: 4,
    segments: [{ number: 3, label: 'Left lung' }, ...(added === undefined ? [] : [{ number: 4, label: 'Segment 4' }])],
    frames: [
      frame(3, '1', first),
      ...(second === undefined ? [] : [frame(3, '2', second)]),
      ...(added === undefined ? [] : [frame(4, '1', added)]),
    ],
    planes: [],
  };
};

describe('what an edit changed', () => {
  it('is counted voxel by voxel, also where as many came as went', () => {
    const [change, ...others] = editDifference(findings, pixels(0b1111, 0b1), pixels(0b11110, 0b1));
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      name: 'Left lung',
      before: 5,
      after: 5,
      moved: { added: 1, removed: 1, shared: 0 },
    });
    expect(sizeAfter(change!)).toEqual({ volumeMl: 10 });
  });

  it('is in volume too, with whole images that came and went', () => {
    const [grown] = editDifference(findings, pixels(0b1111, undefined), pixels(0b1111, 0b11));
    expect(grown).toMatchObject({ before: 4, after: 6, moved: { added: 2, removed: 0, shared: 0 } });
    expect(sizeAfter(grown!)).toEqual({ volumeMl: 15 });
    const [shrunk] = editDifference(findings, pixels(0b1111, 0b1), pixels(0));
    expect(shrunk).toMatchObject({ before: 5, after: 0, moved: { added: 0, removed: 5, shared: 0 } });
    expect(sizeAfter(shrunk!)).toEqual({ volumeMl: 0 });
  });

  it('is nothing where no voxel differs', () => {
    expect(editDifference(findings, pixels(0b1111, 0b1), pixels(0b1111, 0b1))).toEqual([]);
  });

  it('has segments that somebody added, and says what they share with others', () => {
    const changes = editDifference(findings, pixels(0b1111, 0b1), pixels(0b1111, 0b1, 0b111));
    expect(changes).toEqual([
      { segmentNumber: 4, name: 'Segment 4', before: 0, after: 3, moved: { added: 3, removed: 0, shared: 3 } },
    ]);
  });

  it('is the difference of the counts where the voxels of before are not known', () => {
    const [change] = editDifference(findings, undefined, pixels(0b1111));
    expect(change).toMatchObject({ before: 5, after: 4 });
    expect(change).not.toHaveProperty('moved');
    expect(editDifference(findings, undefined, pixels(0b11111))).toEqual([]);
  });
});

describe('the brush', () => {
  it('suits the structure, and paints a pixel at least', () => {
    const radius = (volumeMl: number, pixelMm?: number) => brushRadius({ volumeMl, voxelCount: 1 }, pixelMm);
    expect([0.01, 4.79, 120, 2310].map((volumeMl) => radius(volumeMl))).toEqual([0.5, 1.5, 5, 13.5]);
    expect(radius(0.01, 3)).toBe(2.5);
    expect(brushRadius({ areaMm2: 31_416, voxelCount: 1 })).toBe(16.5);
    expect(brushRadius({ voxelCount: 314 })).toBe(1.5);
  });
});
