import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import type { Job } from '../../server/contract/job.js';
import { changedPackage } from '../support/changedPackage.js';
import { launchChromium } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { seriousViolations } from './axe.js';
import { openPanel } from './panelPage.js';
import { jobAskedBy, onlyStudy, run, screenshot } from './viewerPage.js';

const original = path.resolve(import.meta.dirname, '../../models/testing/text-query-package');

let models: string;
let product: Product;
let browser: Browser;

beforeAll(async () => {
  models = await mkdtemp(path.join(tmpdir(), 'promptseg-models-'));
  await changedPackage(original, path.join(models, 'for-heads'), 'model.json', (bytes) =>
    Buffer.from(JSON.stringify({ ...(JSON.parse(bytes.toString()) as object), bodyRegions: ['head'] })),
  );
  // Its tags say that it shows chest, abdomen and pelvis.
  const instances = await createSeries({
    name: 'cube',
    modality: 'MR',
    grid: { size: [40, 40, 12], voxelToLps: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1] },
    valueAt: (i, j, k) => (i > 10 && i < 30 && j > 10 && j < 30 && k > 2 && k < 9 ? 900 : 20 + i),
  });
  product = await startProduct({ instances, models });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  if (models !== undefined) await rm(models, { recursive: true, force: true });
});

it('a model for another part of the body runs only for a person who insists, and its card says so', async () => {
  const { page, incidents } = await openPanel(browser, product.url, await onlyStudy(product.url));
  await page.fill('[data-promptseg=prompt]', 'bright region');
  await run(page);
  const refused = page.locator('[data-promptseg=refused-request]');
  await refused.waitFor();
  expect(await refused.textContent()).toMatch(
    /made for head; by its Body Part Examined the series shows CHESTABDPELVIS/,
  );
  await screenshot(page, 'run-anyway-refused');
  expect(await seriousViolations(page, '.promptseg')).toEqual([]);
  const job = await jobAskedBy(page, () => refused.getByRole('button', { name: 'Run anyway' }).click());
  const card = page.locator(`[data-job-id="${job.id}"]`);
  await card.and(page.locator('[data-state=completed]')).waitFor();
  const done = (await (await fetch(`${product.url}/api/v1/segmentations/${job.id}`)).json()) as Job;
  await card.locator('[data-promptseg=finding][data-visible=true]').waitFor();
  await card.locator('[data-promptseg=notes] summary').click();
  await card.getByText('it ran because the request insisted').waitFor();
  await screenshot(page, 'run-anyway-done');
  expect(await seriousViolations(page, '.promptseg')).toEqual([]);
  expect(done.request.anyway).toBe(true);
  // The refusals, which the browser reports as failed requests.
  expect(incidents.filter((incident) => !/status of 422/.test(incident))).toEqual([]);
});
