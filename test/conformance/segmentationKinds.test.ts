import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { encodeSegmentation, type SegmentationInput } from '../../server/src/results/encodeSegmentation.js';
import type { SegmentationKind } from '../../server/src/results/segmentationFrames.js';
import { makeInput, makeVolume, random, randomGrid } from '../../server/src/results/syntheticSegments.js';
import { type SliceGrid, voxelCount } from '../../server/src/values/grid.js';
import type { Mask } from '../../server/src/values/mask.js';
import type { Volume } from '../../server/src/values/volume.js';
import { centroidOf } from './centroidOf.js';
import {
  dciodvfy,
  dcmdump,
  itWithDciodvfy,
  itWithDcmdump,
  itWithPython,
  readFramesWithHighdicom,
  readWithDcmqi,
  readWithHighdicom,
} from './outsideTools.js';

const next = random(61);
/** 23 × 37 pixels are 851 bits: no frame but the first begins with a byte. */
const oblique = randomGrid(next, [23, 37, 6]);
const tilted = randomGrid(next, [23, 37, 6], true);
const uneven: SliceGrid = { ...randomGrid(next, [16, 9, 5]), slicePositions: [0, 1, 2.5, 3, 7.25] };
const multiFrame = (grid: SliceGrid): Volume =>
  makeVolume(grid, {
    sourceImages: Array.from({ length: grid.size[2] }, (_, slice) => ({
      sopClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
      sopInstanceUID: '2.25.4000',
      frameNumber: 2 * (grid.size[2] - slice),
    })),
  });

const volumes: readonly [string, Volume, { readonly isEven: boolean }][] = [
  ['oblique images of odd size', makeVolume(oblique), { isEven: true }],
  ['images of a tilted gantry', makeVolume(tilted), { isEven: false }],
  ['images at uneven distances', makeVolume(uneven), { isEven: false }],
  ['frames of one instance, last first', multiFrame(oblique), { isEven: true }],
];

describe.each(['BINARY', 'LABELMAP', 'FRACTIONAL', 'OCCUPANCY'] as const)('a %s segmentation', (kind) => {
  describe.each(volumes)('of %s', (_what, volume, { isEven }) => {
    const input = inputOf(kind, volume);
    let scratch: string;
    let file: string;
    beforeAll(async () => {
      scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-conformance-'));
      file = path.join(scratch, 'segmentation.dcm');
      await writeFile(file, encodeSegmentation(input).part10);
    });
    afterAll(() => rm(scratch, { recursive: true, force: true }));

    itWithDciodvfy('has no errors for dciodvfy', async () => {
      const { errors } = await dciodvfy(file);
      // dicom3tools of 2022 knows neither the SOP class nor that a label map's background is segment 0
      const unknown = [/Information Object Not found/, /SegmentNumber not monotonically increasing from one/];
      const expected = kind === 'LABELMAP' ? unknown : [];
      expect(errors.filter((error) => !expected.some((each) => each.test(error)))).toEqual([]);
    });

    itWithDcmdump('is read by dcmtk without complaint', async () => {
      const { stdout, stderr } = await dcmdump(file, 'SegmentationType');
      expect(stderr).toBe('');
      expect(stdout).toContain(kind === 'OCCUPANCY' ? 'FRACTIONAL' : kind);
    });

    itWithPython('is the same voxel by voxel for highdicom', async () => {
      const read = await readWithHighdicom(file, volume.sourceImages);
      expect(read.map(({ number, label, sha256 }) => ({ number, label, sha256 }))).toEqual(
        input.segments.map(({ target, mask, probability }, index) => ({
          number: index + 1,
          label: target.name,
          sha256: sha256(kind === 'OCCUPANCY' ? bytesOf(mask) : (probability ?? mask.bits)),
        })),
      );
      if (kind !== 'FRACTIONAL')
        input.segments.forEach(({ mask }, index) => {
          const { centroid } = read[index]!;
          if (isEven) expectClose(centroid!, centroidOf(mask).lps);
        });
    });

    // dcmqi works on images of one affine grid
    if (isEven)
      itWithPython('is the same pixel by pixel for dcmqi', async () => {
        const read = await readWithDcmqi(file);
        for (const segment of input.segments) {
          const found = read.find(({ label }) => label === segment.target.name);
          expect([...found!.slices].sort()).toEqual(slicesOf(kind, segment).sort());
          if (kind !== 'FRACTIONAL') expectClose(found!.centroid, centroidOf(segment.mask).lps);
        }
      });
  });
});

describe('a LABELMAP segmentation of 300 segments', () => {
  itWithPython('has the same 16-bit pixels for highdicom', async () => {
    const grid = randomGrid(next, [23, 37, 2]);
    const labels = Uint16Array.from({ length: voxelCount(grid) }, (_, voxel) => voxel % 301);
    const masks = Array.from({ length: 300 }, (_, index): Mask => {
      const bits = new Uint8Array(Math.ceil(labels.length / 8));
      labels.forEach((label, voxel) => {
        if (label === index + 1) bits[voxel >> 3]! |= 1 << (voxel & 7);
      });
      return { grid, bits };
    });
    const scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-conformance-'));
    try {
      const file = path.join(scratch, 'segmentation.dcm');
      await writeFile(file, encodeSegmentation({ ...makeInput(makeVolume(grid), masks), kind: 'LABELMAP' }).part10);
      const [read] = await readFramesWithHighdicom([file]);
      expect(read?.segments).toHaveLength(301);
      expect(read?.frames.map((frame) => frame.sha256)).toEqual(
        [0, 1].map((slice) => sha256(new Uint8Array(labels.slice(851 * slice, 851 * (slice + 1)).buffer))),
      );
    } finally {
      await rm(scratch, { recursive: true });
    }
  });
});

/**
 * Three segments, of which only OCCUPANCY's first and second share voxels; the second and fourth slice hold none of the
 * first.
 */
function inputOf(kind: SegmentationKind, volume: Volume): SegmentationInput {
  const { grid } = volume;
  const frameVoxels = grid.size[0] * grid.size[1];
  const owner = Uint8Array.from({ length: voxelCount(grid) }, (_, voxel) => {
    const slice = Math.floor(voxel / frameVoxels);
    const segment = Math.floor(6 * next());
    return segment === 0 && slice % 2 === 1 ? 5 : segment;
  });
  const masks = [0, 1, 2].map((segment): Mask => {
    const bits = new Uint8Array(Math.ceil(owner.length / 8));
    owner.forEach((each, voxel) => {
      const isShared = kind === 'OCCUPANCY' && segment === 1 && each === 0;
      if (each === segment || isShared) bits[voxel >> 3]! |= 1 << (voxel & 7);
    });
    return { grid, bits };
  });
  const input = makeInput(volume, masks);
  if (kind !== 'FRACTIONAL') return { ...input, kind };
  const segments = input.segments.map((each, segment) => ({
    ...each,
    probability: owner.map((owned) => (owned === segment ? 128 + 127 * next() : owned === segment + 1 ? 100 : 0)),
  }));
  return { ...input, kind, segments };
}

/** The SHA-256 of every slice that holds anything, packed as the scripts do it. */
function slicesOf(kind: SegmentationKind, { mask, probability }: SegmentationInput['segments'][number]): string[] {
  const [columns, rows, slices] = mask.grid.size;
  const frameVoxels = columns * rows;
  const bytes = kind === 'OCCUPANCY' ? bytesOf(mask) : probability;
  return Array.from({ length: slices }, (_, slice) => {
    const first = slice * frameVoxels;
    if (bytes !== undefined) return bytes.subarray(first, first + frameVoxels);
    const packed = new Uint8Array(Math.ceil(frameVoxels / 8));
    for (let pixel = 0; pixel < frameVoxels; pixel++) {
      const voxel = first + pixel;
      if (((mask.bits[voxel >> 3]! >> (voxel & 7)) & 1) === 1) packed[pixel >> 3]! |= 1 << (pixel & 7);
    }
    return packed;
  })
    .filter((pixels) => pixels.some((byte) => byte !== 0))
    .map(sha256);
}

/** 1 for each voxel inside. */
const bytesOf = ({ grid, bits }: Mask): Uint8Array =>
  Uint8Array.from({ length: voxelCount(grid) }, (_, voxel) => (bits[voxel >> 3]! >> (voxel & 7)) & 1);

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Within a hundredth of a millimetre: the tools keep their own regular grid. */
function expectClose(found: readonly number[], expected: readonly number[]): void {
  found.forEach((value, axis) => {
    expect(Math.abs(value - expected[axis]!)).toBeLessThan(0.01);
  });
}
