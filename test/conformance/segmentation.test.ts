import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeSegmentation } from '../../server/src/results/encodeSegmentation.js';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import {
  header,
  makeInput,
  makeVolume,
  random,
  randomGrid,
  randomMask,
} from '../../server/src/results/syntheticSegments.js';
import type { Grid } from '../../server/src/values/grid.js';
import type { NaturalizedDataset } from '../../server/src/values/naturalizedDataset.js';
import type { Volume } from '../../server/src/values/volume.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { centroidOf } from './centroidOf.js';
import { encodeVolume, segmentsOf, volumeOfFolder } from './encodeSeries.js';
import {
  dciodvfy,
  dcmdump,
  itWithDciodvfy,
  itWithDcmdump,
  itWithPython,
  readWithDcmqi,
  readWithHighdicom,
} from './outsideTools.js';

/**
 * Tilted or uneven slices are on no grid of highdicom's or dcmqi's: there only the voxels of each slice are compared,
 * not their place.
 */
const sources = [
  { folder: 'ct_chest', isBox: true },
  { folder: 'ct_abdomen_pelvis', isBox: true },
  { folder: 'mr_t1_head_sagittal', isBox: true },
  { folder: 'mr_decubitus', isBox: true },
  { folder: 'pet_wholebody_with_seg/PET', isBox: true },
  { folder: 'ct_head_tilt_and_mixed/In/GE', isBox: false },
  { folder: 'mr_enhanced/In/Philips', isBox: true },
  { folder: 'mr_enhanced/In/Siemens/XA10', isBox: true },
] as const;

describe.each(sources)('a segmentation of $folder', ({ folder, isBox }) => {
  const [name = '', ...seriesFolder] = folder.split('/');
  describeWithSharedData('read with tools of others', [name], ([unpacked]) => {
    let scratch: string;
    let file: string;
    let volume: Volume;
    let segments: ReturnType<typeof segmentsOf>;
    let part10: Uint8Array;

    beforeAll(async () => {
      scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-conformance-'));
      volume = await volumeOfFolder(path.join(unpacked!, ...seriesFolder));
      segments = segmentsOf(volume);
      part10 = encodeVolume(volume, segments);
      file = path.join(scratch, 'segmentation.dcm');
      await writeFile(file, part10);
    });
    afterAll(() => rm(scratch, { recursive: true, force: true }));

    it('is the same bit by bit for our own reader', () => {
      const read = readSegmentation(part10);
      segments.forEach(({ mask }, index) => {
        expect(Buffer.compare(maskOfSegment(read, index + 1, volume.grid).bits, mask.bits)).toBe(0);
      });
    });

    itWithDciodvfy('has no errors for dciodvfy, and no warnings of its own', async () => {
      expect(await dciodvfy(file)).toEqual({ errors: [], warnings: [] });
    });

    itWithDcmdump('is read by dcmtk without complaint', async () => {
      const { stdout, stderr } = await dcmdump(file, 'SegmentLabel');
      expect(stderr).toBe('');
      expect(stdout).toContain('left kidney');
    });

    itWithPython('is the same bit by bit, and is in the same place, for highdicom', async () => {
      const read = await readWithHighdicom(file, volume.sourceImages);
      expect(read.map(({ label }) => label)).toEqual(segments.map(({ target }) => target.name));
      expect(read[1]).toMatchObject({ number: 2, type: '64033007', modifiers: ['7771000'] });
      segments.forEach(({ mask }, index) => {
        expect(read[index]!.sha256).toBe(createHash('sha256').update(mask.bits).digest('hex'));
        if (isBox) expectClose(read[index]!.centroid!, centroidOf(mask).lps);
      });
    });

    if (!isBox) return;
    itWithPython('has the same voxels in the same place for dcmqi', async () => {
      const read = await readWithDcmqi(file);
      for (const { target, mask } of segments) {
        const { lps, voxels } = centroidOf(mask);
        const found = read.find(({ label }) => label === target.name);
        expect(found?.voxels).toBe(voxels);
        expectClose(found!.centroid, lps);
      }
    });
  });
});

describe('a segmentation of made-up images', () => {
  const next = random(51);
  const lossy = {
    LossyImageCompression: '01',
    LossyImageCompressionRatio: 8.25,
    LossyImageCompressionMethod: 'ISO_15444_1',
  };
  const cases: [string, Grid, NaturalizedDataset][] = [
    ['whose source states next to nothing', randomGrid(next, [23, 37, 5]), {}],
    [
      'whose source states nonsense',
      randomGrid(next, [16, 16, 4]),
      { PatientBirthDate: '1.1.1970', PatientAge: '52', StudyTime: 'noon', PatientWeight: Number.NaN },
    ],
    ['in Japanese', randomGrid(next, [9, 9, 4]), { ...header, PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう' }],
    ['with a tilted gantry', randomGrid(next, [16, 16, 4], true), header],
    ['with lossy compression', randomGrid(next, [16, 16, 1]), { ...header, ...lossy }],
  ];

  itWithDciodvfy.each(cases)('%s has no errors for dciodvfy', async (_what, grid, sourceHeader) => {
    const scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-conformance-'));
    try {
      const file = path.join(scratch, 'segmentation.dcm');
      const volume = makeVolume(grid, { header: sourceHeader });
      const masks = [randomMask(grid, next, () => true), randomMask(grid, next, (slice) => slice === 0)];
      const account = { subject: 'CLINIC\\löwe, a subject of more than 16 characters', institution: 'Spital Süd' };
      const operator = { name: 'Ada Löwe \\^= 山田', account };
      await writeFile(file, encodeSegmentation({ ...makeInput(volume, masks), operator }).part10);
      expect((await dciodvfy(file)).errors).toEqual([]);
    } finally {
      await rm(scratch, { recursive: true });
    }
  });
});

/** Within a hundredth of a millimetre: the tools keep their own regular grid. */
function expectClose(found: readonly number[], expected: readonly number[]): void {
  found.forEach((value, axis) => {
    expect(Math.abs(value - expected[axis]!)).toBeLessThan(0.01);
  });
}
