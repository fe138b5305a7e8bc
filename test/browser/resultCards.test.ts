import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import type { FoundFinding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { until } from '../support/until.js';
import { seriousViolations } from './axe.js';
import { openPanel } from './panelPage.js';
import { settled } from './settled.js';
import {
  actionOf,
  drawnSeries,
  fewPixels,
  imageItTurnsTo,
  imageOnScreen,
  isOnTop,
  openViewer,
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
let seriesInstanceUID: string;
/** Body, bone and left lung overlap. */
let first: Job;
let second: Job;

beforeAll(async () => {
  product = await startProduct({ instances: await smallPhantom('results') });
  browser = await launchChromium();
  const [series] = await json<Record<string, { Value: [string] }>[]>('/dicom-web/series');
  studyInstanceUID = series!['0020000D']!.Value[0];
  seriesInstanceUID = series!['0020000E']!.Value[0];
  viewer = await openViewer(browser, product.url, studyInstanceUID, fewPixels);
  page = viewer.page;
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

async function json<Body>(address: string, init: RequestInit = {}): Promise<Body> {
  const response = await fetch(`${product.url}${address}`, {
    ...init,
    headers: { Accept: 'application/json', ...(init.body ? { 'Content-Type': 'application/json' } : {}) },
  });
  if (!response.ok) throw new Error(`${address} responded with ${response.status}: ${await response.text()}`);
  return (await response.json()) as Body;
}

const jobNow = ({ id }: Job): Promise<Job> => json<Job>(`/api/v1/segmentations/${id}`);

/** Asks as somebody else would, past the panel. */
const ask = (...prompts: string[]): Promise<Job> =>
  json<Job>('/api/v1/segmentations', {
    method: 'POST',
    body: JSON.stringify({ studyInstanceUID, seriesInstanceUID, prompts }),
  });

const cardOf = ({ id }: Job): Locator => page.locator(`[data-job-id="${id}"]`);
const rowOf = (job: Job, segmentNumber: number): Locator =>
  cardOf(job).locator(`[data-promptseg=finding][data-segment-number="${segmentNumber}"]`);
const press = (within: Locator, name: string): Promise<void> => within.locator(`[data-promptseg=${name}]`).click();

async function choose(job: Job, item: string): Promise<void> {
  await press(cardOf(job), 'menu');
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

async function completed(job: Job): Promise<Job> {
  await cardOf(job).and(page.locator('[data-state=completed]')).waitFor();
  return jobNow(job);
}

/** Presses the eye of a finding once the panel shows its state, and waits until it shows the other. */
async function pressEye(job: Job, segmentNumber: number, visible: boolean): Promise<void> {
  const row = rowOf(job, segmentNumber);
  await press(row.and(page.locator(`[data-visible=${!visible}]`)), 'visible');
  await row.and(page.locator(`[data-visible=${visible}]`)).waitFor();
}

const hasFocus = (element: Locator): Promise<true> =>
  until(() => element.evaluate((each) => each === document.activeElement));

/**
 * The viewport comes to be under a resting pointer, upon which the viewer takes the focus away. Chromium sends this
 * event at a moment of its own, and not always.
 */
async function keepsFocus(element: Locator): Promise<void> {
  await hasFocus(element);
  const wasBlurred = await element.evaluate((each) => {
    let blurred = false;
    each.addEventListener('blur', () => (blurred = true), { once: true });
    document.querySelector('[data-cy=viewport-grid]')!.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
    return blurred;
  });
  expect(wasBlurred).toBe(true);
  await hasFocus(element);
}

/** Drops an edit, and waits until the viewer has put away what was edited and draws what is stored. */
async function discard(job: Job, seriesInstanceUID: string): Promise<void> {
  await press(cardOf(job), 'discard-edits');
  const question = cardOf(job).locator('[data-promptseg=question]');
  await question.getByRole('button', { name: 'Discard' }).click();
  // It is asked for as long as what was edited is drawn.
  await question.waitFor({ state: 'detached' });
  await waitUntilDrawn(page, seriesInstanceUID);
  await actionOf(cardOf(job), 'Hide').waitFor();
}

const foundOf = (job: Job): FoundFinding[] => job.findings.filter((finding) => finding.status === 'found');
const visibleIn = async (job: Job): Promise<number[]> =>
  (await shownSegments(page, job.result!.seriesInstanceUID))
    .filter(({ visible }) => visible)
    .map(({ segment }) => segment);
const becomesVisible = (job: Job, segments: number[]): Promise<true> =>
  until(async () => JSON.stringify(await visibleIn(job)) === JSON.stringify(segments));

describe('results in the panel', () => {
  it('are there as soon as somebody else asks, with their progress, and are drawn on request only', async () => {
    first = await ask('body, bone and left lung');
    await cardOf(first).waitFor();
    first = await completed(first);
    expect(foundOf(first).map(({ target }) => target.name)).toEqual(['Body', 'Bone', 'Left lung']);
    // One that is being drawn would say so there.
    expect(await cardOf(first).locator('[data-promptseg=action]').textContent()).toBe('Show');
    expect(await drawnSeries(page)).toEqual([]);
    await actionOf(cardOf(first), 'Show').click();
    await waitUntilDrawn(page, first.result!.seriesInstanceUID);
    await actionOf(cardOf(first), 'Hide').waitFor();
    expect(viewer.incidents).toEqual([]);
  });

  it('are shown, hidden, drawn alone and turned to, finding by finding; the eyes follow OHIF', async () => {
    await becomesVisible(first, [1, 2, 3]);
    await pressEye(first, 2, false);
    await becomesVisible(first, [1, 3]);

    // As the eye in OHIF's own list of segments does.
    await page.evaluate((series) => {
      const { services, commandsManager } = window as unknown as {
        services: {
          displaySetService: { getActiveDisplaySets(): { SeriesInstanceUID: string; displaySetInstanceUID: string }[] };
        };
        commandsManager: { runCommand(name: string, options: object): void };
      };
      const shown = services.displaySetService.getActiveDisplaySets().find((set) => set.SeriesInstanceUID === series);
      commandsManager.runCommand('toggleSegmentVisibility', {
        segmentationId: shown!.displaySetInstanceUID,
        segmentIndex: 1,
        type: 'Labelmap',
      });
    }, first.result!.seriesInstanceUID);
    await rowOf(first, 1).and(page.locator('[data-visible=false]')).waitFor();

    await press(rowOf(first, 2), 'only');
    await becomesVisible(first, [2]);
    await rowOf(first, 2).locator('[data-promptseg=only][aria-pressed=true]').click();
    await becomesVisible(first, [1, 2, 3]);

    await actionOf(cardOf(first), 'Hide').click();
    await becomesVisible(first, []);
    await actionOf(cardOf(first), 'Show').click();
    await becomesVisible(first, [1, 2, 3]);

    await rowOf(first, 3).locator('.promptseg-finding').click();
    const middle = await imageItTurnsTo(page);
    // One step: more would still be on their way when the click on the finding turns back.
    await page.keyboard.press('ArrowDown');
    await until(async () => (await imageOnScreen(page)) !== middle);
    await rowOf(first, 3).locator('.promptseg-finding').click();
    await until(async () => (await imageOnScreen(page)) === middle);
    expect(viewer.incidents).toEqual([]);
  });

  it('that overlap are all drawn in stack and MPR views, pixel by pixel', async () => {
    const [, , lung] = foundOf(first);
    const segments = [1, 2, 3];
    const see = async (visible: readonly number[]): Promise<string> => {
      for (const segment of segments) {
        const isVisible = (await visibleIn(first)).includes(segment);
        if (isVisible !== visible.includes(segment)) await pressEye(first, segment, !isVisible);
      }
      await becomesVisible(first, [...visible]);
      return settledColour(lung!.centroidLps!);
    };
    const views = async () => ({
      image: await see([]),
      body: await see([1]),
      lung: await see([3]),
      both: await see([1, 3]),
    });
    await rowOf(first, 3).locator('.promptseg-finding').click();
    const stack = await views();
    expect(new Set(Object.values(stack)).size).toBe(4);

    await page.evaluate(() =>
      (
        window as unknown as { commandsManager: { runCommand(name: string, options: object): void } }
      ).commandsManager.runCommand('toggleHangingProtocol', { protocolId: 'mpr' }),
    );
    await until(async () => (await viewportTypes()).filter((type) => type === 'orthographic').length === 3);
    await waitUntilDrawn(page, first.result!.seriesInstanceUID);
    await rowOf(first, 3).locator('.promptseg-finding').click();
    const mpr = await views();
    await see(segments);
    await screenshot(page, 'results-mpr');
    // Flattened, the lung would take the body's place: hiding the lung would leave the bare image.
    expect(new Set(Object.values(mpr)).size).toBe(4);
    expect(await cardOf(first).locator('[data-promptseg=overlap-lost]').count()).toBe(0);
    await page.evaluate(() =>
      (
        window as unknown as { commandsManager: { runCommand(name: string, options: object): void } }
      ).commandsManager.runCommand('toggleHangingProtocol', { protocolId: 'mpr' }),
    );
    await until(async () => JSON.stringify(await viewportTypes()) === '["stack"]');
    await waitUntilDrawn(page, first.result!.seriesInstanceUID);
    expect(viewer.incidents).toEqual([]);
  });

  it('are compared, two results at once, with differences and Dice', async () => {
    second = await ask('left lung and fat');
    second = await completed(second);
    await press(cardOf(second), 'menu');
    await page.getByRole('menuitem', { name: 'Compare with ›' }).click();
    await screenshot(page, 'results-compare-with');
    // Escape and the arrow keys work as in every menu.
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('menuitem', { name: 'Delete…' }).waitFor();
    await page.getByRole('menuitem', { name: 'Compare with ›' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('menuitem', { name: /^body, bone and left lung · / }).press('Enter');
    await waitUntilDrawn(page, second.result!.seriesInstanceUID);
    const table = page.locator('[data-promptseg=comparison]');
    // The table is in sight, below the prompt, and has the focus.
    await hasFocus(table);
    await until(() => isOnTop(table.locator('h3')));
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    const rows = page.locator('[data-promptseg=comparison] tbody tr');
    await until(async () => /1\.000/.test((await rows.allInnerTexts()).join()));
    const texts = (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
    expect(texts[0]).toMatch(/^ ?Left lung ([\d,.]+) \1 ±0 ±0\.0 % 1\.000$/);
    expect(texts).toHaveLength(4);
    expect((await drawnSeries(page)).length).toBe(2);
    await screenshot(page, 'results-comparison');
    await page.locator('[data-promptseg=comparison]').getByRole('button', { name: 'End' }).click();
    expect(viewer.incidents).toEqual([]);
  });

  it('have a table of their figures with headings and units, to sort and to copy', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const card = cardOf(first);
    await press(card, 'open-figures');
    const table = card.locator('[data-promptseg=figures]');
    await table.waitFor();
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual([
      'Structure',
      'Volume, mL',
      'Mean, HU',
      'Longest diameter, mm',
      'L/R',
    ]);
    const names = async () => (await table.getByRole('rowheader').allInnerTexts()).map((name) => name.trim());
    expect(await names()).toEqual(['Body', 'Bone', 'Left lung']);
    await table.getByRole('button', { name: 'Volume, mL' }).click();
    const bySize = foundOf(first).toSorted((a, b) => (b.volumeMl ?? 0) - (a.volumeMl ?? 0));
    expect(await names()).toEqual(bySize.map(({ target }) => target.name));
    await press(card, 'copy-figures');
    await table.getByText('Copied').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.split('\n')).toHaveLength(4);
    expect(copied).toMatch(/^Structure\tVolume, mL\tMean, HU\tLongest diameter, mm\tL\/R\nBody\t\d+\.\d\d\t/);
    await screenshot(page, 'results-figures');
    await press(card, 'open-figures');
    expect(viewer.incidents).toEqual([]);
  });

  it('say what is to be known of the images apart from how the job ran', async () => {
    const technical = cardOf(first).locator('[data-promptseg=technical]');
    await technical.locator('summary').click();
    expect(await technical.textContent()).toMatch(/Model ct-tissues 1\.0\.0 on cpu\./);
    const notes = (await jobNow(second)).notes;
    expect(notes).toContain('The images were kept from an earlier job and not retrieved again.');
    expect(await cardOf(second).locator('[data-promptseg=notes]').count()).toBe(0);
  });

  it('are taken home as files and as a picture', async () => {
    const fileOf = async (item: string): Promise<Buffer> => {
      const download = page.waitForEvent('download');
      await choose(first, item);
      return readFile(await (await download).path());
    };
    const segmentation = readSegmentation(await fileOf('Download DICOM SEG'));
    expect(segmentation.sopInstanceUID).toBe(first.result!.sopInstanceUID);
    expect((await fileOf('Download RTSTRUCT')).toString('latin1', 128, 132)).toBe('DICM');
    expect((await fileOf('Download measurements (CSV)')).toString('utf8')).toMatch(/Left lung/);

    await choose(first, 'Picture');
    const picture = cardOf(first).locator('[data-promptseg=enlarge] img');
    await picture.waitFor();
    expect(
      await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
    ).toBeGreaterThan(100);
    await screenshot(page, 'results-picture');
    expect(viewer.incidents).toEqual([]);
  });

  it('have a picture that a click enlarges; Escape closes it, and the focus is where it was', async () => {
    const small = cardOf(first).locator('[data-promptseg=enlarge]');
    await small.click();
    const large = cardOf(first).locator('[data-promptseg=enlarged]');
    await large.waitFor();
    const width = () => large.locator('img').evaluate((image) => image.getBoundingClientRect().width);
    await eventually(width).toBeGreaterThan(1000);
    await screenshot(page, 'results-picture-large');
    expect(await seriousViolations(page, '[data-promptseg=enlarged]')).toEqual([]);
    await page.keyboard.press('Escape');
    await large.waitFor({ state: 'hidden' });
    await keepsFocus(small);
    expect(viewer.incidents).toEqual([]);
  });

  it('are judged; the judgement is there after a reload and can be taken back', async () => {
    const row = rowOf(first, 2);
    await press(row, 'details');
    await press(row, 'reject');
    await page.keyboard.type('the table is not bone');
    await screenshot(page, 'results-feedback');
    await page.keyboard.press('Enter');
    await row.locator('[data-verdict=rejected]').waitFor();
    expect(viewer.incidents).toEqual([]);

    // Nothing but the panel has part in what follows, so a page without OHIF is loaded.
    const later = await openPanel(browser, product.url, studyInstanceUID);
    const judged = later.page.locator(`[data-job-id="${first.id}"]`);
    const finding = judged.locator('[data-promptseg=finding][data-segment-number="2"]');
    // An older card that is not drawn is one line.
    await judged.waitFor();
    expect(await judged.locator('[data-promptseg=finding]').count()).toBe(0);
    await press(judged, 'fold');
    await finding.locator('[data-verdict=rejected]').waitFor();
    expect((await jobNow(first)).feedback).toMatchObject([
      { findingIndex: 1, verdict: 'rejected', reason: 'the table is not bone' },
    ]);
    await press(finding, 'details');
    await finding.getByText('Rejected: the table is not bone').waitFor();
    await finding.getByRole('button', { name: 'Undo' }).click();
    await finding.locator('[data-promptseg=accept]').waitFor();
    expect((await jobNow(first)).feedback ?? []).toEqual([]);
    expect(later.incidents).toEqual([]);
    await later.page.close();
    // The panel that has been open all along follows.
    await row.locator('[data-promptseg=accept]').waitFor();
    expect(viewer.incidents).toEqual([]);
  });

  it('are accepted all at once, and listed by their review', async () => {
    const found = (await jobNow(first)).findings.filter(({ status }) => status === 'found');
    await press(cardOf(first), 'menu');
    await page.getByRole('menuitem', { name: `Feedback on all ${found.length}` }).click();
    await page.getByRole('menuitem', { name: 'Accept all', exact: true }).click();
    await rowOf(first, 2).locator('[data-verdict=accepted]').waitFor();
    expect((await jobNow(first)).review).toMatchObject({ state: 'accepted' });
    const filter = page.locator('[data-promptseg=review-filter] select');
    await filter.selectOption('draft');
    await cardOf(first).waitFor({ state: 'detached' });
    await cardOf(second).waitFor();
    await screenshot(page, 'results-review');
    await filter.selectOption('all');
    const fold = cardOf(first).locator('[data-promptseg=fold]');
    if ((await fold.getAttribute('aria-expanded')) === 'false') await fold.click();
    await rowOf(first, 2).locator('[data-verdict=accepted]').waitFor();
    expect(viewer.incidents).toEqual([]);
  });

  it('are edited by a brush that says what it paints, suits it, and leaves the others alone', async () => {
    const card = cardOf(second);
    expect(await ohifTools().isVisible()).toBe(false);
    await actionOf(cardOf(first), 'Hide').click();
    await choose(second, 'Edit with the brush');
    const painting = card.locator('[data-promptseg=painting]');
    await painting.waitFor();
    await ohifTools().waitFor();
    await painting.selectOption('Fat');
    await until(async () => (await brushRadiusMm()) === 10.5);
    await screenshot(page, 'results-painting');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);

    // Over the left lung, which is locked.
    await stroke(lungOnScreen);
    await card.locator('[data-promptseg=edit][data-edited=true]').waitFor();
    await press(card, 'store-edited');
    await card.locator('[data-promptseg=really-store]').waitFor();
    expect(await changesIn(card)).toEqual([
      expect.stringMatching(
        /^Fat \([\d,]+ voxels are over other structures\) 3,600 mL → 3,6\d\d mL \+[\d.]+ mL \+[\d,]+ −0 voxels$/,
      ),
    ]);
    await card.getByRole('button', { name: 'Go on editing' }).click();
    await press(card, 'undo');
    await card.locator('[data-promptseg=edit][data-edited=false]').waitFor();

    await press(card, 'lock-others');
    await card.locator('[data-promptseg=lock-others]:not(:checked)').waitFor();
    // The browser unchecks the box before the panel has unlocked them.
    await eventually(lockedSegments).toEqual([]);
    await stroke(lungOnScreen);
    await card.locator('[data-promptseg=edit][data-edited=true]').waitFor();
    expect(await lockedSegments()).toEqual([]);
    await press(card, 'store-edited');
    await card.locator('[data-promptseg=really-store]').waitFor();
    expect(await changesIn(card)).toEqual([
      expect.stringMatching(
        /^Left lung \(not the one that was painted\) [\d,]+ mL → .* −[\d.]+ mL \+0 −[\d,]+ voxels$/,
      ),
      expect.stringMatching(/^Fat 3,6\d\d mL → /),
    ]);
    await screenshot(page, 'results-difference');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    await hasFocus(card.locator('[data-promptseg=really-store]'));
    await page.keyboard.press('Escape');
    await discard(second, second.result!.seriesInstanceUID);
    await ohifTools().waitFor({ state: 'hidden' });
    // A drag sets the window again, and paints nothing.
    await stroke(lungOnScreen);
    expect(await settled(page, () => card.locator('[data-promptseg=edit]').count())).toBe(0);
    expect((await jobNow(second)).editedResults ?? []).toEqual([]);
    expect(viewer.incidents).toEqual([]);
  });

  it('are edited with OHIF’s brush; nothing is dropped unasked, the stored edit names its predecessor', async () => {
    await choose(first, 'Edit with the brush');
    const bar = cardOf(first).locator('[data-promptseg=edit]');
    await bar.waitFor();
    await stroke();
    await cardOf(first).locator('[data-promptseg=edit][data-edited=true]').waitFor();
    await screenshot(page, 'results-edit');

    await press(cardOf(first), 'discard-edits');
    await page.locator('[data-promptseg=question]').waitFor();
    await page.keyboard.press('Escape');
    // As "Export" in OHIF's own list does, which knows neither codes nor predecessor.
    await page.evaluate((series) => {
      const { services, commandsManager } = window as unknown as {
        services: {
          displaySetService: { getActiveDisplaySets(): { SeriesInstanceUID: string; displaySetInstanceUID: string }[] };
        };
        commandsManager: { runCommand(name: string, options: object, context: string): void };
      };
      const shown = services.displaySetService.getActiveDisplaySets().find((set) => set.SeriesInstanceUID === series);
      const options = { segmentationId: shown!.displaySetInstanceUID, modality: 'SEG' };
      commandsManager.runCommand('storeSegmentation', options, 'CORNERSTONE');
    }, first.result!.seriesInstanceUID);
    await press(cardOf(first), 'really-store');
    await cardOf(first).locator('[data-promptseg=version]').waitFor();
    const { editedResults } = await jobNow(first);
    const [edited] = editedResults!;
    expect(edited).toMatchObject({
      predecessor: first.result!.sopInstanceUID,
      seriesDescription: 'Edited · Body, Bone, Left lung',
      findings: [
        { change: 'edited', target: { name: 'Body' } },
        { change: 'unchanged', target: { name: 'Bone' } },
        { change: 'unchanged', target: { name: 'Left lung' } },
      ],
    });
    expect(edited!.findings[0]!.voxelCount).not.toBe(foundOf(first)[0]!.voxelCount);
    expect(edited!.findings[2]!.voxelCount).toBe(foundOf(first)[2]!.voxelCount);
    await waitUntilDrawn(page, edited!.seriesInstanceUID);
    expect(await drawnSeries(page)).not.toContain(first.result!.seriesInstanceUID);
    await cardOf(first).getByText('edited', { exact: true }).waitFor();
    await screenshot(page, 'results-edited');

    // What is discarded comes from the archive again.
    await choose(first, 'Edit with the brush');
    await bar.waitFor();
    await stroke([0.5, 0.9]);
    await cardOf(first).locator('[data-promptseg=edit][data-edited=true]').waitFor();
    await discard(first, edited!.seriesInstanceUID);
    expect(viewer.incidents).toEqual([]);
  });

  it('are seen in space by one click: what is shown, without the images, and no face unasked', async () => {
    const card = cardOf(first);
    // Its own version: body, bone and left lung; the other result shows fat.
    await card.locator('[data-promptseg=version]').selectOption({ index: 0 });
    await press(card, 'open-space');
    const space = page.locator('[data-promptseg=space]');
    await page.locator('[data-promptseg=space] [role=img][aria-label="Surfaces: Bone, Left lung"]').waitFor();
    await eventually(() => space.locator('[data-promptseg=held-back]').textContent()).toMatch(
      /^Left out, since a face may be recognised: Fat, Body\. Show all the same$/,
    );
    await page.locator('[data-promptseg=space][data-busy=false]').waitFor();
    await screenshot(page, 'space');
    expect(await seriousViolations(page, '.promptseg-space')).toEqual([]);
    // No viewport of the viewer draws a volume.
    expect(await viewportTypes()).toEqual(['stack']);

    // The eyes in the panel go on working.
    await press(rowOf(first, 3), 'visible');
    await page.locator('[data-promptseg=space] [role=img][aria-label="Surfaces: Bone"]').waitFor();
    await press(rowOf(first, 3), 'visible');
    await page.locator('[data-promptseg=space] [role=img][aria-label="Surfaces: Bone, Left lung"]').waitFor();
    await space.getByRole('img').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('+');
    await screenshot(page, 'space-turned');
    await space.getByRole('button', { name: 'Show all the same' }).click();
    await page
      .locator('[data-promptseg=space] [role=img][aria-label="Surfaces: Fat, Body, Bone, Left lung"]')
      .waitFor();
    await page.locator('[data-promptseg=space][data-busy=false]').waitFor();
    await screenshot(page, 'space-body');

    await page.keyboard.press('Escape');
    await space.waitFor({ state: 'detached' });
    await keepsFocus(card.locator('[data-promptseg=open-space]'));
    expect(viewer.incidents).toEqual([]);
  });

  it('are drawn as thick as somebody wants them', async () => {
    const card = cardOf(first);
    await card.locator('[data-promptseg=opacity]').fill('100');
    await press(card, 'outline');
    await card.locator('[data-promptseg=outline]:not(:checked)').waitFor();
    const [, , lung] = foundOf(first);
    await rowOf(first, 3).locator('[data-promptseg=only]').click();
    await becomesVisible(first, [3]);
    // Alone, and in sight.
    await until(async () => isColour(await settledColour(lung!.centroidLps!), lung!.target.displayColour));
    await card.locator('[data-promptseg=opacity]').fill('0');
    await until(async () => !isColour(await settledColour(lung!.centroidLps!), lung!.target.displayColour));
    await card.locator('[data-promptseg=opacity]').fill('50');
    await rowOf(first, 3).locator('[data-promptseg=only][aria-pressed=true]').click();
    await becomesVisible(first, [1, 2, 3]);
    expect(viewer.incidents).toEqual([]);
  });

  it('are deleted after a question', async () => {
    const series = second.result!.seriesInstanceUID;
    await actionOf(cardOf(second), 'Show').click();
    await waitUntilDrawn(page, series);
    await choose(second, 'Delete…');
    await page.locator('[data-promptseg=question]').waitFor();
    await screenshot(page, 'results-delete');
    await page.keyboard.press('Escape');
    expect(await page.locator('[data-promptseg=question]').count()).toBe(0);
    expect((await jobNow(second)).resultDeletedAt).toBeUndefined();

    await choose(second, 'Delete…');
    await page.locator('[data-promptseg=question]').getByRole('button', { name: 'Delete' }).click();
    await cardOf(second).getByText('deleted').waitFor();
    expect((await jobNow(second)).resultDeletedAt).toBeDefined();
    // The server's news of the deletion may come before the viewer has removed it.
    await until(async () => !(await drawnSeries(page)).includes(series));
    const left = await json<unknown[]>(`/dicom-web/series?SeriesInstanceUID=${series}`).catch(() => []);
    expect(left).toEqual([]);
    // Its figures stay.
    expect(await cardOf(second).locator('[data-promptseg=finding]').count()).toBe(2);
    expect(viewer.incidents).toEqual([]);
  });
});

/** Where the left lung is on the middle images, in parts of the viewport. */
const lungOnScreen = [0.69, 0.49] as const;

/** Draws a short line with the active tool, by default in the air above the body. */
async function stroke([right, down]: readonly [number, number] = [0.5, 0.2]): Promise<void> {
  const box = (await page.locator('.cornerstone-canvas').first().boundingBox())!;
  const [x, y] = [box.x + box.width * right, box.y + box.height * down];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const step of [5, 10, 15]) await page.mouse.move(x + step, y + step);
  await page.mouse.up();
}

interface Viewports {
  readonly services: {
    readonly viewportGridService: {
      getActiveViewportId(): string;
      getState(): { readonly viewports: ReadonlyMap<string, unknown> };
    };
    readonly cornerstoneViewportService: {
      getCornerstoneViewport(id: string):
        | {
            readonly type: string;
            readonly canvas: HTMLCanvasElement;
            worldToCanvas(point: readonly number[]): [number, number];
          }
        | undefined;
    };
  };
}

interface Segmentations {
  readonly services: {
    readonly segmentationService: {
      getSegmentations(): { readonly segments: Record<number, { readonly label: string; readonly locked: boolean }> }[];
    };
  };
}

function viewportTypes(): Promise<string[]> {
  return page.evaluate(() => {
    const { viewportGridService, cornerstoneViewportService } = (window as unknown as Viewports).services;
    const ids = [...viewportGridService.getState().viewports.keys()];
    return ids.map((id) => cornerstoneViewportService.getCornerstoneViewport(id)?.type ?? '');
  });
}

/** OHIF's own tools for segmentations. */
const ohifTools = (): Locator => page.getByText('Label map tools', { exact: false }).first();

const brushRadiusMm = (): Promise<number> =>
  page.evaluate(() =>
    (
      window as unknown as {
        cornerstoneTools: {
          utilities: { segmentation: { getBrushSizeForToolGroup(id: string, tool: string): number } };
        };
      }
    ).cornerstoneTools.utilities.segmentation.getBrushSizeForToolGroup('default', 'CircularBrush'),
  );

/** Of all segmentations, as OHIF's tools respect them. */
const lockedSegments = (): Promise<string[]> =>
  page.evaluate(() => {
    const { segmentationService } = (window as unknown as Segmentations).services;
    return segmentationService
      .getSegmentations()
      .flatMap(({ segments }) => Object.values(segments))
      .flatMap(({ label, locked }) => (locked ? [label] : []));
  });

/** What is said to have changed, structure by structure. */
const changesIn = async (card: Locator): Promise<string[]> =>
  (await card.locator('[data-promptseg=changed-segment]').allInnerTexts()).map((text) =>
    text.replaceAll(/\s+/g, ' ').trim(),
  );

/** OHIF reads colours from the segmentation's CIELab values, and was off by 2 of 255. */
const isColour = (seen: string, wanted: readonly number[]): boolean =>
  seen.split(',').every((channel, n) => Math.abs(Number(channel) - wanted[n]!) <= 3);

/** Red, green and blue of the active viewport's pixel at a point of the patient, once OHIF has stopped animating it. */
async function settledColour(lps: readonly number[]): Promise<string> {
  const look = () =>
    page.evaluate((point) => {
      const { viewportGridService, cornerstoneViewportService } = (window as unknown as Viewports).services;
      const viewport = cornerstoneViewportService.getCornerstoneViewport(viewportGridService.getActiveViewportId())!;
      const [x, y] = viewport.worldToCanvas(point).map((value) => Math.round(value * window.devicePixelRatio));
      return [...viewport.canvas.getContext('2d')!.getImageData(x!, y!, 1, 1).data.slice(0, 3)].join();
    }, lps);
  return settled(page, look);
}
