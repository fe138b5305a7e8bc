import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { createImage } from '../../dicom-fixtures/src/createImage.js';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import type { Attributes } from '../../dicom-fixtures/src/writePart10.js';
import { fromAxes } from '../../server/src/values/affine.js';
import { uidsOf } from '../endToEnd/productClient.js';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { seriousViolations } from './axe.js';
import { openViewer, partsWiderThanPanel, putSeries, screenshot, type ViewerPage } from './viewerPage.js';

let product: Product;
let browser: Browser;
let viewer: ViewerPage;
let page: Page;
let series: Record<'CT' | 'US' | 'PT' | 'scout' | 'capture' | 'slice', string>;

/** A few images of one block in the study. */
const block = (name: string, modality: 'CT' | 'MR' | 'PT', slices: number, attributes: Attributes = {}) =>
  createSeries({
    name,
    study: 'what nothing can read',
    modality,
    grid: { size: [32, 32, slices], voxelToLps: fromAxes([3, 0, 0], [0, 3, 0], [0, 0, 5], [-48, -48, 0]) },
    valueAt: (i, j) => (i > 6 && i < 26 && j > 6 && j < 26 ? 100 : 0),
    attributes: () => ({ SeriesDescription: name, ...attributes }),
  });

beforeAll(async () => {
  const phantom = await smallPhantom('a phantom', 'what nothing can read');
  const sonogram = await createImage({
    name: 'a sonogram',
    study: 'what nothing can read',
    kind: 'US',
    columns: 48,
    rows: 40,
    pixels: { grayAt: (i, j) => (i + j) % 200 },
    attributes: { SeriesDescription: 'a sonogram' },
  });
  const others = {
    PT: await block('a PET', 'PT', 6),
    scout: await block('a scout', 'CT', 1, { ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }),
    capture: await block('a dose report', 'CT', 1, { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' }),
    slice: await block('one slice', 'MR', 1),
  };
  const uidOf = (instances: readonly Uint8Array[]) => uidsOf(instances[0]!).seriesInstanceUID;
  series = {
    CT: uidOf(phantom),
    US: uidOf([sonogram]),
    PT: uidOf(others.PT),
    scout: uidOf(others.scout),
    capture: uidOf(others.capture),
    slice: uidOf(others.slice),
  };
  product = await startProduct({ instances: [...phantom, sonogram, ...Object.values(others).flat()] });
  browser = await launchChromium();
  viewer = await openViewer(browser, product.url, uidsOf(phantom[0]!).studyInstanceUID);
  page = viewer.page;
});

beforeEach(() => putSeries(page, series.CT));

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

const part = (name: string) => page.locator(`[data-promptseg=${name}]`);

/** What is said in place of the box; nothing where it is there. */
const problem = async (): Promise<string> => (await part('series-problem').allInnerTexts()).join();

describe('a series that nothing can read', () => {
  it.each([
    ['US', /^No installed model reads US; .* read CT, MR\.\s+BiomedParse can be added for US\.\s+How to add a model/],
    ['PT', /^No installed model reads PT; .* read CT, MR\.\s+SAT can be added for PT\.\s+How to add a model/],
    ['scout', /^This is a scout of the CT, a projection\. Models read slices\./],
    ['capture', /^This is a capture of a screen: its pixels are no measured values\./],
    ['slice', /^This is one MR slice\. Models read stacks of slices\./],
  ] as const)('says so where the box is, with what would help: %s', async (name, says) => {
    await putSeries(page, series[name]);
    await eventually(problem).toMatch(says);
    // What could not be done is not offered.
    expect([await part('prompt').count(), await part('run').count(), await part('recognize').count()]).toEqual([
      0, 0, 0,
    ]);
    await screenshot(page, `unreadable-${name}`);
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    for (const width of [280, 360]) {
      const style = await page.addStyleTag({ content: `.promptseg { width: ${width}px; }` });
      expect([width, await partsWiderThanPanel(page)]).toEqual([width, []]);
      await style.evaluate((element) => (element as Element).remove());
    }

    // By keyboard to a series of the study that a model reads.
    await part('open-series').filter({ hasText: 'CT' }).first().focus();
    await page.keyboard.press('Enter');
    await part('prompt').waitFor();
    expect(viewer.incidents).toEqual([]);
  });

  it('is shown by a server on loopback, where no log-in is missing', async () => {
    await part('prompt').waitFor();
    expect(await page.getByText('anyone who reaches').count()).toBe(0);
  });

  it('may be one without images', async () => {
    const post = { prompts: ['bone'], output: { measurementReport: true } };
    const studyInstanceUID = new URL(page.url()).searchParams.get('StudyInstanceUIDs');
    const response = await fetch(`${product.url}/api/v1/segmentations`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ studyInstanceUID, seriesInstanceUID: series.CT, ...post }),
    });
    const { id } = (await response.json()) as { id: string };
    await page.locator(`[data-job-id="${id}"][data-state=completed]`).waitFor();
    await page.close();
    viewer = await openViewer(browser, product.url, studyInstanceUID!);
    page = viewer.page;
    const { result } = (await (await fetch(`${product.url}/api/v1/segmentations/${id}`)).json()) as {
      result: { alsoStored: { seriesInstanceUID: string }[] };
    };
    await putSeries(page, result.alsoStored[0]!.seriesInstanceUID);
    await eventually(problem).toMatch(/^SR: this holds no images that could be segmented\./);
    await screenshot(page, 'unreadable-SR');
  });
});
