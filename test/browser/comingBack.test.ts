import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { shippedPhantomFolder } from '../../dicom-fixtures/src/shippedPhantom.js';
import type { Job } from '../../server/contract/job.js';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { until } from '../support/until.js';
import { seriousViolations } from './axe.js';
import { settled } from './settled.js';
import {
  drawnSeries,
  imageOnScreen,
  onlyStudy,
  openViewer,
  reload,
  runAndSee,
  screenshot,
  shownSegments,
  type ViewerPage,
  waitUntilDrawn,
} from './viewerPage.js';

let product: Product;
let browser: Browser;
let viewer: ViewerPage;
let page: Page;
let studyInstanceUID: string;
let lungAndBone: Job;
let fat: Job;

beforeAll(async () => {
  product = await startProduct({ dicomFolders: [path.join(shippedPhantomFolder, 'instances')] });
  browser = await launchChromium();
  studyInstanceUID = await onlyStudy(product.url);
  await open();
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

async function open(query = ''): Promise<void> {
  await page?.close();
  viewer = await openViewer(browser, product.url, `${studyInstanceUID}${query}`);
  page = viewer.page;
}

const part = (name: string) => page.locator(`[data-promptseg=${name}]`);
const cardOf = ({ id }: Job) => page.locator(`[data-job-id="${id}"]`);
const visibleIn = async (job: Job): Promise<number[]> =>
  (await shownSegments(page, job.result!.seriesInstanceUID)).flatMap(({ segment, visible }) =>
    visible ? [segment] : [],
  );

/** The image and the window of the active viewport. */
const look = async () => ({
  image: await imageOnScreen(page),
  window: await page.evaluate(() => {
    const { services } = window as unknown as {
      services: {
        viewportGridService: { getActiveViewportId(): string };
        cornerstoneViewportService: {
          getCornerstoneViewport(id: string): { getProperties(): { voiRange: { lower: number; upper: number } } };
        };
      };
    };
    const id = services.viewportGridService.getActiveViewportId();
    return services.cornerstoneViewportService.getCornerstoneViewport(id).getProperties().voiRange;
  }),
});

/** What the tab keeps of the study. */
const kept = (): Promise<string> =>
  page.evaluate(() =>
    Object.entries(sessionStorage)
      .flatMap(([key, value]) => (key.startsWith('promptseg.') ? [`${key} ${value}`] : []))
      .join(),
  );

describe('who comes back to a study', () => {
  it('finds results, slice and window as they were before the page was loaded again', async () => {
    lungAndBone = await runAndSee(page, 'left lung and bone');
    fat = await runAndSee(page, 'fat');
    await cardOf(lungAndBone).locator('[data-segment-number="2"] [data-promptseg=visible]').click();
    await until(async () => JSON.stringify(await visibleIn(lungAndBone)) === '[1]');
    // As the mouse does: the wheel turns slices, the left button sets the window.
    const canvas = (await page.locator('.cornerstone-canvas').first().boundingBox())!;
    await page.mouse.move(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2);
    for (let turn = 0; turn < 4; turn += 1) await page.mouse.wheel(0, 100);
    await page.mouse.down();
    await page.mouse.move(canvas.x + canvas.width / 2 + 60, canvas.y + canvas.height / 2 + 30, { steps: 5 });
    await page.mouse.up();
    const before = await settled(page, look);
    await screenshot(page, 'coming-back-before');

    await reload(page);
    await waitUntilDrawn(page, lungAndBone.result!.seriesInstanceUID);
    await waitUntilDrawn(page, fat.result!.seriesInstanceUID);
    await until(async () => JSON.stringify(await look()) === JSON.stringify(before));
    expect(await settled(page, look)).toEqual(before);
    await until(async () => JSON.stringify(await visibleIn(lungAndBone)) === '[1]');
    await screenshot(page, 'coming-back-after');
  });

  it('leaves nothing of the patient in the browser but UIDs and numbers', async () => {
    // What is looked at is kept a moment later.
    const words = async () => [...new Set((await kept()).match(/[\p{L}][\p{L}\d]*/gu))].toSorted();
    await eventually(words).toEqual(
      [
        'promptseg',
        'session',
        'look',
        'seriesInstanceUID',
        'sopInstanceUID',
        'frameNumber',
        'window',
        'lower',
        'upper',
        'results',
        'hidden',
      ].toSorted(),
    );
  });
});

describe('a link to a result', () => {
  let link: string;

  it('is copied by one item of the menu of its card', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await cardOf(fat).locator('[data-promptseg=menu]').click();
    await page.getByRole('menuitem', { name: 'Copy link' }).click();
    await part('link').filter({ hasText: 'The link to this result was copied.' }).waitFor();
    link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(
      `${product.url}/segment-by-text?StudyInstanceUIDs=${studyInstanceUID}&result=${fat.result!.sopInstanceUID}`,
    );
    await screenshot(page, 'link-copied');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
  });

  it('opens it: drawn, its card open, nothing else over the images', async () => {
    await open(link.slice(link.indexOf('&')));
    await waitUntilDrawn(page, fat.result!.seriesInstanceUID);
    await cardOf(fat).locator('[data-promptseg=finding][data-visible=true]').waitFor();
    expect(await drawnSeries(page)).toEqual([fat.result!.seriesInstanceUID]);
    await screenshot(page, 'link-opened');

    // A reload is a reload: what was turned to meanwhile stays.
    const opened = await settled(page, look);
    await page.locator('.cornerstone-canvas').first().hover();
    await page.mouse.wheel(0, 100);
    await until(async () => (await imageOnScreen(page)) !== opened.image);
    const turned = await settled(page, look);
    await reload(page);
    await waitUntilDrawn(page, fat.result!.seriesInstanceUID);
    await until(async () => JSON.stringify(await look()) === JSON.stringify(turned));
  });

  it('may name the job too', async () => {
    await open(`&result=${lungAndBone.id}`);
    await waitUntilDrawn(page, lungAndBone.result!.seriesInstanceUID);
    expect(viewer.incidents).toEqual([]);
  });

  it('that leads to nothing says so', async () => {
    await open('&result=1.2.3.4');
    await part('trouble').filter({ hasText: 'The link names a result that is not in this study' }).waitFor();
    expect(await drawnSeries(page)).toEqual([]);
    await screenshot(page, 'link-missing');
  });
});

describe('results in the list of series', () => {
  it('have a number of their own, and names that differ', async () => {
    await open();
    const entries = page.locator('[data-cy^="study-browser-thumbnail"]').filter({ hasText: /SEG/ });
    const texts = async () => (await entries.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
    const numbers = async () => (await texts()).map((text) => /S:\s*(\d+)/.exec(text)?.[1]).toSorted();
    await eventually(numbers).toEqual(['1001', '1002']);
    await eventually(async () => (await texts()).join()).toMatch(/Left lung, Bone/);
    await screenshot(page, 'study-browser');
  });
});
