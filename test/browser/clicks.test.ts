import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Draft, DraftMask } from '../../server/contract/drafts.js';
import type { FoundFinding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import { naturalizeHeader } from '../../server/src/dicom/naturalizeHeader.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { countBits } from '../../server/src/values/maskBits.js';
import { dciodvfy, itWithDciodvfy } from '../conformance/outsideTools.js';
import { storedResult, workersOf } from '../endToEnd/productClient.js';
import { launchChromium } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { until } from '../support/until.js';
import { seriousViolations } from './axe.js';
import { onScreen, type Place, showPlanes } from './places.js';
import { settled } from './settled.js';
import {
  type DrawnFrame,
  drawnFrames,
  onlyStudy,
  openViewer,
  reload,
  runAndSee,
  screenshot,
  shownSegments,
  untilStill,
  type ViewerPage,
  waitUntilDrawn,
} from './viewerPage.js';

let product: Product;
let browser: Browser;
let viewer: ViewerPage;
let page: Page;
let studyInstanceUID: string;
let lungs: Job;
let corrected: Job;
/** What was drawn before the first click. */
let original: readonly DrawnFrame[];

beforeAll(async () => {
  product = await startProduct({ instances: await smallPhantom('clicks') });
  browser = await launchChromium();
  studyInstanceUID = await onlyStudy(product.url);
  viewer = await openViewer(browser, product.url, studyInstanceUID, { viewport: { width: 1280, height: 800 } });
  page = viewer.page;
  lungs = await runAndSee(page, 'lungs');
  original = await drawnOf(page, lungs);
});
afterAll(async () => {
  const median = waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)];
  console.info(`click → drawn: median of ${waits.length}: ${median?.toFixed(0)} ms`);
  await browser?.close();
  await product?.stop();
});

interface OhifGlobals {
  readonly services: {
    readonly segmentationService: {
      getSegmentations(): readonly {
        readonly segmentationId: string;
        readonly representationData: { readonly Labelmap?: { readonly imageIds?: readonly string[] } };
      }[];
    };
    readonly displaySetService: {
      getDisplaySetByUID(id: string): { readonly SeriesInstanceUID?: string } | undefined;
    };
    readonly measurementService: { getMeasurements(): readonly unknown[] };
    readonly viewportGridService: { getState(): { readonly viewports: ReadonlyMap<string, unknown> } };
    readonly cornerstoneViewportService: {
      getCornerstoneViewport(id: string): {
        readonly type: string;
        readonly element: HTMLElement;
        worldToCanvas(place: readonly number[]): readonly [number, number];
        setZoom(zoom: number): void;
        render(): void;
        getCamera(): { readonly viewPlaneNormal: readonly number[] };
      };
    };
  };
  readonly cornerstone: {
    readonly cache: {
      getImage(id: string):
        | {
            readonly referencedImageId: string;
            readonly voxelManager: { getScalarData(): Uint8Array };
          }
        | undefined;
    };
  };
  readonly commandsManager: { runCommand(name: string, options: object): unknown };
  readonly cornerstoneTools: {
    readonly annotation: {
      readonly state: { getAllAnnotations(): readonly { readonly metadata: { readonly toolName: string } }[] };
    };
    readonly ToolGroupManager: { getToolGroup(id: string): { getActivePrimaryMouseButtonTool(): string } };
  };
}

const part = (name: string, of = page): Locator => of.locator(`[data-promptseg=${name}]`);
const cardOf = ({ id }: Job, of = page): Locator => of.locator(`[data-job-id="${id}"]`);
const drawnOf = (of: Page, { result }: Job) => drawnFrames(of, result!.seriesInstanceUID);
const get = async <Body>(path: string): Promise<Body> =>
  (await (await fetch(`${product.url}/api/v1${path}`)).json()) as Body;
const draftsNow = async (): Promise<readonly Draft[]> =>
  (await get<{ drafts: Draft[] }>(`/drafts?study=${studyInstanceUID}`)).drafts;

const activeTool = (of = page): Promise<string> =>
  of.evaluate(() =>
    (window as unknown as OhifGlobals).cornerstoneTools.ToolGroupManager.getToolGroup(
      'default',
    ).getActivePrimaryMouseButtonTool(),
  );

const centre = (): Place => (lungs.findings[0] as FoundFinding).centroidLps as unknown as Place;
const beside = (x: number, y = 0, z = 0): Place => [centre()[0] + x, centre()[1] + y, centre()[2] + z];

async function click(place: Place, { axis = 2, opposite = false, of = page }: ClickOptions = {}): Promise<void> {
  const { x, y } = await onScreen(of, place, axis);
  if (opposite) await of.keyboard.down('Control');
  await of.mouse.click(x, y);
  if (opposite) await of.keyboard.up('Control');
}
interface ClickOptions {
  readonly axis?: 0 | 1 | 2;
  readonly opposite?: boolean;
  readonly of?: Page;
}

/** Draws a line with the mouse through places, on the slice that the view shows. */
async function draw(places: readonly Place[], axis: 0 | 1 | 2): Promise<void> {
  const [start, ...rest] = await Promise.all(places.map((place) => onScreen(page, place, axis)));
  await page.mouse.move(start!.x, start!.y);
  await page.mouse.down();
  for (const { x, y } of rest) await page.mouse.move(x, y, { steps: 6 });
  await page.mouse.up();
}

/** Presses a key of the panel, and waits until its tool has the mouse. */
async function take(key: string, tool: string): Promise<void> {
  await page.keyboard.press(key);
  await until(async () => (await activeTool()) === tool);
}

/** What scribbles and lassos leave in the viewer: measurements, and lines of its own. */
const leftBehind = () =>
  page.evaluate(() => {
    const { services, cornerstoneTools } = window as unknown as OhifGlobals;
    const lines = cornerstoneTools.annotation.state
      .getAllAnnotations()
      .filter(({ metadata }) => metadata.toolName.startsWith('Promptseg'));
    return services.measurementService.getMeasurements().length + lines.length;
  });

/** Waits until so many clicks are drawn. */
const untilDrawn = (count: number, of = page): Promise<void> =>
  of.locator(`[data-promptseg=clicks][data-clicks="${count}"][data-work=none]`).waitFor();

/** From the press of the mouse to the mask on screen, in ms. */
const waits: number[] = [];

/** Clicks, and waits until so many clicks are drawn. */
async function clickAndSee(count: number, place: Place, options: ClickOptions = {}): Promise<void> {
  const pressed = performance.now();
  await click(place, options);
  await untilDrawn(count, options.of);
  waits.push(performance.now() - pressed);
}

/** Presses a button that begins or continues, and waits until the views hear clicks. */
async function begin(button: Locator, of = page): Promise<void> {
  await button.click();
  await begun(of);
}

async function begun(of = page): Promise<void> {
  await of.locator('[data-promptseg=clicks][data-work=none]').waitFor();
  await until(async () => (await activeTool(of)) === 'PromptsegClick');
  // A place has to be where it was when the mouse gets there.
  await settled(of, () => onScreen(of, centre(), 2));
}

async function refineLeftLung(of: Job): Promise<void> {
  const row = cardOf(of).locator('[data-promptseg=finding][data-segment-number="1"]');
  if ((await row.locator('[data-promptseg=click-finding]').count()) === 0)
    await row.locator('[data-promptseg=details]').click();
  await begin(row.locator('[data-promptseg=click-finding]'));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Kills the worker and what computes the masks, and waits until they have ended. */
async function killProcesses(): Promise<void> {
  const pids = await workersOf(product);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until(async () => !pids.some(isRunning));
}

/** A place in the axial view where there is no image, which is made smaller for it. */
const besideImages = (): Promise<{ x: number; y: number }> =>
  page.evaluate(() => {
    const { viewportGridService, cornerstoneViewportService } = (window as unknown as OhifGlobals).services;
    const view = [...viewportGridService.getState().viewports.keys()]
      .map((id) => cornerstoneViewportService.getCornerstoneViewport(id))
      .find((each) => Math.abs(each.getCamera().viewPlaneNormal[2]!) > 0.9)!;
    view.setZoom(0.3);
    view.render();
    const { left, top } = view.element.getBoundingClientRect();
    return { x: left + 30, y: top + 100 };
  });

const inOrder = (frames: readonly DrawnFrame[]): string =>
  JSON.stringify([...frames].sort((a, b) => a.segmentNumber - b.segmentNumber || a.image.localeCompare(b.image)));
const others = (frames: readonly DrawnFrame[]) => frames.filter(({ segmentNumber }) => segmentNumber !== 1);

async function storedFrames(job: Job): Promise<DrawnFrame[]> {
  const { frames, pixels, rows, columns } = readSegmentation(await storedResult(product, job));
  if (pixels.type !== 'BINARY') throw new Error(`the result is ${pixels.type}`);
  const bytes = (rows * columns) / 8;
  return frames.map(({ segmentNumber, sourceImages }, index) => ({
    image: sourceImages[0]!.sopInstanceUID,
    segmentNumber: segmentNumber ?? 0,
    packed: Buffer.from(pixels.bits.subarray(index * bytes, (index + 1) * bytes)).toString('base64'),
  }));
}

/** The voxels of the left lung that differ, as "image column row". */
function changes(before: readonly DrawnFrame[], after: readonly DrawnFrame[], columns: number): readonly string[] {
  const of = (frames: readonly DrawnFrame[]) =>
    new Map(
      frames.flatMap((f) => (f.segmentNumber === 1 ? [[f.image, Buffer.from(f.packed, 'base64')] as const] : [])),
    );
  const [a, b] = [of(before), of(after)];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((image) => {
    const [one, two] = [a.get(image), b.get(image)];
    return Array.from({ length: 8 * (one ?? two)!.length }, (_, n) => n).flatMap((n) => {
      const bit = (bytes: Buffer | undefined) => ((bytes?.[n >> 3] ?? 0) >> (n & 7)) & 1;
      return bit(one) === bit(two) ? [] : `${image} ${n % columns} ${Math.floor(n / columns)}`;
    });
  });
}

/** Whether every voxel that differs is in the block. */
function areIn(changed: readonly string[], { block }: DraftMask): boolean {
  const { first, size, images } = block!;
  const inBlock = new Set(images.map(({ sopInstanceUID }) => sopInstanceUID));
  return changed.every((voxel) => {
    const [image, i, j] = voxel.split(' ');
    const [column, row] = [Number(i) - first[0], Number(j) - first[1]];
    return inBlock.has(image!) && column >= 0 && row >= 0 && column < size[0] && row < size[1];
  });
}

/** The images and the number of voxels that the viewer draws of something new, which is in no series. */
const newLabels = (): Promise<{ readonly images: readonly string[]; readonly voxels: number }> =>
  page.evaluate(() => {
    const { cornerstone, services } = window as unknown as OhifGlobals;
    const images: string[] = [];
    let voxels = 0;
    for (const { segmentationId, representationData } of services.segmentationService.getSegmentations()) {
      if (services.displaySetService.getDisplaySetByUID(segmentationId)?.SeriesInstanceUID !== undefined) continue;
      for (const imageId of representationData.Labelmap?.imageIds ?? []) {
        const image = cornerstone.cache.getImage(imageId);
        const count = image?.voxelManager.getScalarData().filter((label) => label === 1).length ?? 0;
        voxels += count;
        if (count > 0) images.push(/instances\/([\d.]+)/.exec(image!.referencedImageId)![1]!);
      }
    }
    return { images, voxels };
  });

/** The images that a block marks something on. */
function sliceOf({ size, bits, images }: NonNullable<DraftMask['block']>): readonly string[] {
  const packed = Buffer.from(bits, 'base64');
  const plane = size[0] * size[1];
  const isMarked = (slice: number) =>
    Array.from({ length: plane }, (_, n) => n + slice * plane).some(
      (bit) => ((packed[bit >> 3]! >> (bit & 7)) & 1) === 1,
    );
  return images.flatMap(({ sopInstanceUID }, slice) => (isMarked(slice) ? [sopInstanceUID] : []));
}

const countOf = (frames: readonly DrawnFrame[]): number =>
  frames.reduce((sum, { packed }) => sum + countBits(Buffer.from(packed, 'base64')), 0);

describe('clicks in the viewer', () => {
  it('change the mask in place, near the click and nowhere else', async () => {
    await refineLeftLung(lungs);
    await screenshot(page, 'clicks-begun');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    await clickAndSee(1, centre(), { opposite: true });
    const [draft] = await draftsNow();
    expect(draft!.clicks).toMatchObject([{ part: false }]);
    const drawn = await drawnOf(page, lungs);
    const rows = readSegmentation(await storedResult(product, lungs)).columns;
    const changed = changes(original, drawn, rows);
    expect(changed.length).toBeGreaterThan(0);
    expect(areIn(changed, await get<DraftMask>(`/drafts/${draft!.id}/mask`))).toBe(true);
    expect(inOrder(others(drawn))).toBe(inOrder(others(original)));
    await screenshot(page, 'clicks-one');
    // What is drawn is no edit of the brush.
    expect(await part('store-edited').count()).toBe(0);
    expect(viewer.incidents).toEqual([]);
  });

  it('cover a neighbour while they grow into it, until it is locked or chosen that they do not', async () => {
    const one = await drawnOf(page, lungs);
    const neighbour = (lungs.findings[1] as FoundFinding).centroidLps as unknown as Place;
    await clickAndSee(2, neighbour);
    const two = await drawnOf(page, lungs);
    expect(inOrder(others(two))).not.toBe(inOrder(others(original)));
    const choice = part('click-neighbours');
    expect(await choice.inputValue()).toBe('overlapping');
    await choice.selectOption('onlyEmpty');
    await until(async () => inOrder(others(await drawnOf(page, lungs))) === inOrder(others(original)));
    expect(await draftsNow()).toMatchObject([{ neighbours: { policy: 'onlyEmpty' } }]);
    await screenshot(page, 'clicks-neighbours');
    await choice.selectOption('overlapping');
    await until(async () => inOrder(await drawnOf(page, lungs)) === inOrder(two));
    await part('click-locks').locator('summary').click();
    await part('click-lock').click();
    await until(async () => inOrder(others(await drawnOf(page, lungs))) === inOrder(others(original)));
    expect(await draftsNow()).toMatchObject([{ neighbours: { policy: 'overlapping', locked: [2] } }]);
    await screenshot(page, 'clicks-locked');
    await part('click-lock').click();
    await until(async () => inOrder(await drawnOf(page, lungs)) === inOrder(two));
    await part('undo-click').click();
    await untilDrawn(1);
    expect(inOrder(await drawnOf(page, lungs))).toBe(inOrder(one));
    expect(viewer.incidents).toEqual([]);
  });

  it('of two windows are seen in both, and undone and done again from either', async () => {
    const { page: second, incidents } = await openViewer(browser, product.url, studyInstanceUID);
    const one = await drawnOf(page, lungs);
    await begin(part('go-on-clicks', second), second);
    await untilDrawn(1, second);
    expect(inOrder(await drawnOf(second, lungs))).toBe(inOrder(one));
    await click(beside(12), { of: second });
    await Promise.all([untilDrawn(2, second), untilDrawn(2)]);
    const two = await drawnOf(second, lungs);
    expect(inOrder(two)).not.toBe(inOrder(one));
    await until(async () => inOrder(await drawnOf(page, lungs)) === inOrder(two));
    await page.keyboard.press('Control+z');
    await Promise.all([untilDrawn(1, second), untilDrawn(1)]);
    await until(async () => inOrder(await drawnOf(second, lungs)) === inOrder(one));
    await page.keyboard.press('Control+y');
    await Promise.all([untilDrawn(2, second), untilDrawn(2)]);
    await until(async () => inOrder(await drawnOf(page, lungs)) === inOrder(two));
    expect([...incidents, ...viewer.incidents]).toEqual([]);
    await second.close();
  });

  it('go on after a reload, in other planes, after their process was killed, and are stored as drawn', async () => {
    const before = await drawnOf(page, lungs);
    await reload(page);
    await part('open-draft').waitFor();
    // What was drawn comes back first.
    await waitUntilDrawn(page, lungs.result!.seriesInstanceUID);
    await screenshot(page, 'clicks-open');
    await showPlanes(page);
    await begin(part('go-on-clicks'));
    await untilDrawn(2);
    expect(inOrder(await drawnOf(page, lungs))).toBe(inOrder(before));
    await killProcesses();
    await clickAndSee(3, beside(0, 0, 30), { axis: 0, opposite: true });
    await untilStill(page);
    await screenshot(page, 'clicks-planes');
    const drawn = await drawnOf(page, lungs);
    expect(inOrder(drawn)).not.toBe(inOrder(before));

    const accepted = page.waitForResponse((response) => response.url().endsWith('/accept'));
    await page.keyboard.press('Enter');
    const { id } = (await (await accepted).json()) as Job;
    await page.locator(`[data-job-id="${id}"][data-state=completed]`).waitFor();
    corrected = await get<Job>(`/segmentations/${id}`);
    await waitUntilDrawn(page, corrected.result!.seriesInstanceUID);
    await cardOf(corrected).getByText('corrected by clicks').waitFor();
    expect(inOrder(await storedFrames(corrected))).toBe(inOrder(drawn));
    await until(async () => inOrder(await drawnOf(page, corrected)) === inOrder(drawn));
    await until(async () => inOrder(await drawnOf(page, lungs)) === inOrder(original));
    await until(async () =>
      (await shownSegments(page, lungs.result!.seriesInstanceUID)).every(({ visible }) => !visible),
    );
    expect(await activeTool()).toBe('WindowLevel');
    expect(await draftsNow()).toEqual([]);
    expect(naturalizeHeader(await storedResult(product, corrected))).toMatchObject({
      SourceImageSequence: [{ ReferencedSOPInstanceUID: lungs.result!.sopInstanceUID }],
    });
    await screenshot(page, 'clicks-stored');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
  });

  itWithDciodvfy('leave a result without an error for dciodvfy', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'clicks-')), 'corrected.dcm');
    writeFileSync(file, await storedResult(product, corrected));
    expect(await dciodvfy(file)).toEqual({ errors: [], warnings: [] });
  });

  it('are joined by scribbles and lassos, drawn with the viewer’s own line in any plane', async () => {
    const before = await drawnOf(page, corrected);
    const { length: incidents } = viewer.incidents;
    await refineLeftLung(corrected);
    await take('l', 'PromptsegLasso');
    await page.keyboard.press('x');
    await draw([beside(-20, -20), beside(20, -20), beside(20, 20), beside(-20, 20)], 2);
    await untilDrawn(1);
    const [draft] = await draftsNow();
    const [lasso] = draft!.clicks;
    if (lasso?.kind !== 'lasso') throw new Error(`a ${lasso?.kind} was sent`);
    expect([draft!.clicks.length, lasso.part]).toEqual([1, false]);
    const taken = await drawnOf(page, corrected);
    const { columns } = readSegmentation(await storedResult(product, corrected));
    const changed = changes(before, taken, columns);
    expect(changed.length).toBeGreaterThan(0);
    expect(areIn(changed, await get<DraftMask>(`/drafts/${draft!.id}/mask`))).toBe(true);
    expect(inOrder(others(taken))).toBe(inOrder(others(before)));
    expect(countOf(taken)).toBeLessThan(countOf(before));

    await take('s', 'PromptsegScribble');
    await page.keyboard.press('x');
    // Across what the lasso took away.
    const z = lasso.outline[0]![2] - centre()[2];
    await draw([beside(0, -25, z), beside(0, 25, z)], 0);
    await untilDrawn(2);
    expect((await draftsNow())[0]!.clicks).toMatchObject([{ kind: 'lasso' }, { kind: 'scribble', part: true }]);
    const added = await drawnOf(page, corrected);
    expect(countOf(added)).toBeGreaterThan(countOf(taken));
    await untilStill(page);
    await screenshot(page, 'clicks-strokes');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    expect(await leftBehind()).toBe(0);

    await page.keyboard.press('Control+z');
    await untilDrawn(1);
    expect(inOrder(await drawnOf(page, corrected))).toBe(inOrder(taken));
    await page.keyboard.press('Escape');
    await part('question').getByText('Discard', { exact: true }).click();
    await part('clicks').waitFor({ state: 'detached' });
    expect(inOrder(await drawnOf(page, corrected))).toBe(inOrder(before));
    expect(await activeTool()).toBe('WindowLevel');
    expect(viewer.incidents.slice(incidents)).toEqual([]);
  });

  it('are all kept, however quick, but those beside the images; Escape asks before it discards them', async () => {
    const before = await drawnOf(page, corrected);
    await refineLeftLung(corrected);
    const { x, y } = await onScreen(page, centre(), 2);
    for (let n = 0; n < 10; n++) await page.mouse.click(x - 25 + 5 * n, y + 20);
    await untilDrawn(10);
    const [draft] = await draftsNow();
    const places = draft!.clicks.flatMap((prompt) => (prompt.kind === 'click' ? prompt.place[0] : []));
    expect(places).toHaveLength(10);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    const corner = await besideImages();
    await page.mouse.click(corner.x, corner.y);
    await part('click-refused').getByText('beside the images').waitFor();
    await untilDrawn(10);
    await page.keyboard.press('Escape');
    await part('question').waitFor();
    await screenshot(page, 'clicks-question');
    await page.keyboard.press('Escape');
    await part('question').waitFor({ state: 'detached' });
    expect(await draftsNow()).toHaveLength(1);
    await page.keyboard.press('Escape');
    await part('question').getByText('Discard', { exact: true }).click();
    await part('clicks').waitFor({ state: 'detached' });
    expect(await draftsNow()).toEqual([]);
    expect(inOrder(await drawnOf(page, corrected))).toBe(inOrder(before));
  });

  it('from nothing make a segment with the code of its name, which is stored as it was drawn', async () => {
    const before = viewer.incidents.length;
    await page.locator('[data-promptseg=job][data-state=completed]').first().waitFor();
    await part('click-something').click();
    await part('click-name').fill('left lung');
    await screenshot(page, 'clicks-name');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    // The list of names may cover the button.
    await part('click-name').press('Enter');
    await begun();
    await part('clicks').getByText('Clicks on Left lung').waitFor();
    await clickAndSee(1, centre());
    const [draft] = await draftsNow();
    const { block } = await get<DraftMask>(`/drafts/${draft!.id}/mask`);
    await screenshot(page, 'clicks-new');
    const layer = await newLabels();
    expect(layer.images.toSorted()).toEqual(sliceOf(block!).toSorted());
    await clickAndSee(2, beside(12), { opposite: true });
    expect((await newLabels()).voxels).not.toBe(layer.voxels);
    const last = await newLabels();
    expect(viewer.incidents.slice(before)).toEqual([]);
    const accepted = page.waitForResponse((response) => response.url().endsWith('/accept'));
    await page.keyboard.press('Enter');
    const { id } = (await (await accepted).json()) as Job;
    await page.locator(`[data-job-id="${id}"][data-state=completed]`).waitFor();
    const made = await get<Job>(`/segmentations/${id}`);
    expect(made.findings).toMatchObject([{ status: 'found', target: { name: 'Left lung' } }]);
    await waitUntilDrawn(page, made.result!.seriesInstanceUID);
    const stored = await storedFrames(made);
    expect(countOf(stored)).toBe(last.voxels);
    await until(async () => inOrder(await drawnOf(page, made)) === inOrder(stored));
    await cardOf(made).getByText('marked by clicks').waitFor();
    // What was drawn meanwhile is gone.
    await until(async () => (await newLabels()).voxels === 0);
    expect(await activeTool()).toBe('WindowLevel');
  });

  it('on a study that was deleted say so, and stay', async () => {
    await refineLeftLung(corrected);
    const found = (await (
      await product.archive.ask('/tools/find', {
        method: 'POST',
        body: JSON.stringify({ Level: 'Study', Query: { StudyInstanceUID: studyInstanceUID } }),
      })
    ).json()) as string[];
    await product.archive.ask(`/studies/${found[0]}`, { method: 'DELETE' });
    await click(centre(), { opposite: true });
    await page.locator('[data-promptseg=clicks] .promptseg-trouble').waitFor();
    await screenshot(page, 'clicks-deleted');
    expect((await draftsNow()).map(({ clicks }) => clicks.length)).toEqual([1]);
  });
});
