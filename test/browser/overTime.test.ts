import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { uidsOf } from '../endToEnd/productClient.js';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { until } from '../support/until.js';
import { seriousViolations } from './axe.js';
import {
  imageOnScreen,
  type OhifGlobals,
  oneViewport,
  openViewer,
  partsWiderThanPanel,
  runAndSee,
  screenshot,
  waitUntilDrawn,
} from './viewerPage.js';

let product: Product;
let browser: Browser;
let now: Uint8Array[];
let before: Uint8Array[];
/** Of another patient, who lay elsewhere in the scanner before: eight slices, the first two below those of now. */
let moved: { readonly now: Uint8Array[]; readonly before: Uint8Array[] };

/** Slices with a pin of metal beside the core. */
const pinned = [1, 4];

/** A cylinder of soft tissue with a core of bone, through all slices of 8 mm. */
const phantom = (name: string, StudyDate: string, radius: number): Promise<Uint8Array[]> =>
  createSeries({
    name,
    modality: 'CT',
    grid: { size: [48, 48, 6], voxelToLps: [4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1] },
    valueAt: (i, j, k) => {
      if (pinned.includes(k) && Math.abs(i - 34) < 2 && Math.abs(j - 23) < 3) return 3000;
      const distance = Math.hypot(i - 23.5, j - 23.5);
      return distance > radius ? -1000 : distance > 5 ? 40 : 900;
    },
    attributes: () => ({ PatientID: 'GROWN', StudyDate, SeriesDescription: 'Trunk', BodyPartExamined: 'ABDOMEN' }),
  });

/** A cone around a core of bone, with `below` slices more at its wide end, `away` from the origin. */
const cone = (name: string, StudyDate: string, below: number, [x, y, z]: readonly [number, number, number]) =>
  createSeries({
    name,
    modality: 'CT',
    grid: { size: [48, 48, 6 + below], voxelToLps: [4, 0, 0, x, 0, 4, 0, y, 0, 0, 8, z, 0, 0, 0, 1] },
    valueAt: (i, j, k) => {
      const distance = Math.hypot(i - 23.5, j - 23.5);
      const height = k - below;
      return distance > 16 - 1.5 * height ? -1000 : distance > 5 - height / 2 ? 40 : 900;
    },
    attributes: () => ({ PatientID: 'MOVED', StudyDate, SeriesDescription: 'Trunk', BodyPartExamined: 'ABDOMEN' }),
  });

beforeAll(async () => {
  [now, before] = await Promise.all([phantom('now', '20260201', 20), phantom('before', '20250801', 16)]);
  const [after, earlier] = await Promise.all([
    cone('moved now', '20260201', 0, [0, 0, 0]),
    cone('moved before', '20250801', 2, [12, -20, 300]),
  ]);
  moved = { now: after, before: earlier };
  product = await startProduct({ instances: [...now, ...before, ...after, ...earlier] });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

it('Compare with before shows both volumes and the change, and leads to the earlier study', async () => {
  const { page, incidents } = await openViewer(browser, product.url, uidsOf(now[0]!).studyInstanceUID);
  const job = await runAndSee(page, 'body, bone and metal');
  const card = page.locator(`[data-job-id="${job.id}"]`);
  await card.locator('[data-promptseg=menu]').click();
  await page.getByRole('menuitem', { name: 'Compare with before' }).click();
  const table = card.locator('[data-promptseg=over-time]');
  const cells = async (): Promise<string[][]> =>
    Promise.all((await table.locator('tr[data-status]').all()).map((row) => row.locator('th, td').allInnerTexts()));
  // 20² against 16² voxels of a section: half as much again. The bone is as it was.
  await eventually(cells).toEqual([
    [expect.stringContaining('Body'), expect.any(String), expect.any(String), expect.stringMatching(/\+5\d ?%/)],
    [expect.stringContaining('Bone'), expect.any(String), expect.any(String), expect.stringMatching(/0(\.0)? ?%/)],
    [expect.stringContaining('Metal'), expect.any(String), expect.any(String), expect.stringMatching(/0(\.0)? ?%/)],
  ]);
  // A sentence takes no width from the figures: their headings stay whole.
  await table.getByText('within repeatability').first().waitFor();
  const headings = table.locator('thead th');
  // The studies have a frame of reference each: the pins are matched after a registration, unless it is switched off.
  const notes = table.locator('[data-promptseg=over-time-notes]');
  await notes.getByText('Matched by place after rigid registration (turned 0.').waitFor();
  await notes.getByText('2 at both times').waitFor();
  const register = table.locator('[data-promptseg=register]');
  await register.uncheck();
  await notes.getByText('another frame of reference').waitFor();
  expect(await notes.textContent()).not.toContain('rigid');
  await register.check();
  await notes.getByText('2 at both times').waitFor();
  expect(await table.textContent()).toContain('184 days');
  await screenshot(page, 'over-time');
  expect(await seriousViolations(page, '.promptseg')).toEqual([]);
  for (const width of [280, 360]) {
    const style = await page.addStyleTag({ content: `.promptseg { width: ${width}px; }` });
    expect([width, await partsWiderThanPanel(page)]).toEqual([width, []]);
    expect([width, await headings.evaluateAll(brokenWords)]).toEqual([width, []]);
    await screenshot(page, `over-time-${width}`);
    await style.evaluate((element) => (element as Element).remove());
  }
  expect(incidents).toEqual([]);

  const [earlier] = await Promise.all([
    page.context().waitForEvent('page'),
    table.locator('[data-promptseg=open-prior]').click(),
  ]);
  await earlier.waitForSelector('[data-promptseg=series]');
  const { studyInstanceUID } = uidsOf(before[0]!);
  expect(new URL(earlier.url()).searchParams.get('StudyInstanceUIDs')).toBe(studyInstanceUID);
  const result = new URL(earlier.url()).searchParams.get('result');
  const list = `${product.url}/api/v1/segmentations?study=${studyInstanceUID}`;
  const { segmentations } = (await (await fetch(list)).json()) as {
    segmentations: { result: { seriesInstanceUID: string; sopInstanceUID: string } }[];
  };
  expect(segmentations.map(({ result: { sopInstanceUID } }) => sopInstanceUID)).toEqual([result]);
  await waitUntilDrawn(earlier, segmentations[0]!.result.seriesInstanceUID);
});

/** SOP Instance UIDs of the images on screen, and how many results are drawn over each. */
const beside = (page: Page) =>
  page.evaluate(() => {
    const { services } = window as unknown as OhifGlobals;
    return [...services.viewportGridService.getState().viewports.keys()].map((id) => ({
      image: /instances\/([\d.]+)/.exec(
        services.cornerstoneViewportService.getCornerstoneViewport(id)?.getCurrentImageId?.() ?? '',
      )?.[1],
      results: services.segmentationService.getSegmentationRepresentations(id).length,
    }));
  });

it('Side by side scrolls both times together, by the registration of the images', async () => {
  const { page, incidents } = await openViewer(browser, product.url, uidsOf(moved.now[0]!).studyInstanceUID);
  const slices = { now: moved.now.map(sopOf), before: moved.before.map(sopOf) };
  /** Slices on screen, counted from the feet. */
  const shown = async () => {
    const [left, right, ...others] = await beside(page);
    expect(others).toEqual([]);
    return [slices.now.indexOf(left?.image ?? ''), slices.before.indexOf(right?.image ?? '')];
  };
  const wheel = async (side: number, turns: number): Promise<void> => {
    const viewport = page.locator('[data-viewport-uid], .cornerstone-viewport-element').nth(side);
    await viewport.hover();
    for (let n = 0; n < Math.abs(turns); n++) await page.mouse.wheel(0, 100 * Math.sign(turns));
  };
  const job = await runAndSee(page, 'bone');
  const opened = await beside(page);
  const card = page.locator(`[data-job-id="${job.id}"]`);
  await card.locator('[data-promptseg=menu]').click();
  await page.getByRole('menuitem', { name: 'Compare with before' }).click();
  const block = card.locator('[data-promptseg=over-time]');
  await block.locator('[data-promptseg=side-by-side]').click();
  // Other frames of reference: places need the registration, which is asked for and said.
  await block.getByText('Scrolls by the registration of the images.').waitFor();
  // What was on the left stays, and what belongs to it is two slices higher in the series before.
  await eventually(async () => {
    const [left, right] = await shown();
    return [left, right! - left!];
  }).toEqual([slices.now.indexOf(opened[0]!.image!), 2]);
  await eventually(async () => (await beside(page)).map(({ results }) => results)).toEqual([1, 1]);
  await screenshot(page, 'side-by-side');
  expect(await seriousViolations(page, '.promptseg')).toEqual([]);
  expect(await partsWiderThanPanel(page)).toEqual([]);

  const [first] = await shown();
  await wheel(0, 1);
  await until(async () => (await shown())[0] !== first);
  await eventually(async () => {
    const [left, right] = await shown();
    return right! - left!;
  }).toBe(2);
  // From the right too; the panel stays with the study that is compared.
  await page.locator('.cornerstone-viewport-element').nth(1).click();
  const [, second] = await shown();
  await wheel(1, -1);
  await until(async () => (await shown())[1] !== second);
  await eventually(async () => {
    const [left, right] = await shown();
    return right! - left!;
  }).toBe(2);
  await block.waitFor();

  await block.locator('[data-promptseg=linked-scrolling]').uncheck();
  const [still, alone] = await shown();
  await wheel(1, 1);
  await until(async () => (await shown())[1] !== alone);
  expect((await shown())[0]).toBe(still);
  await block.locator('[data-promptseg=linked-scrolling]').check();
  await eventually(async () => {
    const [left, right] = await shown();
    return right! - left!;
  }).toBe(2);
  // Without the registration: the share of the way, which is another slice.
  await block.locator('[data-promptseg=register]').uncheck();
  await block.getByText('Scrolls by the share of each series').waitFor();
  await eventually(async () => {
    const [left, right] = await shown();
    return right! - Math.round((left! * 7) / 5);
  }).toBe(0);

  await block.locator('[data-promptseg=side-by-side]').click();
  await eventually(() => beside(page)).toEqual([{ ...opened[0], results: 1 }]);
  expect(await block.locator('[data-promptseg=linked-scrolling]').count()).toBe(0);
  // Once more, and ended by the viewer's own layout.
  await block.locator('[data-promptseg=side-by-side]').click();
  await block.locator('[data-promptseg=linked-scrolling]').waitFor();
  await oneViewport(page);
  await block.getByText('Side by side', { exact: true }).waitFor();
  expect(incidents).toEqual([]);
});

it('the list of instances walks through them', async () => {
  const { page, incidents } = await openViewer(browser, product.url, uidsOf(now[0]!).studyInstanceUID);
  const row = page.locator('[data-promptseg=finding]', { hasText: 'Metal' });
  await row.locator('[data-promptseg=details]').click();
  const list = row.locator('[data-promptseg=instances]');
  await eventually(() => list.locator('[data-promptseg=instance]').count()).toBe(pinned.length);
  const images = pinned.map((k) => sopOf(now[k]!));
  const seen = async (button: string): Promise<string | undefined> => {
    const before = await imageOnScreen(page);
    await list.locator(button).click();
    await until(async () => (await imageOnScreen(page)) !== before);
    return imageOnScreen(page);
  };
  const first = await seen('[data-promptseg=instance] >> nth=0');
  const second = await seen('[data-promptseg=instance-next]');
  expect([first, second].toSorted()).toEqual(images.toSorted());
  expect(await list.locator('[aria-current=true]').getAttribute('aria-label')).toContain('2');
  // After the last one comes the first.
  expect(await seen('[data-promptseg=instance-next]')).toBe(first);
  expect(await seen('[data-promptseg=instance-before]')).toBe(second);
  await screenshot(page, 'instances-walk');
  expect(incidents).toEqual([]);
});

it('a text that asks for the comparison opens it with the result', async () => {
  const { page, incidents } = await openViewer(browser, product.url, uidsOf(now[0]!).studyInstanceUID);
  await page.locator('[data-promptseg=prompt]').fill('bone im Vergleich zur Voraufnahme');
  await page.locator('[data-promptseg=compares]').waitFor();
  await screenshot(page, 'over-time-asked');
  expect(await page.locator('[data-promptseg=compares]').textContent()).toBe('and compares with the study before');
  const job = await runAndSee(page, 'bone now and before');
  const table = page.locator(`[data-job-id="${job.id}"] [data-promptseg=over-time]`);
  await table.locator('tr[data-status=in-both]').waitFor();
  expect(await table.textContent()).toContain('184 days');
  await screenshot(page, 'over-time-by-text');
  expect(incidents).toEqual([]);
  // Nobody waits for it any more.
  await page.reload();
  await page.locator(`[data-job-id="${job.id}"]`).waitFor();
  expect(await page.locator('[data-promptseg=over-time]').count()).toBe(0);
});

const sopOf = (instance: Uint8Array): string => parseInstance(instance).string('x00080018')!;

/** Words that stand on more than one line. */
function brokenWords(headings: readonly Element[]): readonly string[] {
  return headings.flatMap((heading) => {
    const text = heading.firstChild;
    if (text === null) return [];
    return [...(text.textContent ?? '').matchAll(/\S+/g)].flatMap(({ 0: word, index }) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      return range.getClientRects().length > 1 ? [word] : [];
    });
  });
}
