import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import type { Draft, DraftMask } from '../../server/contract/drafts.js';
import type { Job } from '../../server/contract/job.js';
import { naturalizeHeader } from '../../server/src/dicom/naturalizeHeader.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { type Affine, apply, fromAxes } from '../../server/src/values/affine.js';
import { countBits } from '../../server/src/values/maskBits.js';
import { describeWithConvertedModel } from '../support/convertedModel.js';
import { type Product, startProduct } from '../support/product.js';
import { call, type SeriesUIDs, storedResult, submit, uidsOf, waitFor } from './productClient.js';

/** Coronal slices, turned by 10 degrees: columns run to the patient's left, rows to the feet. */
const [cos, sin] = [Math.cos(0.17), Math.sin(0.17)];
const coronal: Affine = fromAxes([3 * cos, 3 * sin, 0], [0, 0, -4], [-5 * sin, 5 * cos, 0], [-60, -40, 300]);

/** A block with a bright ball in it, amid zeros. */
const series = () =>
  createSeries({
    name: 'voxtell mr',
    modality: 'MR',
    grid: { size: [80, 32, 14], voxelToLps: coronal },
    valueAt: (i, j, k) => {
      const isInside = i > 3 && i < 76 && j > 3 && j < 28 && k > 1 && k < 12;
      if (!isInside) return 0;
      return Math.hypot(i - 22, j - 14, 2 * (k - 7)) < 8 ? 150 : 20 + ((i * 7 + j * 3) % 9);
    },
  });

const scripts = ['tiny_voxtell.py', 'tiny_nninteractive.py'];

describeWithConvertedModel('VoxTell and nnInteractive with random weights, through Orthanc', scripts, (makeModels) => {
  let product: Product;
  let mr: SeriesUIDs;
  beforeAll(async () => {
    const images = await series();
    mr = uidsOf(images[0]!);
    product = await startProduct({ instances: images, models: await makeModels() });
  });
  afterAll(() => product?.stop());

  const run = async (prompt: string) => {
    const { status, body } = await submit(product, { ...mr, prompts: [prompt] });
    expect(status).toBe(202);
    return waitFor(product, body.id);
  };

  it('stores what it found as a coded SEG on the grid of the images', async () => {
    const job = await run('liver, left kidney, right kidney, spleen, aorta');
    expect(job).toMatchObject({ state: 'completed', model: { id: 'voxtell-tiny' }, executionProvider: 'cpu' });
    const found = job.findings!.filter((finding) => finding.status === 'found');
    expect(job.findings).toHaveLength(5);
    expect(found.length).toBeGreaterThan(0);
    const archive = createDicomWebArchive(product.archive.dicomWeb);
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = job.result!;
    const stored = readSegmentation(
      (await archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID))!,
    );
    expect(stored.segments.map(({ label }) => label)).toEqual(found.map(({ target }) => target.name));
    // What is outside the block is cropped away before the model sees it, and never marked.
    for (const { voxelCount, boundingBox } of found) {
      expect(voxelCount).toBeGreaterThan(0);
      expect(Math.min(...boundingBox.first.map((first, axis) => first - [4, 4, 2][axis]!))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...boundingBox.last.map((last, axis) => last - [75, 27, 11][axis]!))).toBeLessThanOrEqual(0);
    }
  });

  it('follows clicks on something new, and stores what the draft showed', async () => {
    const { body: draft } = await call<Draft>(product, 'POST', '/drafts', { ...mr, name: 'the bright ball' });
    expect(draft.model.id).toBe('tiny-nninteractive');
    for (const [voxel, part] of [
      [[22, 14, 7], true],
      [[40, 20, 4], false],
    ] as const) {
      const click = { kind: 'click', place: apply(coronal, voxel), part };
      expect((await call(product, 'POST', `/drafts/${draft.id}/clicks`, click)).status).toBe(200);
    }
    const { body: mask } = await call<DraftMask>(product, 'GET', `/drafts/${draft.id}/mask`);
    const { body: accepted } = await call<Job>(product, 'POST', `/drafts/${draft.id}/accept`);
    const job = await waitFor(product, accepted.id);
    expect(job).toMatchObject({
      state: 'completed',
      model: { id: 'tiny-nninteractive' },
      executionProvider: 'cpu',
      findings: [{ status: 'found', target: { name: 'the bright ball' } }],
    });
    const shown = countBits(Buffer.from(mask.block!.bits, 'base64'));
    const [finding] = job.findings!;
    expect(finding).toMatchObject({ voxelCount: shown });
    expect(naturalizeHeader(await storedResult(product, job))).toMatchObject({
      SegmentSequence: [{ SegmentAlgorithmType: 'SEMIAUTOMATIC', SegmentAlgorithmName: 'nnInteractive' }],
    });
  });
});
