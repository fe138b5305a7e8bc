import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import type { FoundFinding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import { naturalizeHeader } from '../../server/src/dicom/naturalizeHeader.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { launchChromium } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { until } from '../support/until.js';
import { seriousViolations } from './axe.js';
import { onScreen, showPlanes } from './places.js';
import { settled } from './settled.js';
import {
  type DrawnFrame,
  drawnFrames,
  imageItTurnsTo,
  onlyStudy,
  openViewer,
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

beforeAll(async () => {
  product = await startProduct({ instances: await smallPhantom('boxing') });
  browser = await launchChromium();
  studyInstanceUID = await onlyStudy(product.url);
  viewer = await openViewer(browser, product.url, studyInstanceUID);
  page = viewer.page;
  lungs = await runAndSee(page, 'lungs');
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

interface OhifGlobals {
  readonly services: {
    readonly viewportGridService: {
      getState(): { readonly viewports: ReadonlyMap<string, unknown> };
      getActiveViewportId(): string;
    };
    readonly measurementService: { getMeasurements(): readonly unknown[] };
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
  readonly commandsManager: { runCommand(name: string, options: object): unknown };
  readonly cornerstoneTools: {
    readonly annotation: {
      readonly state: { getAllAnnotations(): readonly { readonly metadata: { readonly toolName: string } }[] };
    };
    readonly ToolGroupManager: { getToolGroup(id: string): { getActivePrimaryMouseButtonTool(): string } };
  };
}

const part = (name: string): Locator => page.locator(`[data-promptseg=${name}]`);
const cardOf = ({ id }: Job): Locator => page.locator(`[data-job-id="${id}"]`);
const jobNow = async ({ id }: Job): Promise<Job> =>
  (await (await fetch(`${product.url}/api/v1/segmentations/${id}`)).json()) as Job;
const ended = (job: Job): Promise<Job> =>
  until(async () => {
    const now = await jobNow(job);
    return now.endedAt !== undefined && now;
  });

async function drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (const share of [0.4, 0.8, 1])
    await page.mouse.move(from.x + share * (to.x - from.x), from.y + share * (to.y - from.y));
  await page.mouse.up();
}

/** The job that `act` sends a box for. */
async function boxedBy(act: () => Promise<void>): Promise<Job> {
  const accepted = page.waitForResponse((response) => response.url().endsWith('/api/v1/refinements'));
  await act();
  return (await (await accepted).json()) as Job;
}

async function inArchive({ result }: Job): Promise<Uint8Array> {
  const lookup = await product.archive.ask('/tools/lookup', { method: 'POST', body: result!.sopInstanceUID });
  const [instance] = (await lookup.json()) as { ID: string }[];
  const file = await product.archive.ask(`/instances/${instance!.ID}/file`);
  return new Uint8Array(await file.arrayBuffer());
}

async function storedFrames(job: Job): Promise<DrawnFrame[]> {
  const { frames, pixels, rows, columns } = readSegmentation(await inArchive(job));
  if (pixels.type !== 'BINARY') throw new Error(`the result is ${pixels.type}`);
  const bytes = (rows * columns) / 8;
  return frames.map(({ segmentNumber, sourceImages }, index) => ({
    image: sourceImages[0]!.sopInstanceUID,
    segmentNumber: segmentNumber ?? 0,
    packed: Buffer.from(pixels.bits.subarray(index * bytes, (index + 1) * bytes)).toString('base64'),
  }));
}
const inOrder = (frames: readonly DrawnFrame[]): string =>
  JSON.stringify([...frames].sort((a, b) => a.segmentNumber - b.segmentNumber || a.image.localeCompare(b.image)));

const visibleIn = async (job: Job): Promise<number[]> =>
  (await shownSegments(page, job.result!.seriesInstanceUID)).flatMap(({ segment, visible }) =>
    visible ? segment : [],
  );

/** What a box leaves in the viewer: measurements, rectangles, and the tool that has the mouse. */
const leftBehind = () =>
  page.evaluate(() => {
    const { services, cornerstoneTools } = window as unknown as OhifGlobals;
    return {
      measurements: services.measurementService.getMeasurements().length,
      rectangles: cornerstoneTools.annotation.state
        .getAllAnnotations()
        .filter(({ metadata }) => metadata.toolName === 'PromptsegBox').length,
      tool: cornerstoneTools.ToolGroupManager.getToolGroup('default').getActivePrimaryMouseButtonTool(),
    };
  });
const nothing = { measurements: 0, rectangles: 0, tool: 'WindowLevel' };

const leftLung = () => lungs.findings[0] as FoundFinding;
/** The upper half of the left lung on any axial slice. */
async function boxUpperHalf(): Promise<void> {
  const [x, y, z] = leftLung().centroidLps!;
  await drag(await onScreen(page, [x - 60, y - 80, z], 2), await onScreen(page, [x + 60, y, z], 2));
}

/** Presses a button that gives the mouse to the rectangle. */
async function begin(button: string | Locator): Promise<void> {
  await (typeof button === 'string' ? part(button) : button).click();
  await part('box').waitFor();
  await until(async () => (await leftBehind()).tool === 'PromptsegBox');
  // A place has to be where it was when the mouse gets there.
  await settled(page, () => onScreen(page, leftLung().centroidLps!, 2));
}

/** Waits until a box was drawn. */
const isBoxed = (): Promise<void> =>
  part('box-state')
    .getByText(/Box of \d+ × \d+ mm/)
    .waitFor();

async function correctLeftLung(): Promise<void> {
  const row = cardOf(lungs).locator('[data-promptseg=finding][data-segment-number="1"]');
  if ((await row.locator('[data-promptseg=box-finding]').count()) === 0)
    await row.locator('[data-promptseg=details]').click();
  await begin(row.locator('[data-promptseg=box-finding]'));
}

describe('a box in the viewer', () => {
  it('is taken away by Escape, and nothing is asked for', async () => {
    await correctLeftLung();
    await boxUpperHalf();
    await isBoxed();
    expect(await leftBehind()).toEqual({ measurements: 0, rectangles: 1, tool: 'PromptsegBox' });
    await page.keyboard.press('Escape');
    await part('box').waitFor({ state: 'detached' });
    expect(await leftBehind()).toEqual(nothing);
    expect(viewer.incidents).toEqual([]);
  });

  it('corrects a finding on its slice, in place of the old result on screen', async () => {
    await correctLeftLung();
    const slice = await imageItTurnsTo(page);
    await boxUpperHalf();
    await isBoxed();
    await untilStill(page);
    await screenshot(page, 'boxing-drawn');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    const pressed = Date.now();
    const corrected = await ended(await boxedBy(() => page.keyboard.press('Enter')));
    expect(corrected).toMatchObject({
      state: 'completed',
      refinement: { throughSlices: false, corrects: { job: lungs.id, segmentNumber: 1 } },
    });
    await waitUntilDrawn(page, corrected.result!.seriesInstanceUID);
    console.info(`Enter → drawn ${Date.now() - pressed} ms`);
    await until(async () => JSON.stringify(await visibleIn(corrected)) === '[1,2]');
    await until(async () => (await visibleIn(lungs)).length === 0);
    await cardOf(corrected).getByText('corrected by a box').waitFor();
    await untilStill(page);
    await screenshot(page, 'boxing-corrected');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);

    const [before, after] = [await storedFrames(lungs), await storedFrames(corrected)];
    expect(inOrder(await drawnFrames(page, corrected.result!.seriesInstanceUID)) === inOrder(after)).toBe(true);
    const isUntouched = ({ image, segmentNumber }: DrawnFrame) => segmentNumber !== 1 || image !== slice;
    expect(inOrder(after.filter(isUntouched)) === inOrder(before.filter(isUntouched))).toBe(true);
    expect(inOrder(after) === inOrder(before)).toBe(false);
    expect(naturalizeHeader(await inArchive(corrected))).toMatchObject({
      SourceImageSequence: [{ ReferencedSOPInstanceUID: lungs.result!.sopInstanceUID }],
    });
    expect(await leftBehind()).toEqual(nothing);
    expect(viewer.incidents).toEqual([]);
  });

  it('outside of the images fails with a sentence, and stores nothing', async () => {
    await begin('box-something');
    // Smaller, so that something is beside the images.
    const { x, y } = await page.evaluate(() => {
      const { viewportGridService, cornerstoneViewportService } = (window as unknown as OhifGlobals).services;
      const view = cornerstoneViewportService.getCornerstoneViewport(viewportGridService.getActiveViewportId());
      view.setZoom(0.4);
      view.render();
      const { left, top } = view.element.getBoundingClientRect();
      return { x: left, y: top };
    });
    await drag({ x: x + 40, y: y + 80 }, { x: x + 90, y: y + 120 });
    // Enter sends nothing before.
    await isBoxed();
    await part('box-name').fill('liver');
    const failed = await ended(await boxedBy(() => page.keyboard.press('Enter')));
    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'box-unsuitable' } });
    await cardOf(failed).getByText('outside of the images').waitFor();
    expect(await leftBehind()).toEqual(nothing);
  });

  it('in a sagittal view of three planes marks what is in it there', async () => {
    await showPlanes(page);
    await begin('box-something');
    const [x, y, z] = leftLung().centroidLps!;
    const [from, to] = [
      [x, y - 90, z - 70],
      [x, y + 90, z + 70],
    ] as const;
    await settled(page, () => onScreen(page, from, 0));
    await drag(await onScreen(page, from, 0), await onScreen(page, to, 0));
    await isBoxed();
    await part('box-name').fill('left lung');
    await untilStill(page);
    await screenshot(page, 'boxing-planes');
    const made = await ended(await boxedBy(() => page.keyboard.press('Enter')));
    expect(made).toMatchObject({ state: 'completed', findings: [{ status: 'found', target: { name: 'Left lung' } }] });
    const [box] = made.refinement!.boxes!;
    expect(Math.abs(box!.normal![0])).toBeCloseTo(1, 3);
    expect(Math.abs(box!.corners[0][0] - box!.corners[1][0])).toBeLessThan(1);
    expect(Math.abs(box!.corners[0][2] - box!.corners[1][2])).toBeGreaterThan(120);
    const { greatest, least } = (made.findings[0] as FoundFinding).boundingBoxLps!;
    // More than one slice: the plane runs through all of them.
    expect(greatest[2] - least[2]).toBeGreaterThan(80);
  });
});
