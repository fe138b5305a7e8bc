import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NaturalizedDataset } from '../../server/src/dicom/naturalizedDataset.js';
import type { Grid } from '../../server/src/geometry/grid.js';
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
import type { Volume } from '../../server/src/volume/volume.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { centroidOf, encodeVolume, segmentsOf, volumeOfFolder } from './encodeSeries.js';

const run = promisify(execFile);

/** `it` where the tool is there, else a skipped test and a warning. */
function itWith(tool: string, isThere: boolean) {
  if (!isThere) console.warn(`SKIPPED: ${tool} is not there, so what it says of our segmentations is not tested.`);
  return isThere ? it : it.skip;
}

function isInstalled(tool: string): boolean {
  try {
    execFileSync('which', [tool], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A Python interpreter with the packages highdicom and dcmqi. */
const python = process.env.PROMPTSEG_PYTHON;
const itWithDciodvfy = itWith('dciodvfy (dicom3tools)', isInstalled('dciodvfy'));
const itWithDcmdump = itWith('dcmdump (dcmtk)', isInstalled('dcmdump'));
const itWithPython = itWith('PROMPTSEG_PYTHON, a Python with highdicom and dcmqi,', python !== undefined);

/** dciodvfy's warnings that are no fault of ours: values that the source has, a coding scheme of our own. */
const expectedWarnings = [
  /<\/(PatientName|ReferringPhysicianName)\b.*Retired Person Name form/,
  /<\/StudyID\b.*needed to build DICOMDIR/,
  /Unrecognized defined term = <99PROMPTSEG>/,
];

/** What dciodvfy finds. It writes to standard error, and ends with 0 whatever it finds. */
async function dciodvfy(file: string): Promise<{ errors: string[]; warnings: string[] }> {
  const { stderr } = await run('dciodvfy', ['-new', file], { maxBuffer: 2 ** 28 });
  const lines = stderr.split('\n');
  return {
    errors: lines.filter((line) => line.startsWith('Error')),
    warnings: lines.filter(
      (line) => line.startsWith('Warning') && !expectedWarnings.some((expected) => expected.test(line)),
    ),
  };
}

const sources = [
  ['ct_chest', 'ct_chest'],
  ['ct_abdomen_pelvis', 'ct_abdomen_pelvis'],
  ['mr_t1_head_sagittal', 'mr_t1_head_sagittal'],
  ['mr_decubitus', 'mr_decubitus'],
  ['pet_wholebody_with_seg', 'pet_wholebody_with_seg/PET'],
] as const;

describe.each(sources)('a segmentation of %s', (name, seriesFolder) => {
  describeWithSharedData('read with tools of others', [name], ([folder]) => {
    let scratch: string;
    let file: string;
    let volume: Volume;
    let segments: ReturnType<typeof segmentsOf>;
    let part10: Uint8Array;

    beforeAll(async () => {
      scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-conformance-'));
      volume = await volumeOfFolder(path.join(folder!, '..', seriesFolder));
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
      const { stdout, stderr } = await run('dcmdump', ['+P', 'SegmentLabel', '+s', file]);
      expect(stderr).toBe('');
      expect(stdout).toContain('left kidney');
    });

    itWithPython('is the same bit by bit, and lies in the same place, for highdicom', async () => {
      const sourcesFile = path.join(scratch, 'sources.json');
      await writeFile(sourcesFile, JSON.stringify(volume.sourceImages.map(({ sopInstanceUID }) => sopInstanceUID)));
      const read = await runScript('read_with_highdicom.py', [file, sourcesFile]);
      expect(read.map(({ label }) => label)).toEqual(segments.map(({ target }) => target.name));
      expect(read[1]).toMatchObject({ number: 2, type: '64033007', modifiers: ['7771000'] });
      segments.forEach(({ mask }, index) => {
        expect(read[index]!.sha256).toBe(createHash('sha256').update(mask.bits).digest('hex'));
        expectClose(read[index]!.centroid, centroidOf(mask).lps);
      });
    });

    itWithPython('has the same voxels in the same place for dcmqi', async () => {
      const output = path.join(scratch, 'dcmqi');
      await mkdir(output);
      const read = await runScript('read_with_dcmqi.py', [file, output]);
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
      await writeFile(file, encodeSegmentation(makeInput(volume, masks)).part10);
      expect((await dciodvfy(file)).errors).toEqual([]);
    } finally {
      await rm(scratch, { recursive: true });
    }
  });
});

/** What the scripts beside this file print of a segment. */
interface ScriptSegment {
  readonly label: string;
  readonly centroid: readonly number[];
  readonly sha256?: string;
  readonly voxels?: number;
}

async function runScript(script: string, parameters: readonly string[]): Promise<ScriptSegment[]> {
  const { stdout } = await run(python!, [path.join(import.meta.dirname, script), ...parameters], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout);
}

/** Within a hundredth of a millimetre: the tools keep their own regular grid. */
function expectClose(found: readonly number[], expected: readonly number[]): void {
  found.forEach((value, axis) => {
    expect(Math.abs(value - expected[axis]!)).toBeLessThan(0.01);
  });
}
