import { describe, expect, it } from '@jest/globals';
import type { Mask } from '../values/mask.js';
import { compareSegments } from './compareSegments.js';
import { encodeSegmentation, type SegmentationInput } from './encodeSegmentation.js';
import { type ReadSegmentation, readSegmentation } from './readSegmentation.js';
import { makeInput, makeTarget, makeVolume, random, randomGrid, randomMask } from './syntheticSegments.js';

const next = random(11);
const grid = randomGrid(next, [9, 7, 6]);
const volume = makeVolume(grid);
const anywhere = () => randomMask(grid, next, () => true, 0.1);
const kidney = { type: { value: '64033007', scheme: 'SCT' as const, meaning: 'Kidney' } };

type Segment = SegmentationInput['segments'][number];
const stored = (segments: readonly Segment[], kind: SegmentationInput['kind'] = 'BINARY'): ReadSegmentation =>
  readSegmentation(encodeSegmentation({ ...makeInput(volume, []), segments, kind }).part10);
const segment = (name: string, mask: Mask, changes: Parameters<typeof makeTarget>[1] = {}): Segment => ({
  target: makeTarget(name, changes),
  mask,
});
/** What a viewer that writes no Tracking UIDs leaves of an object. */
const withoutTracking = (read: ReadSegmentation): ReadSegmentation => ({
  ...read,
  segments: read.segments.map((each) => ({ ...each, trackingUID: undefined })),
});
const without = (mask: Mask, voxel: number): Mask => {
  const bits = Uint8Array.from(mask.bits);
  bits[voxel >> 3]! &= ~(1 << (voxel & 7));
  return { grid, bits };
};
const firstVoxel = ({ bits }: Mask): number => {
  const byte = bits.findIndex((each) => each > 0);
  return 8 * byte + Math.log2(bits[byte]! & -bits[byte]!);
};
const summary = (edited: ReadSegmentation, predecessor: ReadSegmentation) => {
  const { segments, removed } = compareSegments(edited, predecessor, grid);
  return {
    segments: segments.map(({ segment: { label }, change, predecessor: was }) => [label, change, was?.number]),
    removed: removed.map(({ label }) => label),
  };
};

const [a, b, c] = [anywhere(), anywhere(), anywhere()];
const before = stored([segment('lung', a), segment('spleen', b), segment('kidney', c, kidney)]);

describe('comparing an edited segmentation with its predecessor', () => {
  it('reports nothing if nothing was changed', () => {
    expect(summary(before, before)).toEqual({
      segments: [
        ['lung', 'unchanged', 1],
        ['spleen', 'unchanged', 2],
        ['kidney', 'unchanged', 3],
      ],
      removed: [],
    });
  });

  it('knows a segment by its label, whatever number it got, and sees a single voxel', () => {
    const edited = withoutTracking(stored([segment('SPLEEN', without(b, firstVoxel(b))), segment('lung', a)]));
    expect(summary(edited, before)).toEqual({
      segments: [
        ['lung', 'unchanged', 1],
        ['SPLEEN', 'edited', 2],
      ],
      removed: ['kidney'],
    });
  });

  it('knows it by its code where the label was changed', () => {
    const edited = withoutTracking(stored([segment('my kidney', c, kidney)]));
    expect(summary(edited, before).segments).toEqual([['my kidney', 'unchanged', 3]]);
  });

  it('knows it by its number only where it is where it lay', () => {
    const edited = withoutTracking(stored([segment('Segment 1', without(a, firstVoxel(a)))]));
    const elsewhere = { grid, bits: a.bits.map((byte, index) => (index === a.bits.length - 1 ? 0 : ~byte)) };
    expect(summary(edited, before).segments).toEqual([['Segment 1', 'edited', 1]]);
    const other = withoutTracking(stored([segment('Segment 1', elsewhere)]));
    expect(summary(other, before)).toEqual({
      segments: [['Segment 1', 'added', undefined]],
      removed: ['lung', 'spleen', 'kidney'],
    });
  });

  it('trusts a Tracking UID more than a label', () => {
    const [lung, spleen] = before.segments;
    const edited = {
      ...before,
      segments: [
        { ...lung!, label: 'spleen' },
        { ...spleen!, label: 'lung' },
      ],
    };
    expect(summary(edited, before).segments).toEqual([
      ['spleen', 'unchanged', 1],
      ['lung', 'unchanged', 2],
    ]);
  });

  it('makes no two segments of one, and none of a segment without voxels', () => {
    const edited = withoutTracking(stored([segment('lung', a), segment('lung', b)]));
    expect(summary(edited, before).segments).toEqual([
      ['lung', 'unchanged', 1],
      ['lung', 'unchanged', 2],
    ]);
    const emptied = { ...before, frames: before.frames.map((frame) => ({ ...frame, segmentNumber: 1 })) };
    expect(compareSegments({ ...emptied, frames: [] }, before, grid).segments).toEqual([]);
  });

  it('compares a label map with what was binary, its background left out', () => {
    const apart = [randomMask(grid, next, (slice) => slice < 3), randomMask(grid, next, (slice) => slice >= 3)];
    const binary = stored([segment('lung', apart[0]!), segment('spleen', apart[1]!)]);
    const labelMap = withoutTracking(stored([segment('lung', apart[0]!), segment('spleen', apart[1]!)], 'LABELMAP'));
    expect(summary(labelMap, binary)).toEqual({
      segments: [
        ['lung', 'unchanged', 1],
        ['spleen', 'unchanged', 2],
      ],
      removed: [],
    });
  });
});
