import { describe, expect, it } from '@jest/globals';
import { aCompletedJob } from '../../testing/jobs.js';
import type { SegmentFrame } from '../host.js';
import { compareResults } from './compareResults.js';
import { diceOf } from './dice.js';
import { type JobResult, resultsOf } from './results.js';

const [lung] = resultsOf(aCompletedJob())[0]!.findings;
const withTargets = (...targets: readonly [id: string, volumeMl: number][]): JobResult => ({
  ...resultsOf(aCompletedJob())[0]!,
  findings: targets.map(([id, volumeMl], index) => ({
    ...lung!,
    target: { ...lung!.target, id },
    segmentNumber: index + 1,
    volumeMl,
  })),
});

describe('results side by side', () => {
  it('are listed by target, shared ones first, with the difference of the last to the first', () => {
    const rows = compareResults([withTargets(['a', 10], ['b', 200]), withTargets(['b', 150], ['c', 3])]);
    expect(rows.map(({ target }) => target.id)).toEqual(['b', 'a', 'c']);
    expect(rows[0]).toMatchObject({
      cells: [
        { volumeMl: 200, segmentNumber: 2 },
        { volumeMl: 150, segmentNumber: 1 },
      ],
      difference: { volumeMl: -50, fraction: -0.25 },
    });
    expect(rows[1]!.cells).toMatchObject([{ volumeMl: 10, segmentNumber: 1 }, undefined]);
    expect(rows[1]!.difference).toBeUndefined();
  });

  it('have no difference in mL where they are marks on single images', () => {
    const { volumeMl: _, ...mark } = lung!;
    const onImage: JobResult = { ...resultsOf(aCompletedJob())[0]!, findings: [{ ...mark, areaMm2: 40 }] };
    expect(compareResults([onImage, onImage])[0]!.difference).toBeUndefined();
  });
});

describe('the Dice coefficient', () => {
  const frame = (sopInstanceUID: string, segmentNumber: number, ...bits: number[]): SegmentFrame => ({
    sopInstanceUID,
    segmentNumber,
    bits: Uint8Array.from(bits),
    plane: { imagePositionPatient: [], imageOrientationPatient: [], pixelSpacing: [] },
  });

  it('counts the voxels of both on each image, also on images that only one is on', () => {
    const a = { frames: [frame('1', 1, 0b1111, 0b1), frame('2', 1, 0b11), frame('1', 2, 0xff, 0xff)] };
    const b = { frames: [frame('1', 5, 0b0011, 0b1), frame('3', 5, 0b1)] };
    expect(diceOf(a, 1, b, 5)).toBeCloseTo((2 * 3) / (7 + 4), 12);
    expect(diceOf(a, 1, a, 1)).toBe(1);
    expect(diceOf(a, 1, b, 9)).toBe(0);
  });

  it('is none of two empty segments', () => {
    expect(diceOf({ frames: [] }, 1, { frames: [] }, 1)).toBeUndefined();
  });
});
