import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Place } from '../../server/contract/caution.js';
import type { FoundFinding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import { type SeriesUIDs, submit, uidsOf, waitFor } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { until } from '../support/until.js';
import { seriousViolations } from './axe.js';
import { openPanel } from './panelPage.js';
import {
  canvasPixels,
  imageOnScreen,
  openViewer,
  partsWiderThanPanel,
  screenshot,
  type ViewerPage,
} from './viewerPage.js';

let product: Product;
let browser: Browser;
let viewer: ViewerPage;
let page: Page;
let series: SeriesUIDs;
let job: Job;
let cutOff: FoundFinding;
let places: readonly Place[];

beforeAll(async () => {
  // From the middle of the chest: the first and the last slice cut the lungs off.
  const instances = (await smallPhantom('Cut-off chest')).slice(40, 52);
  series = uidsOf(instances[0]!);
  product = await startProduct({ instances });
  const { body } = await submit(product, { ...series, prompts: ['left lung'], model: 'ct-tissues' });
  job = await waitFor(product, body.id);
  cutOff = job.findings.find((finding): finding is FoundFinding => finding.status === 'found')!;
  places = cutOff.cautions!.find(({ code }) => code === 'cut-off')!.places!;
  browser = await launchChromium();
  viewer = await openViewer(browser, product.url, series.studyInstanceUID);
  page = viewer.page;
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

const card = (): Locator => page.locator(`[data-job-id="${job.id}"]`);
const caution = (): Locator => card().locator('[data-promptseg=caution][data-code=cut-off]');
const look = (name: string): Locator => caution().getByRole('button', { name, exact: true });
const turnsTo = ({ sopInstanceUID }: Place): Promise<true> =>
  until(async () => (await imageOnScreen(page)) === sopInstanceUID);

describe('a caution in the panel', () => {
  it('says what speaks against a finding, and its buttons turn the viewer to the slices that it is about', async () => {
    await caution().waitFor();
    expect(await caution().textContent()).toMatch(/^The edge of the images cuts it off \(feet, head\)/);
    expect(places.map(({ slice }) => slice)).toEqual([0, 11]);
    // Nothing is drawn yet: the button draws it, and does not stop at the middle of the structure.
    await look('Look 2').click();
    await turnsTo(places[1]!);
    await look('Look 1').focus();
    await page.keyboard.press('Enter');
    await turnsTo(places[0]!);
    await look('Look 2').click();
    await turnsTo(places[1]!);
    await screenshot(page, 'caution');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    expect(viewer.incidents).toEqual([]);
  });

  it.each(['en', 'de'])('fits into 280 pixels: %s', async (language) => {
    const alone = await openPanel(browser, product.url, series.studyInstanceUID, `&lng=${language}`);
    const card = alone.page.locator(`[data-job-id="${job.id}"]`);
    await card.locator('[data-promptseg=caution][data-code=cut-off]').waitFor();
    await alone.page.addStyleTag({ content: '.promptseg { width: 280px; }' });
    if (language === 'de') expect(await card.getByRole('button', { name: 'Ansehen 1', exact: true }).count()).toBe(1);
    await screenshot(alone.page, `caution-280-${language}`);
    expect(await partsWiderThanPanel(alone.page)).toEqual([]);
    await alone.page.close();
  });

  it('turns the viewer without OHIF, too', async () => {
    const plain = await newPage(browser, canvasPixels);
    await plain.goto(`${product.url}/cornerstone?StudyInstanceUIDs=${series.studyInstanceUID}`);
    const buttons = plain.locator('[data-promptseg=caution][data-code=cut-off] [data-promptseg=look]');
    await buttons.nth(1).click();
    await plain.locator('.slice-control', { hasText: /\b(1|12) \/ 12\b/ }).waitFor();
    const last = await plain.locator('.slice-control').textContent();
    await buttons.first().click();
    await until(async () => {
      const text = (await plain.locator('.slice-control').textContent()) ?? '';
      return /\b(1|12) \/ 12\b/.test(text) && text !== last;
    });
  });
});
