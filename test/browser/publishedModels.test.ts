import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { createImage } from '../../dicom-fixtures/src/createImage.js';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { fromAxes } from '../../server/src/values/affine.js';
import { submit, uidsOf, waitFor } from '../endToEnd/productClient.js';
import { launchChromium } from '../support/chromium.js';
import { describeWithConvertedModel } from '../support/convertedModel.js';
import { type Product, startProduct } from '../support/product.js';
import {
  actionOf,
  drawnFrames,
  oneViewport,
  openViewer,
  screenshot,
  type ViewerPage,
  waitUntilDrawn,
} from './viewerPage.js';

/** Opening a study takes seconds: all series are in one. */
const study = 'published models';

/** A block with a bright ball in it, amid air in a CT and nothing in an MR; coronal slices. */
const block = (modality: 'CT' | 'MR', columns: number) =>
  createSeries({
    name: `a block in ${modality}, of ${columns} columns`,
    study,
    modality,
    grid: { size: [columns, 32, 14], voxelToLps: fromAxes([3, 0, 0], [0, 0, -4], [0, 5, 0], [-60, -40, 300]) },
    valueAt: (i, j, k) => {
      const isInside = i > 3 && i < columns - 4 && j > 3 && j < 28 && k > 1 && k < 12;
      if (!isInside) return modality === 'CT' ? -1000 : 0;
      return Math.hypot(i - 22, j - 14, 2 * (k - 7)) < 8 ? 150 : 20 + ((i * 7 + j * 3) % 9);
    },
  });

const radiograph = async () => [
  await createImage({
    name: 'a radiograph for published models',
    study,
    kind: 'DX',
    columns: 48,
    rows: 40,
    pixels: { grayAt: (i, j) => 4000 - 60 * i - 30 * Math.abs(j - 18), bitsStored: 12 },
    attributes: { PhotometricInterpretation: 'MONOCHROME1' },
  }),
];

const bitsSet = (packed: string): number =>
  Buffer.from(packed, 'base64').reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);

describeWithConvertedModel(
  'published models with random weights, in the unmodified OHIF',
  ['tiny_sat.py', 'tiny_voxtell.py', 'tiny_biomedparse_2d.py', 'tiny_biomedparse_3d.py'],
  (makeModels) => {
    let product: Product;
    let browser: Browser;
    let viewer: ViewerPage;
    let images: Record<'sat-tiny' | 'medimageparse3d' | 'voxtell-tiny' | 'biomedparse', Uint8Array[]>;

    beforeAll(async () => {
      images = {
        'sat-tiny': await block('CT', 40),
        medimageparse3d: await block('CT', 48),
        'voxtell-tiny': await block('MR', 80),
        biomedparse: await radiograph(),
      };
      product = await startProduct({ instances: Object.values(images).flat(), models: await makeModels() });
      browser = await launchChromium();
      viewer = await openViewer(browser, product.url, uidsOf(images.biomedparse[0]!).studyInstanceUID);
      await oneViewport(viewer.page);
    });

    afterAll(async () => {
      await browser?.close();
      await product?.stop();
    });

    it.each<[keyof typeof images, string]>([
      ['sat-tiny', 'liver, left kidney and bone'],
      ['medimageparse3d', 'liver, spleen and left lung'],
      ['voxtell-tiny', 'liver, left kidney, right kidney, spleen and aorta'],
      ['biomedparse', 'lungs'],
    ])('draws what %s found, voxel for voxel', async (model, prompt) => {
      const series = uidsOf(images[model][0]!);
      const { page, incidents } = viewer;
      const { status, body } = await submit(product, { ...series, model, prompts: [prompt] });
      expect(status).toBe(202);
      const job = await waitFor(product, body.id);
      expect(job.state).toBe('completed');
      const found = job.findings.filter((finding) => finding.status === 'found');
      expect(found.length).toBeGreaterThan(0);

      const card = page.locator(`[data-job-id="${job.id}"]`);
      await card.and(page.locator('[data-state=completed]')).waitFor();
      await actionOf(card, 'Show').click();
      const { seriesInstanceUID } = job.result!;
      await waitUntilDrawn(page, seriesInstanceUID);
      const voxels = new Map<number, number>();
      for (const { segmentNumber, packed } of await drawnFrames(page, seriesInstanceUID))
        voxels.set(segmentNumber, (voxels.get(segmentNumber) ?? 0) + bitsSet(packed));
      await screenshot(page, `published-${model}`);
      expect([...voxels].toSorted(([a], [b]) => a - b)).toEqual(
        found.map(({ segmentNumber, voxelCount }) => [segmentNumber, voxelCount]),
      );
      expect(incidents).toEqual([]);
    });
  },
);
