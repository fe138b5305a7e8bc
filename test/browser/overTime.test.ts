import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { uidsOf } from '../endToEnd/productClient.js';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { until } from '../support/until.js';
import { seriousViolations } from './axe.js';
import { imageOnScreen, openViewer, partsWiderThanPanel, runAndSee, screenshot, waitUntilDrawn } from './viewerPage.js';

let product: Product;
let browser: Browser;
let now: Uint8Array[];
let before: Uint8Array[];

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

beforeAll(async () => {
  [now, before] = await Promise.all([phantom('now', '20260201', 20), phantom('before', '20250801', 16)]);
  product = await startProduct({ instances: [...now, ...before] });
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

it('the list of instances walks through them', async () => {
  const { page, incidents } = await openViewer(browser, product.url, uidsOf(now[0]!).studyInstanceUID);
  const row = page.locator('[data-promptseg=finding]', { hasText: 'Metal' });
  await row.locator('[data-promptseg=details]').click();
  const list = row.locator('[data-promptseg=instances]');
  await eventually(() => list.locator('[data-promptseg=instance]').count()).toBe(pinned.length);
  const images = pinned.map((k) => parseInstance(now[k]!).string('x00080018')!);
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
