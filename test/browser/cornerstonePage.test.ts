import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import type { FoundFinding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import { type ReadSegmentation, readSegmentation } from '../../server/src/results/readSegmentation.js';
import { type SeriesUIDs, uidsOf } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { until } from '../support/until.js';
import { seriousViolations } from './axe.js';
import { settled } from './settled.js';
import { actionOf, canvasPixels, jobAskedBy, run, screenshot, type } from './viewerPage.js';

let product: Product;
let browser: Browser;
let page: Page;
const incidents: string[] = [];
let first: SeriesUIDs;
let second: SeriesUIDs;

beforeAll(async () => {
  const series = [
    await smallPhantom('cornerstone first', 'cornerstone'),
    await smallPhantom('cornerstone second', 'cornerstone'),
  ];
  [first, second] = series.map((instances) => uidsOf(instances[0]!)) as [SeriesUIDs, SeriesUIDs];
  product = await startProduct({ instances: series.flat() });
  browser = await launchChromium();
  page = await newPage(browser, canvasPixels);
  page.on('pageerror', (error) => incidents.push(`page error: ${error.stack}`));
  page.on('console', (message) => {
    if (message.type() === 'error') incidents.push(`console error: ${message.text()}`);
  });
});

afterEach(() => {
  expect(incidents.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

const row = (segmentNumber: number): Locator =>
  page.locator(`[data-promptseg=finding][data-segment-number="${segmentNumber}"]`);
const seriesButton = ({ seriesInstanceUID }: SeriesUIDs): Locator =>
  page.locator(`[data-series="${seriesInstanceUID}"]`);
const panelSeries = (): Locator => page.locator('[data-promptseg=series]');

/** How many pixels of a viewport are coloured, once it is drawn. The images are grey, so these are the overlay's. */
async function colouredPixels(viewport: string): Promise<number> {
  const look = (): Promise<number> =>
    page.evaluate((id) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`[data-viewport="${id}"] canvas`)!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (Math.max(data[at]!, data[at + 1]!, data[at + 2]!) - Math.min(data[at]!, data[at + 1]!, data[at + 2]!) > 6)
          count += 1;
      }
      return count;
    }, viewport);
  return settled(page, look);
}

/** Which of its images a viewport has drawn, counted from 0. The slider runs ahead of it. */
async function sliceOf(viewport: string): Promise<number> {
  const text = await page
    .locator(`.viewport-frame:has([data-viewport="${viewport}"]) .slice-control span`)
    .textContent();
  return Number(/(\d+) \/ \d+/.exec(text ?? '')?.[1]) - 1;
}

/** The job of what stands in the box, completed. */
async function completedJob(): Promise<Job> {
  const { id } = await jobAskedBy(page, () => run(page));
  await page.locator(`[data-job-id="${id}"][data-state=completed]`).waitFor();
  return (await (await fetch(`${product.url}/api/v1/segmentations/${id}`)).json()) as Job;
}

interface Stored extends ReadSegmentation {
  /** Of the images, from the feet up, in mm. The body is on every image. */
  readonly heights: readonly number[];
}

async function storedSegmentation({ id }: Job): Promise<Stored> {
  const file = await fetch(`${product.url}/api/v1/segmentations/${id}/export/segmentation`);
  const stored = readSegmentation(new Uint8Array(await file.arrayBuffer()));
  const body = stored.frames.filter(({ segmentNumber }) => segmentNumber === 1);
  return {
    ...stored,
    heights: body.map(({ imagePositionPatient }) => imagePositionPatient![2]).toSorted((a, b) => a - b),
  };
}

/** Voxels of a segment on one image of its series. */
function voxelsOn({ frames, pixels, rows, columns, heights }: Stored, segmentNumber: number, slice: number): number {
  if (pixels.type !== 'BINARY') throw new Error(`the result is ${pixels.type}`);
  const index = frames.findIndex(
    (frame) => frame.segmentNumber === segmentNumber && frame.imagePositionPatient![2] === heights[slice],
  );
  const bytes = (rows * columns) / 8;
  return pixels.bits
    .subarray(index * bytes, (index + 1) * bytes)
    .reduce((count, byte) => count + byte.toString(2).replaceAll('0', '').length, 0);
}

/** The image nearest to the centroid of a finding. */
function middleOf({ heights }: Stored, { centroidLps }: FoundFinding): number {
  const distances = heights.map((height) => Math.abs(height - centroidLps![2]));
  return distances.indexOf(Math.min(...distances));
}

/** A coloured pixel in the middle of those of a viewport, on screen. */
const middleOfColour = (viewport: string): Promise<{ readonly x: number; readonly y: number }> =>
  page.evaluate((id) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`[data-viewport="${id}"] canvas`)!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const places: [x: number, y: number][] = [];
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
      if (Math.max(red, green, blue) - Math.min(red, green, blue) > 6)
        places.push([(at / 4) % canvas.width, Math.floor(at / 4 / canvas.width)]);
    }
    const mean = [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis]!, 0) / places.length);
    const away = ([x, y]: [number, number]) => Math.hypot(x - mean[0]!, y - mean[1]!);
    const [x, y] = places.reduce((a, b) => (away(b) < away(a) ? b : a));
    const { left, top, width } = canvas.getBoundingClientRect();
    const scale = width / canvas.width;
    return { x: left + (x + 0.5) * scale, y: top + (y + 0.5) * scale };
  }, viewport);

/** Waits until so many clicks are drawn. */
const clicksDrawn = (count: number): Promise<void> =>
  page.locator(`[data-promptseg=clicks][data-clicks="${count}"][data-work=none]`).waitFor();

/** The job that Enter stores the clicks with, completed. */
async function storedByEnter(): Promise<Job> {
  const accepted = page.waitForResponse((response) => response.url().endsWith('/accept'));
  await page.keyboard.press('Enter');
  const { id } = (await (await accepted).json()) as Job;
  await page.locator(`[data-job-id="${id}"][data-state=completed]`).waitFor();
  return (await (await fetch(`${product.url}/api/v1/segmentations/${id}`)).json()) as Job;
}

describe('the page /cornerstone', () => {
  let job: Job;
  let stored: Stored;
  let lungSlice: number;
  const card = (): Locator => page.locator('[data-promptseg=job]');
  const drawAlone = async (segmentNumber: number): Promise<void> => {
    await row(segmentNumber).locator('[data-promptseg=only]').click();
    await row(segmentNumber).locator('[data-promptseg=only][aria-pressed=true]').waitFor();
  };
  const hide = async (segmentNumber: number): Promise<void> => {
    await row(segmentNumber).and(page.locator('[data-visible=true]')).locator('[data-promptseg=visible]').click();
    await row(segmentNumber).and(page.locator('[data-visible=false]')).waitFor();
  };
  const turnToLung = async (): Promise<void> => {
    await row(3).locator('.promptseg-finding').click();
    await until(async () => (await sliceOf('stack')) === lungSlice);
  };

  it('lists the studies, and opens one with its series', async () => {
    await page.goto(`${product.url}/cornerstone`);
    await page.getByRole('table').getByRole('link').click();
    await page.locator('[data-series][aria-pressed=true]').waitFor();
    await seriesButton(first).click();
    await eventually(() => page.locator('[data-series]').count()).toBe(2);
    expect(new URL(page.url()).searchParams.get('StudyInstanceUIDs')).toBe(first.studyInstanceUID);
    await panelSeries().getByText('cornerstone first').waitFor();
    expect(await colouredPixels('stack')).toBe(0);
  });

  it('draws what was typed over the images, in the right size', async () => {
    await type(page, 'body, bone and left lung');
    job = await completedJob();
    await until(async () => (await colouredPixels('stack')) > 0);
    stored = await storedSegmentation(job);
    lungSlice = middleOf(stored, job.findings[2] as FoundFinding);
    await turnToLung();
    await drawAlone(3);
    const lung = await colouredPixels('stack');
    await drawAlone(1);
    const body = await colouredPixels('stack');
    await screenshot(page, 'cornerstone-stack');
    const expected = voxelsOn(stored, 3, lungSlice) / voxelsOn(stored, 1, lungSlice);
    expect(expected).toBeGreaterThan(0.01);
    expect(lung / body / expected).toBeCloseTo(1, 1);
  });

  it('hides, draws alone and turns to a finding', async () => {
    await page.locator('.slice-control input').focus();
    await page.keyboard.press('Home');
    await until(async () => (await sliceOf('stack')) === 0);
    await turnToLung();

    await actionOf(card(), 'Hide').click();
    await until(async () => (await colouredPixels('stack')) === 0);
    await actionOf(card(), 'Show').click();
    await until(async () => (await colouredPixels('stack')) > 0);
    await row(2).and(page.locator('[data-visible=true]')).waitFor();
  });

  it('shows three planes, with overlapping segments', async () => {
    await page.locator('[data-layout=planes]').click();
    await page.locator('[data-viewport=coronal] canvas').waitFor();
    for (const viewport of ['axial', 'sagittal', 'coronal'])
      await until(async () => (await colouredPixels(viewport)) > 0);
    const midline = await sliceOf('sagittal');
    await row(3).locator('.promptseg-finding').click();
    await until(async () => (await sliceOf('sagittal')) !== midline);
    await screenshot(page, 'cornerstone-planes');
    await hide(2);
    const all = await colouredPixels('coronal');
    // Flattened, the lung would have taken the body's place, and would leave a hole.
    await hide(3);
    expect(await colouredPixels('coronal')).toBe(all);
    await page.locator('[data-layout=stack]').click();
    await page.locator('[data-viewport=stack] canvas').waitFor();
    await until(async () => (await colouredPixels('stack')) > 0);
  });

  it('follows the series on screen, and opens that of a result', async () => {
    await seriesButton(second).click();
    await panelSeries().getByText('cornerstone second').waitFor();
    await until(async () => (await colouredPixels('stack')) === 0);
    await actionOf(card(), 'Show').click();
    await panelSeries().getByText('cornerstone first').waitFor();
    await until(async () => (await colouredPixels('stack')) > 0);
  });

  it('takes clicks and lassos, on a result and from nothing, and stores what it draws', async () => {
    await turnToLung();
    await drawAlone(3);
    const before = await colouredPixels('stack');
    const middle = await middleOfColour('stack');
    await row(3).locator('[data-promptseg=details]').click();
    await row(3).locator('[data-promptseg=click-finding]').click();
    await clicksDrawn(0);
    await page.keyboard.down('Control');
    await page.mouse.click(middle.x, middle.y);
    await page.keyboard.up('Control');
    await clicksDrawn(1);
    const clicked = await colouredPixels('stack');
    expect(clicked).toBeLessThan(before);
    // A lasso gives back a part of what the click took away.
    await page.keyboard.press('l');
    await page.mouse.move(middle.x - 12, middle.y - 12);
    await page.mouse.down();
    for (const [x, y] of [
      [12, -12],
      [12, 12],
      [-12, 12],
    ] as const)
      await page.mouse.move(middle.x + x, middle.y + y, { steps: 6 });
    await page.mouse.up();
    await clicksDrawn(2);
    const after = await colouredPixels('stack');
    expect(after).toBeGreaterThan(clicked);
    await screenshot(page, 'cornerstone-clicks');
    const corrected = await storedByEnter();
    const voxels = voxelsOn(await storedSegmentation(corrected), 3, lungSlice);
    expect(after / before / (voxels / voxelsOn(stored, 3, lungSlice))).toBeCloseTo(1, 1);

    const hideShown = page.locator('[data-promptseg=action]', { hasText: 'Hide' });
    while ((await hideShown.count()) > 0) await hideShown.first().click();
    await until(async () => (await colouredPixels('stack')) === 0);
    await page.locator('[data-promptseg=click-something]').click();
    await page.locator('[data-promptseg=click-name]').fill('left lung');
    await page.locator('[data-promptseg=click-name]').press('Enter');
    await clicksDrawn(0);
    await page.mouse.click(middle.x, middle.y);
    await clicksDrawn(1);
    expect(await colouredPixels('stack')).toBeGreaterThan(0);
    await screenshot(page, 'cornerstone-clicks-new');
    const { findings } = await storedByEnter();
    expect(findings).toMatchObject([{ status: 'found', target: { name: 'Left lung' } }]);
    await until(async () => (await colouredPixels('stack')) > 0);
    // The panel asks for drafts that have just ended.
    expect(incidents.splice(0).filter((each) => !each.includes('404'))).toEqual([]);
  });

  it('has no serious accessibility violation', async () => {
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('fits into a narrow window: nothing is cropped, and the prompt is reached by scrolling the page', async () => {
    for (const layout of ['planes', 'stack'] as const) {
      await page.setViewportSize({ width: 1400, height: 900 });
      await page.locator(`[data-layout=${layout}]`).click();
      await page.locator(`[data-viewport=${layout === 'stack' ? 'stack' : 'coronal'}] canvas`).waitFor();
      for (const width of [1000, 701, 360]) {
        await page.setViewportSize({ width, height: 800 });
        await settled(page, () => page.locator('#viewports').boundingBox());
        await screenshot(page, `cornerstone-${layout}-${width}`);
        const cropped = await page.evaluate(() =>
          [document.documentElement, ...document.querySelectorAll('.slice-control, #bar button, body > header')]
            .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
            .map(({ tagName, textContent }) => `${tagName} ${textContent?.slice(0, 40)}`),
        );
        expect([layout, width, cropped]).toEqual([layout, width, []]);
        const prompt = page.locator('[data-promptseg=prompt]');
        await prompt.scrollIntoViewIfNeeded();
        await until(() =>
          prompt.evaluate((element) => {
            const { left, top, width: across, height } = element.getBoundingClientRect();
            return element.contains(document.elementFromPoint(left + across / 2, top + height / 2));
          }),
        );
      }
    }
    await page.setViewportSize({ width: 1400, height: 900 });
  });

  it('embeds the panel in an application of ones own, as docs/integrate/embedding.md says', async () => {
    const shown = new URLSearchParams({ study: second.studyInstanceUID, series: second.seriesInstanceUID });
    await page.goto(`${product.url}/cornerstone/example.html?${shown}`);
    await panelSeries().getByText('cornerstone second').waitFor();
    await type(page, 'bone');
    const { id, request } = await completedJob();
    expect(request.seriesInstanceUID).toBe(second.seriesInstanceUID);
    await actionOf(page.locator(`[data-job-id="${id}"]`), 'Hide').waitFor();
  });
});
