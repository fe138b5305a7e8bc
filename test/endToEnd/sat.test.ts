import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { type Affine, fromAxes } from '../../server/src/values/affine.js';
import { describeWithConvertedModel } from '../support/convertedModel.js';
import { type Product, startProduct } from '../support/product.js';
import { type SeriesUIDs, submit, uidsOf, waitFor } from './productClient.js';

/** Coronal slices, turned by 10 degrees: columns run to the patient's left, rows to the feet. */
const [cos, sin] = [Math.cos(0.17), Math.sin(0.17)];
const coronal: Affine = fromAxes([3 * cos, 3 * sin, 0], [0, 0, -4], [-5 * sin, 5 * cos, 0], [-60, -40, 300]);

/** A block with a bright ball in it, amid what is air in a CT and nothing in an MR. */
const series = (name: string, modality: 'CT' | 'MR') =>
  createSeries({
    name,
    modality,
    grid: { size: [40, 32, 14], voxelToLps: coronal },
    valueAt: (i, j, k) => {
      const isInside = i > 3 && i < 36 && j > 3 && j < 28 && k > 1 && k < 12;
      if (!isInside) return modality === 'CT' ? -1000 : 0;
      return Math.hypot(i - 22, j - 14, 2 * (k - 7)) < 8 ? 150 : 20 + ((i * 7 + j * 3) % 9);
    },
  });

describeWithConvertedModel('SAT with random weights, through Orthanc', 'tiny_sat.py', (makeModels) => {
  let product: Product;
  let ct: SeriesUIDs;
  let mr: SeriesUIDs;
  beforeAll(async () => {
    const images = [await series('sat ct', 'CT'), await series('sat mr', 'MR')];
    [ct, mr] = images.map(([first]) => uidsOf(first!)) as [SeriesUIDs, SeriesUIDs];
    product = await startProduct({ instances: images.flat(), models: await makeModels() });
  });
  afterAll(() => product?.stop());

  const run = async (uids: SeriesUIDs, prompt: string) => {
    const { status, body } = await submit(product, { ...uids, prompts: [prompt] });
    expect(status).toBe(202);
    return waitFor(product, body.id);
  };

  it('stores what it found as a coded SEG on the grid of the images', async () => {
    const job = await run(ct, 'liver, left kidney, bone');
    expect(job).toMatchObject({ state: 'completed', model: { id: 'sat-tiny' }, executionProvider: 'cpu' });
    const found = job.findings!.filter((finding) => finding.status === 'found');
    expect(job.findings).toHaveLength(3);
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
      expect(Math.min(...boundingBox.first.map((first, axis) => first - [3, 3, 1][axis]!))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...boundingBox.last.map((last, axis) => last - [36, 28, 12][axis]!))).toBeLessThanOrEqual(0);
    }
  });

  it('is asked in words that it does not know, and the SEG says that they are such', async () => {
    const job = await run(ct, 'liver, "perihepatic fluid"');
    expect(job.state).toBe('completed');
    const [, fluid] = job.findings!;
    expect(fluid).toMatchObject({
      status: 'found',
      target: { name: 'perihepatic fluid', freeText: 'perihepatic fluid', code: { scheme: '99PROMPTSEG' } },
    });
    const caveat = /^Free text: "perihepatic fluid" is not in the model's vocabulary/;
    expect(job.notes.filter((note) => caveat.test(note))).toHaveLength(1);
    const archive = createDicomWebArchive(product.archive.dicomWeb);
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = job.result!;
    const part10 = (await archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID))!;
    expect(Buffer.from(part10).includes('Free text: "perihepatic fluid" is not in the model')).toBe(true);
    expect(readSegmentation(part10).segments.at(-1)).toMatchObject({
      label: 'perihepatic fluid',
      type: { scheme: '99PROMPTSEG', meaning: 'perihepatic fluid' },
    });
  });

  it('says which modality a target was trained in, and gives an MR its own embedding', async () => {
    const job = await run(mr, 'brainstem and aorta');
    expect(job.state).toBe('completed');
    expect(job.findings).toContainEqual(
      expect.objectContaining({ status: 'not-found', reason: 'The model was trained to find it in CT only.' }),
    );
  });
});
