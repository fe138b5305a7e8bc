import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { shippedPhantomFolder } from '../../dicom-fixtures/src/shippedPhantom.js';
import type { Job } from '../../server/contract/job.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { workersOf } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { until } from '../support/until.js';
import { seriousViolations } from './axe.js';
import {
  actionOf,
  canvasPixels,
  type DrawnFrame,
  drawnFrames,
  drawnSeries,
  imageItTurnsTo,
  imageOnScreen,
  openViewer,
  partsWiderThanPanel,
  run,
  screenshot,
  type,
  untilStill,
  type ViewerPage,
  waitUntilDrawn,
  whatIsUnknown,
} from './viewerPage.js';

let product: Product;
let browser: Browser;
let studyInstanceUID: string;
let viewer: ViewerPage;
let page: Page;

beforeAll(async () => {
  product = await startProduct({ dicomFolders: [path.join(shippedPhantomFolder, 'instances')] });
  browser = await launchChromium();
  const studies = await json<{ '0020000D': { Value: [string] } }[]>('/dicom-web/studies');
  studyInstanceUID = studies[0]!['0020000D'].Value[0];
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

/** Opening a study takes seconds: tests go on in the page of the one before where that serves as well. */
async function open(): Promise<void> {
  await page?.close();
  viewer = await openViewer(browser, product.url, studyInstanceUID);
  page = viewer.page;
}

async function json<Body>(address: string): Promise<Body> {
  const response = await fetch(`${product.url}${address}`, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`${address} responded with ${response.status}: ${await response.text()}`);
  return (await response.json()) as Body;
}

/** The newest job on the panel, once it ended. */
async function endedJob(): Promise<Job> {
  const card = page.locator('[data-promptseg=job]').first();
  await card.and(page.locator('[data-state=completed], [data-state=failed], [data-state=cancelled]')).waitFor();
  return json<Job>(`/api/v1/segmentations/${await card.getAttribute('data-job-id')}`);
}

/** The frames of the stored SEG, straight from the archive. */
async function storedFrames(sopInstanceUID: string): Promise<DrawnFrame[]> {
  const lookup = await product.archive.ask(`/tools/lookup`, { method: 'POST', body: sopInstanceUID });
  const [instance] = (await lookup.json()) as { ID: string }[];
  const file = await product.archive.ask(`/instances/${instance!.ID}/file`);
  const { frames, pixels, rows, columns } = readSegmentation(new Uint8Array(await file.arrayBuffer()));
  if (pixels.type !== 'BINARY') throw new Error(`the result is ${pixels.type}`);
  const bytes = (rows * columns) / 8;
  return frames.map(({ segmentNumber, sourceImages }, index) => ({
    image: sourceImages[0]!.sopInstanceUID,
    segmentNumber: segmentNumber ?? 0,
    packed: Buffer.from(pixels.bits.subarray(index * bytes, (index + 1) * bytes)).toString('base64'),
  }));
}

const inOrder = (frames: readonly DrawnFrame[]) =>
  [...frames].sort((a, b) => a.segmentNumber - b.segmentNumber || a.image.localeCompare(b.image));

const voxelsOf = (frames: readonly DrawnFrame[], segmentNumber: number) =>
  frames
    .filter((frame) => frame.segmentNumber === segmentNumber)
    .flatMap(({ packed }) => [...Buffer.from(packed, 'base64')])
    .reduce((count, byte) => count + byte.toString(2).replaceAll('0', '').length, 0);

const textOf = (selector: string) => page.locator(selector).allInnerTexts();

describe('the panel "Segment by text" in the unmodified OHIF', () => {
  it('draws what was typed over the images, voxel for voxel, without a page load', async () => {
    await open();
    await type(page, 'left lung and bone');
    expect(await textOf('[data-promptseg=target]')).toEqual([
      expect.stringMatching(/Left lung\s+SCT \d+/),
      expect.stringMatching(/Bone\s+SCT \d+/),
    ]);
    await screenshot(page, 'understood');

    const pressed = Date.now();
    await run(page);
    await page.waitForSelector('[data-promptseg=job]');
    await screenshot(page, 'running');
    const { state, findings, result } = await endedJob();
    const completed = Date.now();
    expect({ state, problem: findings.filter(({ status }) => status !== 'found') }).toEqual({
      state: 'completed',
      problem: [],
    });
    await waitUntilDrawn(page, result!.seriesInstanceUID);
    const drawn = Date.now();
    console.info(`Enter → completed ${completed - pressed} ms → drawn ${drawn - completed} ms`);

    const frames = await drawnFrames(page, result!.seriesInstanceUID);
    for (const finding of findings) {
      if (finding.status !== 'found') continue;
      expect([finding.target.name, voxelsOf(frames, finding.segmentNumber)]).toEqual([
        finding.target.name,
        finding.voxelCount,
      ]);
    }
    const stored = await storedFrames(result!.sopInstanceUID);
    expect(stored.length).toBeGreaterThan(0);
    // toEqual would print megabytes where they differ.
    expect(JSON.stringify(inOrder(frames)) === JSON.stringify(inOrder(stored))).toBe(true);

    expect(await textOf('[data-promptseg=finding]')).toEqual([
      expect.stringMatching(/^Left lung\s+[\d,.]+ mL\s+mean −?\d+ HU\s+Only$/),
      expect.stringMatching(/^Bone\s+[\d,.]+ mL\s+mean −?\d+ HU\s+Only$/),
    ]);
    const first = stored.filter(({ segmentNumber }) => segmentNumber === 1);
    const imagesOfFirst = new Set(first.map(({ image }) => image));
    await until(async () => imagesOfFirst.has(await imageOnScreen(page)));
    await untilStill(page);
    await screenshot(page, 'drawn');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    await page.setViewportSize({ width: 1000, height: 700 });
    await untilStill(page);
    await screenshot(page, 'drawn-small');
    expect(viewer.incidents).toEqual([]);
  });

  it('shows the results of before after a reload, and draws one again when it is asked to', async () => {
    await open();
    const card = page.locator('[data-promptseg=job][data-state=completed]').last();
    await card.waitFor();
    expect(await card.locator('[data-promptseg=finding]').count()).toBe(2);
    expect(await drawnSeries(page)).toEqual([]);
    const { result } = await json<Job>(`/api/v1/segmentations/${await card.getAttribute('data-job-id')}`);
    await actionOf(card, 'Show').click();
    await waitUntilDrawn(page, result!.seriesInstanceUID);
    await actionOf(card, 'Hide').waitFor();

    // Arrow keys turn slices even right after a click in the panel; a click on a finding comes back to it.
    const middle = await imageItTurnsTo(page);
    await page.keyboard.press('ArrowDown');
    await until(async () => (await imageOnScreen(page)) !== middle);
    await card.locator('[data-promptseg=finding] button').first().click();
    await until(async () => (await imageOnScreen(page)) === middle);
    expect(viewer.incidents).toEqual([]);
  });

  it('says what it does not know, suggests what comes close, and runs nothing', async () => {
    await type(page, 'lun');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-promptseg=unknown]');
    expect((await textOf('[data-promptseg=unknown] p'))[0]).toMatch(/\w+.*\.$/);
    expect(await page.isDisabled('[data-promptseg=run]')).toBe(true);
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/segmentations')) asked.push(request.url());
    });
    await run(page);
    await screenshot(page, 'unknown');

    const suggestion = page.locator('[data-promptseg=suggestion]').first();
    const name = (await suggestion.textContent())!;
    await suggestion.click();
    await page.waitForSelector('[data-promptseg=target]');
    expect((await textOf('[data-promptseg=target]'))[0]).toContain(name);
    await until(() => page.evaluate(() => document.activeElement?.tagName === 'INPUT'));
    expect(asked).toEqual([]);
    expect(viewer.incidents).toEqual([]);
  });

  it('runs several prompts one after the other and cancels one by keyboard', async () => {
    const before = await drawnSeries(page);
    // The first job stands still, so that the newest waits for as long as the test needs to cancel it.
    const workers = await workersOf(product);
    for (const worker of workers) process.kill(worker, 'SIGSTOP');
    for (const prompt of ['airways', 'fat', 'soft tissue']) {
      await type(page, prompt);
      await run(page);
      await page.locator('[data-promptseg=job] h3', { hasText: new RegExp(`^${prompt}$`) }).waitFor();
    }
    await page.locator('[data-promptseg=job] [data-promptseg=action]').first().focus();
    await page.keyboard.press('Enter');
    const cancelled = await endedJob();
    for (const worker of workers) process.kill(worker, 'SIGCONT');
    expect({ prompts: cancelled.request.prompts, state: cancelled.state, result: cancelled.result }).toEqual({
      prompts: ['soft tissue'],
      state: 'cancelled',
      result: undefined,
    });
    await until(() => page.evaluate(() => document.activeElement?.textContent === 'Try again'));
    await until(async () => (await drawnSeries(page)).length === before.length + 2);
    await screenshot(page, 'several');
    expect(viewer.incidents).toEqual([]);
  });

  it('has no part that is wider than the panel', async () => {
    await type(page, 'left lung, bone, airways, spectrometer and dense material');
    await page.locator('[data-promptseg=job]').first().waitFor();
    expect(await whatIsUnknown(page)).toEqual([expect.stringContaining('spectrometer')]);
    expect(await partsWiderThanPanel(page)).toEqual([]);
  });

  it('is offered in the worklist, next to the modes of OHIF', async () => {
    await page.close();
    page = await newPage(browser, canvasPixels);
    await page.goto(product.url);
    const study = page.getByText('Synthetic CT body phantom').first();
    await study.waitFor();
    await study.click();
    const mode = page.getByRole('button', { name: 'Segment by text' });
    await mode.waitFor();
    await screenshot(page, 'worklist');
    await mode.click();
    await page.waitForURL(/\/segment-by-text\?/);
    await page.waitForSelector('[data-promptseg=series]');
  });

  it('is missed by nobody else: the viewer starts without its files', async () => {
    await page.close();
    page = await newPage(browser, canvasPixels);
    await page.route('**/plugins/*.js', (route) => route.fulfill({ status: 404, body: 'gone' }));
    await page.goto(`${product.url}/viewer?StudyInstanceUIDs=${studyInstanceUID}`);
    await page.waitForSelector('.cornerstone-canvas');
    expect(await page.locator('.promptseg').count()).toBe(0);
  });
});
