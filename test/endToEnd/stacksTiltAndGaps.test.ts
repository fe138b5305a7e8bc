import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { materialAt } from '../../dicom-fixtures/src/ctBodyAnatomy.js';
import type { Finding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import type { Problem } from '../../server/contract/problem.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { type ReadSegmentation, readSegmentation } from '../../server/src/results/readSegmentation.js';
import { apply, fromAxes } from '../../server/src/values/affine.js';
import { type Grid, type UnevenGrid, voxelCentre } from '../../server/src/values/grid.js';
import { getBit } from '../../server/src/values/maskBits.js';
import { type Product, startProduct } from '../support/product.js';
import { describeWithSharedData, sharedSeries } from '../support/sharedData.js';
import { filesOf } from '../volume/streamOf.js';
import { type SeriesUIDs, submit, uidsOf, waitFor } from './productClient.js';

/**
 * The torso of the CT phantom, on slices tilted by 15° that are 6 mm apart below and 4 mm above, one of them missing.
 */
const tilt = Math.tan((15 * Math.PI) / 180);
const heights = [
  ...Array.from({ length: 30 }, (_, k) => -190 + 6 * k),
  ...Array.from({ length: 45 }, (_, k) => -12 + 4 * k),
]
  .filter((height) => height !== 24)
  .map((height) => height + 190);
const plane: Grid = {
  size: [96, 96, heights.length],
  voxelToLps: fromAxes([4, 0, 0], [0, 4, 0], [0, tilt, 1], [-190, -190 - 170 * tilt, -190]),
};
const grid: UnevenGrid = { size: plane.size, voxelToLps: plane.voxelToLps, slicePositions: heights };

const attributesOf = (phase: number) => (k: number) => ({
  SOPInstanceUID: `2.25.88${phase}00${k}`,
  ImagePositionPatient: [...apply(plane.voxelToLps, [0, 0, heights[k]!])],
  ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  AcquisitionNumber: phase,
});

const headCt = sharedSeries('ct_head_tilt_and_mixed');
let product: Product;
let series: SeriesUIDs;

beforeAll(async () => {
  const phantom = { name: 'two phases', modality: 'CT', grid: plane } as const;
  const instances = [
    ...(await createSeries({
      ...phantom,
      valueAt: (i, j, k) => materialAt(voxelCentre(grid, [i, j, k])).hounsfieldUnits,
      attributes: attributesOf(1),
    })),
    // Before the patient came: nothing but air.
    ...(await createSeries({ ...phantom, valueAt: () => -1000, attributes: attributesOf(2) })),
    ...(await createSeries({
      ...phantom,
      grid: { ...plane, size: [96, 96, 2] },
      valueAt: () => 0,
      attributes: (k) => ({ SOPInstanceUID: `2.25.8899${k}`, ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }),
    })),
  ];
  series = uidsOf(instances[0]!);
  product = await startProduct({
    instances,
    ...(headCt !== undefined && { dicomFolders: [path.join(headCt, 'In/GE')] }),
  });
});

afterAll(async () => {
  await product?.stop();
});

const found = (job: Job) =>
  job.findings.filter((each): each is Extract<Finding, { status: 'found' }> => each.status === 'found');

async function read({ request, result }: Job): Promise<ReadSegmentation> {
  const archive = createDicomWebArchive(product.archive.dicomWeb);
  const { seriesInstanceUID, sopInstanceUID } = result!;
  return readSegmentation(
    (await archive.retrieveInstance(request.studyInstanceUID, seriesInstanceUID, sopInstanceUID))!,
  );
}

async function run(request: Partial<Job['request']> & SeriesUIDs): Promise<Job> {
  const { status, body } = await submit(product, { prompts: ['lungs and bone'], ...request });
  expect(status).toBe(202);
  return waitFor(product, body.id);
}

describe('a series of two phases on tilted, uneven slices, with localizers', () => {
  let job: Job;
  beforeAll(async () => {
    job = await run(series);
  });

  it('is segmented in its first phase, and the record says all that was chosen', () => {
    expect(job.state).toBe('completed');
    expect(job.stacks).toEqual([
      { id: 'phase-1', description: 'acquisition 1, 74 axial images of 96 × 96 pixels', images: 74, chosen: true },
      { id: 'phase-2', description: 'acquisition 2, 74 axial images of 96 × 96 pixels', images: 74, chosen: false },
    ]);
    expect(job.notes).toEqual(
      expect.arrayContaining([
        'Used 148 of 150 images: 2 localizers left out.',
        expect.stringMatching(
          /^The series holds 2 stacks of slices\. Used by rule .*: phase-1 .* The others: phase-2\.$/,
        ),
        expect.stringContaining('at an angle of 15.0°'),
        expect.stringMatching(/^The slices are unevenly spaced/),
      ]),
    );
  });

  it('lists its stacks before a run, the chosen one first', async () => {
    const { studyInstanceUID, seriesInstanceUID } = series;
    const path = `/api/v1/studies/${studyInstanceUID}/series/${seriesInstanceUID}/stacks`;
    const response = await fetch(`${product.url}${path}`);
    expect(await response.json()).toEqual({ stacks: job.stacks!.map(({ chosen: _, ...stack }) => stack) });
    const nowhere = await fetch(`${product.url}/api/v1/studies/1.2/series/1.2.3/stacks`);
    expect(await nowhere.json()).toEqual({ stacks: [] });
  });

  it('gives masks on the tilted slices of the source that agree with the phantom', async () => {
    const segmentation = await read(job);
    const [columns, rows, slices] = grid.size;
    const masks = found(job).map(({ target: { name }, segmentNumber, voxelCount }) => {
      const { bits } = maskOfSegment(segmentation, segmentNumber, grid);
      return { name, region: name.toLowerCase(), voxelCount, bits, inBoth: 0, inTruth: 0 };
    });
    for (let n = 0; n < columns * rows * slices; n++) {
      const place = voxelCentre(grid, [n % columns, Math.floor(n / columns) % rows, Math.floor(n / columns / rows)]);
      const { region } = materialAt(place);
      for (const mask of masks) {
        if (mask.region !== region) continue;
        mask.inTruth++;
        if (getBit(mask.bits, n)) mask.inBoth++;
      }
    }
    const dice = masks.map(
      ({ name, voxelCount, inBoth, inTruth }) => [name, (2 * inBoth) / (inTruth + voxelCount)] as const,
    );
    expect(dice.map(([name]) => name)).toEqual(['Left lung', 'Right lung', 'Bone']);
    for (const [, value] of dice) expect(value).toBeGreaterThan(0.93);
  });

  it('refers to the images of the phase that was used, and to no other', async () => {
    const segmentation = await read(job);
    const referenced = new Set(
      segmentation.frames.flatMap(({ sourceImages }) => sourceImages.map(({ sopInstanceUID }) => sopInstanceUID)),
    );
    expect(referenced.size).toBeGreaterThan(20);
    for (const uid of referenced) expect(uid).toMatch(/^2\.25\.88100/);
  });

  it('is segmented in the other phase where that is asked for', async () => {
    const other = await run({ ...series, stack: 'phase-2' });
    expect(other.id).not.toBe(job.id);
    expect(other).toMatchObject({ state: 'completed', stacks: [{ chosen: false }, { chosen: true }] });
    expect(other.findings.map(({ status }) => status)).toEqual(['not-found', 'not-found', 'not-found']);
    expect(other.result).toBeUndefined();
  });

  it('is segmented in the other phase from the command line', async () => {
    const command = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');
    const options = ['--study', series.studyInstanceUID, '--series', series.seriesInstanceUID, '--prompt', 'fat'];
    const { stdout } = await promisify(execFile)(process.execPath, [
      command,
      'segment',
      ...options,
      ...['--stack', 'phase-2', '--server', product.url, '--json'],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'completed',
      request: { stack: 'phase-2' },
      stacks: [{}, { chosen: true }],
    });
  });

  it('fails with the stacks that there are where an unknown one is asked for', async () => {
    const failed = await run({ ...series, stack: 'phase-7' });
    expect(failed).toMatchObject({
      state: 'failed',
      problem: { code: 'stack-not-found', details: { stacks: [{ id: 'phase-1' }, { id: 'phase-2' }] } },
    });
  });

  it('refuses a name that no stack can have', async () => {
    const { status, body } = await submit(product, { ...series, prompts: ['bone'], stack: 'x'.repeat(65) });
    expect([status, (body as unknown as Problem).code]).toEqual([400, 'request-invalid']);
  });
});

describeWithSharedData(
  'a real head CT with tilted gantry and slices 1.08 to 7 mm apart',
  ['ct_head_tilt_and_mixed'],
  ([folder]) => {
    it('is segmented, with the result on its 28 slices', async () => {
      const files = [...filesOf(path.join(folder!, 'In/GE'))];
      const job = await run({ ...uidsOf(files[0]!), prompts: ['bone and soft tissue'] });
      expect(job.state).toBe('completed');
      expect(job.notes).toEqual(
        expect.arrayContaining([expect.stringContaining('angle of 18.5°'), expect.stringContaining('1.08 to 7 mm')]),
      );
      const { frames } = await read(job);
      const positions = new Map(
        files.map(parseInstance).map((image) => [image.sopInstanceUID, image.numbers('x00200032')]),
      );
      const inFrames = new Set<string>();
      for (const { sourceImages, imagePositionPatient } of frames) {
        const { sopInstanceUID } = sourceImages[0]!;
        inFrames.add(sopInstanceUID);
        expect(imagePositionPatient).toEqual(positions.get(sopInstanceUID));
      }
      expect(inFrames.size).toBe(28);
      // Seen: 682 mL of bone, 2202 mL of soft tissue; 139 mm of a head.
      const [bone, softTissue] = found(job).map(({ volumeMl }) => volumeMl);
      expect(bone).toBeGreaterThan(400);
      expect(bone).toBeLessThan(1100);
      expect(softTissue).toBeGreaterThan(1500);
      expect(softTissue).toBeLessThan(3200);
    });
  },
);
