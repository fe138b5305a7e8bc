import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Job } from '../../server/contract/job.js';
import { submit, uidsOf, waitFor } from '../endToEnd/productClient.js';
import { launchChromium } from '../support/chromium.js';
import { readDicomFiles } from '../support/dicomFiles.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { until } from '../support/until.js';
import { seriousViolations } from './axe.js';
import { openPanel } from './panelPage.js';
import { fewFrames, settled } from './settled.js';
import {
  actionOf,
  drawnSeries,
  imageOnScreen,
  isOnTop,
  openDrawer,
  openViewer,
  reload,
  runAndSee,
  screenshot,
  shownSegments,
  type ViewerPage,
  waitUntilDrawn,
} from './viewerPage.js';

const headMr = path.resolve(import.meta.dirname, '../../dicom-fixtures/generated/head-mr/instances');

let product: Product;
let browser: Browser;
let viewer: ViewerPage;
let page: Page;
let study: string;
let lungs: Job;
let lungAndBone: Job;
let fat: Job;

beforeAll(async () => {
  const instances = await smallPhantom('opened study');
  const series = uidsOf(instances[0]!);
  study = series.studyInstanceUID;
  product = await startProduct({ dicomFolders: [headMr], instances });
  // What nobody has drawn is a card, too: the oldest.
  const { body: job } = await submit(product, { ...series, prompts: ['airways'], model: 'ct-tissues' });
  await waitFor(product, job.id);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

/** Opening a study takes seconds: tests go on in the page of the one before where that serves as well. */
async function open(opened: string): Promise<void> {
  await page?.close();
  viewer = await openViewer(browser, product.url, opened);
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

describe('the first look', () => {
  it('is at the middle image, with a window that shows it', async () => {
    await open(uidsOf(readDicomFiles(headMr)[0]!).studyInstanceUID);
    // OHIF names the image before it has its pixels, and the window comes with these.
    const look = () =>
      page.evaluate(() => {
        const { services } = window as unknown as {
          services: {
            viewportGridService: { getActiveViewportId(): string };
            cornerstoneViewportService: {
              getCornerstoneViewport(id: string): {
                getCurrentImageIdIndex(): number;
                getProperties(): { voiRange: { lower: number; upper: number } | null | undefined };
              };
            };
          };
        };
        const id = services.viewportGridService.getActiveViewportId();
        const viewport = services.cornerstoneViewportService.getCornerstoneViewport(id);
        const { voiRange } = viewport.getProperties();
        return { index: viewport.getCurrentImageIdIndex(), width: voiRange ? voiRange.upper - voiRange.lower : 0 };
      });
    await eventually(async () => (await look()).width).toBeGreaterThan(0);
    const { index, width } = await settled(page, look);
    expect(index).toBe(72);
    // The first image is noise, with a window of 64.
    expect(width).toBeGreaterThan(200);
    await screenshot(page, 'first-look');
  });

  it('draws a structure once, as the newest run has it', async () => {
    await open(study);
    lungs = await runAndSee(page, 'left lung, right lung and bone');
    lungAndBone = await runAndSee(page, 'left lung and bone');
    await eventually(async () => [await visibleIn(lungs), await visibleIn(lungAndBone)]).toEqual([[2], [1, 2]]);
    await screenshot(page, 'first-look-drawn');
    expect(viewer.incidents).toEqual([]);
  });

  it('goes by keyboard alone: to the prompt, from finding to finding, and through what is drawn', async () => {
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-promptseg'));
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    expect(await focused()).toBe('prompt');
    await page.keyboard.type('n1?');
    expect(await part('prompt').inputValue()).toBe('n1?');
    await part('prompt').fill('');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.className)).toContain('promptseg');

    const newest = page.locator('[data-promptseg=job]').first();
    const rows = newest.locator('[data-promptseg=finding]');
    const visible = () => rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-visible')));
    await eventually(visible).toEqual(['true', 'true']);
    await page.keyboard.press('1');
    await newest.locator('[data-promptseg=finding][data-visible=false]').waitFor();
    expect(await visible()).toEqual(['false', 'true']);
    await page.keyboard.press('n');
    await page.waitForFunction(
      () => document.querySelectorAll('[data-promptseg=job]')[0]?.querySelectorAll('[data-visible=false]').length === 0,
    );

    await page.keyboard.press('?');
    await part('keys').waitFor();
    await screenshot(page, 'keys');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    await page.keyboard.press('?');
    await part('keys').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await part('keys').waitFor();
    await page.keyboard.press('Escape');
    await part('keys').waitFor({ state: 'detached' });
    expect(viewer.incidents).toEqual([]);
  });

  it('keeps the keys of its fields and chips from the viewer’s own shortcuts', async () => {
    const before = await look();
    const chips = part('chip');
    for (const prompt of ['bone', 'fat']) {
      await part('prompt').fill(prompt);
      await part('prompt').press('Shift+Enter');
    }
    await page.locator('[data-promptseg=chip][data-state=understood]').nth(1).waitFor();
    await page.keyboard.press('Backspace');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Delete');
    await eventually(() => chips.count()).toBe(1);
    expect(await chips.textContent()).toContain('Fat');
    await page.keyboard.press('Delete');
    await eventually(() => chips.count()).toBe(0);

    await openDrawer(page, 'options');
    const checkbox = part('drawer').getByRole('checkbox', { disabled: false }).first();
    const wasChecked = await checkbox.isChecked();
    await checkbox.focus();
    await page.keyboard.press('Space');
    expect(await checkbox.isChecked()).toBe(!wasChecked);
    await page.keyboard.press('Space');
    await part('open-options').click();
    expect(await look()).toEqual(before);
  });

  it('keeps the prompt in sight, older cards on one line, and the viewer’s tools folded', async () => {
    fat = await runAndSee(page, 'fat');
    await page.setViewportSize({ width: 1000, height: 480 });
    await eventually(() => page.evaluate(() => innerHeight)).toBe(480);
    expect(await page.locator('[data-promptseg=job]').count()).toBe(4);
    const oldest = page.locator('[data-promptseg=job]').last();
    await oldest.scrollIntoViewIfNeeded();
    expect(await isOnTop(part('prompt').first())).toBe(true);
    expect((await oldest.boundingBox())!.height).toBeLessThan(40);
    await oldest.locator('[data-promptseg=fold]').click();
    expect((await oldest.boundingBox())!.height).toBeGreaterThan(40);

    // The tools are there while something is edited, and not before; the list of segmentations on request.
    const [tools, list] = ['Label map tools', 'Label map segmentations'].map((text) =>
      page.getByText(text, { exact: false }).first(),
    );
    expect([await tools!.isVisible(), await list!.isVisible()]).toEqual([false, false]);
    await part('viewer-tools').click();
    await list!.waitFor();
    expect(await tools!.isVisible()).toBe(false);
    await part('viewer-tools').click();
    await list!.waitFor({ state: 'hidden' });
  });

  it.each([
    [1280, 720],
    [1000, 480],
  ])('goes to its end by the wheel in a window of %d × %d, and nothing else in it scrolls', async (width, height) => {
    await page.setViewportSize({ width, height });
    await eventually(() => page.evaluate(() => innerHeight)).toBe(height);
    await openDrawer(page, 'browse');
    for (const region of await part('browse-region').locator('summary').all()) await region.click();
    const endIsInSight = () =>
      page.locator('.promptseg > :last-child').evaluate((end) => end.getBoundingClientRect().bottom <= innerHeight);
    expect(await endIsInSight()).toBe(false);
    await page.mouse.move(width - 180, height - 40);
    const turnWheel = (by: number, look: () => Promise<boolean>) =>
      eventually(async () => {
        await page.mouse.wheel(0, by);
        return look();
      }).toBe(true);
    await turnWheel(300, endIsInSight);
    expect(await isOnTop(part('prompt').first())).toBe(true);
    await screenshot(page, `wheel-${width}`);
    const alsoScroll = await page
      .locator('.promptseg *')
      .evaluateAll((all) =>
        all
          .filter(
            (part) => /auto|scroll/.test(getComputedStyle(part).overflowY) && part.scrollHeight > part.clientHeight,
          )
          .map((part) => part.className),
      );
    expect(alsoScroll).toEqual([]);
    await turnWheel(-300, () => isOnTop(part('series').first()));
    await part('open-browse').click();
  });

  it.each([
    [1920, 1080],
    [1000, 700],
  ])('is a panel of 360 pixels in a window of %d × %d', async (width, height) => {
    await page.setViewportSize({ width, height });
    const look = () =>
      page.locator('.promptseg').evaluate((panel) => [innerWidth, panel.getBoundingClientRect().width]);
    await eventually(look).toEqual([width, expect.any(Number)]);
    expect((await settled(page, look, fewFrames))[1]).toBeGreaterThanOrEqual(350);
    await screenshot(page, `panel-${width}`);
  });
});

describe('who comes back to a study', () => {
  it('finds results, slice and window as they were before the page was loaded again', async () => {
    await actionOf(cardOf(lungs), 'Hide').click();
    await eventually(() => visibleIn(lungs)).toEqual([]);
    const fold = cardOf(lungAndBone).locator('[data-promptseg=fold]');
    if ((await fold.getAttribute('aria-expanded')) === 'false') await fold.click();
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
    expect(link).toBe(`${product.url}/segment-by-text?StudyInstanceUIDs=${study}&result=${fat.result!.sopInstanceUID}`);
    await screenshot(page, 'link-copied');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
  });

  it('opens it: drawn, its card open, nothing else over the images', async () => {
    await open(link.slice(link.indexOf('=') + 1));
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
    const alone = await openPanel(browser, product.url, study, `&result=${lungAndBone.id}`);
    const drawn = alone.page.locator('[data-promptseg=job]:has([data-visible=true])');
    await eventually(() => drawn.evaluateAll((cards) => cards.map((card) => card.getAttribute('data-job-id')))).toEqual(
      [lungAndBone.id],
    );
    expect(alone.incidents).toEqual([]);
    await alone.page.close();
  });

  it('that leads to nothing says so', async () => {
    const alone = await openPanel(browser, product.url, study, '&result=1.2.3.4');
    const trouble = alone.page.locator('[data-promptseg=trouble]');
    await trouble.filter({ hasText: 'The link names a result that is not in this study' }).waitFor();
    expect(await alone.page.locator('[data-visible=true]').count()).toBe(0);
    await screenshot(alone.page, 'link-missing');
    await alone.page.close();
  });
});

describe('results in the list of series', () => {
  it('have a number of their own, and names that differ', async () => {
    const entries = page.locator('[data-cy^="study-browser-thumbnail"]').filter({ hasText: /SEG/ });
    const texts = async () => (await entries.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
    const numbers = async () => (await texts()).map((text) => /S:\s*(\d+)/.exec(text)?.[1]).toSorted();
    await eventually(numbers).toEqual(['1001', '1002', '1003', '1004']);
    await eventually(async () => (await texts()).join()).toMatch(/Left lung, Bone/);
    await screenshot(page, 'study-browser');
  });
});
