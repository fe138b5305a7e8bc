import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { loadHeadInstances } from '../../dicom-fixtures/src/headStudy.js';
import { loadTrunkInstances } from '../../dicom-fixtures/src/trunkStudy.js';
import type { Attributes } from '../../dicom-fixtures/src/writePart10.js';
import type { Job } from '../../server/contract/job.js';
import type { Grid } from '../../server/src/values/grid.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { promptseg } from '../support/commandLine.js';
import { modelsFolder } from '../support/headModel.js';
import { type Product, startProduct } from '../support/product.js';
import { streamOf } from '../volume/streamOf.js';
import { call, type SeriesUIDs, submit, uidsOf, waitFor } from './productClient.js';

/** The same images with other attributes, as a series of a study of its own. */
async function tagged(instances: readonly Uint8Array[], attributes: Attributes): Promise<Uint8Array[]> {
  const { grid, voxels, modality } = await assembleVolume(streamOf(instances), { signal: AbortSignal.timeout(60_000) });
  const [columns, rows] = grid.size;
  return createSeries({
    name: JSON.stringify(attributes),
    modality: modality as 'CT' | 'MR',
    grid: grid as Grid,
    valueAt: (i, j, k) => voxels[i + columns * (j + rows * k)]!,
    attributes: () => ({ BodyPartExamined: undefined, SeriesDescription: 'series 1', ...attributes }),
  });
}

describe('a model chosen by the image', () => {
  let product: Product;
  const head = loadHeadInstances();
  const trunk = loadTrunkInstances();
  let headAsAbdomen: SeriesUIDs;
  let trunkAsHead: SeriesUIDs;
  let untagged: SeriesUIDs;
  let ofNoScanner: SeriesUIDs;

  beforeAll(async () => {
    const series = [
      await tagged(head, { BodyPartExamined: 'ABDOMEN' }),
      await tagged(trunk, { BodyPartExamined: 'HEAD' }),
      await tagged(trunk, {}),
      await tagged(trunk, { Modality: 'OT' }),
    ];
    product = await startProduct({ models: modelsFolder, instances: series.flat() });
    const uids = series.map(([first]) => uidsOf(first!));
    [headAsAbdomen, trunkAsHead, untagged, ofNoScanner] = uids as [SeriesUIDs, SeriesUIDs, SeriesUIDs, SeriesUIDs];
  });
  afterAll(() => product?.stop());

  /** Accepts a request and takes it back: what would run is known by then. */
  async function modelFor(series: SeriesUIDs, prompt: string): Promise<Job['model']> {
    const { status, body } = await submit(product, { ...series, prompts: [prompt] });
    expect([status, body]).toEqual([202, expect.objectContaining({ state: 'queued' })]);
    await call(product, 'DELETE', `/segmentations/${body.id}`);
    return body.model;
  }

  it('segments the hippocampus of a head whose tags say that it is an abdomen, with a caution', async () => {
    const { body } = await submit(product, { ...headAsAbdomen, prompts: ['left hippocampus'] });
    const job = await waitFor(product, body.id);
    expect(job).toMatchObject({
      state: 'completed',
      notes: expect.arrayContaining([expect.stringMatching(/^The image decided which model runs: by its Body Part/)]),
      model: { id: 'head', reason: expect.stringMatching(/ It was chosen because the image shows head and neck\.$/) },
      findings: [
        { status: 'found', cautions: expect.arrayContaining([expect.objectContaining({ code: 'other-body-part' })]) },
      ],
    });
  });

  it.each([
    ['the liver of a trunk that is tagged as a head', () => trunkAsHead, 'liver'],
    ['everything where no body part is stated', () => untagged, 'everything'],
    ['the liver where the modality names no scanner', () => ofNoScanner, 'liver'],
  ])('is the one for %s', async (_, series, prompt) => {
    expect(await modelFor(series(), prompt)).toMatchObject({
      id: 'body',
      reason: expect.stringMatching(
        / It was chosen because the image shows abdomen and pelvis( and looks like CT)?\.$/,
      ),
    });
  });

  it('is refused for files by what they show, too', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-knee-'));
    try {
      const instances = await tagged(trunk, { BodyPartExamined: 'KNEE' });
      await Promise.all(instances.map((part10, k) => writeFile(path.join(folder, `${k}.dcm`), part10)));
      const output = path.join(folder, 'out');
      const { status, stderr } = await promptseg(
        ...['segment', '--input', folder, '--prompt', 'hippocampus', '--output', output, '--models', modelsFolder],
      );
      expect([status, stderr]).toEqual([
        1,
        expect.stringMatching(/is made for head; the image shows abdomen and pelvis\./),
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
