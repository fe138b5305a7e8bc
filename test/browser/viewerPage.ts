import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Job } from '../../server/contract/job.js';
import { newPage } from '../support/chromium.js';
import { until } from '../support/until.js';
import { fewFrames, settled } from './settled.js';

export { screenshot } from './screenshot.js';

/**
 * Options of a page with the viewer: canvas pixels per CSS pixel. It draws in software, and a quarter of the pixels
 * takes a fifth less processor time for a whole file. PROMPTSEG_TEST_SCALE=1 is for screenshots to be looked at.
 */
export const canvasPixels = { deviceScaleFactor: Number(process.env.PROMPTSEG_TEST_SCALE ?? 0.5) };

/** For long files that look at texts or single points: software draws a quarter of the pixels in half of the time. */
export const fewPixels = { deviceScaleFactor: Number(process.env.PROMPTSEG_TEST_SCALE ?? 0.25) };

/** What OHIF's cornerstone extension puts on `window`; undocumented, for tests only. */
export interface OhifGlobals {
  readonly services: {
    readonly toolbarService: { getButtons(): object };
    readonly viewportGridService: {
      getActiveViewportId(): string;
      getState(): { readonly viewports: ReadonlyMap<string, unknown> };
    };
    readonly cornerstoneViewportService: {
      getCornerstoneViewport(id: string): { getCurrentImageId?(): string | undefined } | undefined;
    };
    readonly segmentationService: {
      getSegmentationRepresentations(viewportId: string): readonly {
        readonly segmentationId: string;
        readonly segments: Readonly<Record<number, { readonly segmentIndex: number; readonly visible: boolean }>>;
      }[];
      getSegmentColor(viewportId: string, segmentationId: string, segmentIndex: number): readonly number[];
    };
    readonly displaySetService: {
      getDisplaySetByUID(uid: string): { readonly SeriesInstanceUID: string };
      getActiveDisplaySets(): readonly {
        readonly SeriesInstanceUID: string;
        readonly displaySetInstanceUID: string;
        load?(options: { readonly headers: object }): Promise<void>;
      }[];
    };
  };
  readonly commandsManager: { runCommand(name: string, options: object): unknown };
  readonly cornerstoneTools: {
    readonly segmentation: {
      readonly state: {
        getSegmentation(id: string): { readonly representationData: { readonly Labelmap: Labelmap } };
      };
    };
  };
  readonly cornerstone: {
    readonly cache: {
      getImage(imageId: string): {
        readonly referencedImageId: string;
        readonly voxelManager: { getScalarData(): ArrayLike<number> };
      };
    };
  };
}

interface Labelmap {
  /** Of all layers; where segments overlap, OHIF spreads them over several. */
  readonly imageIds: readonly string[];
}

/** The pixels of one segment on one image, as OHIF holds them. */
export interface DrawnFrame {
  /** SOPInstanceUID of the image */
  readonly image: string;
  readonly segmentNumber: number;
  /**
   * One bit per pixel, the first pixel in the lowest bit, base64: as in a BINARY segmentation (PS3.5 section 8.1.1).
   */
  readonly packed: string;
}

/** A page with the viewer in the mode "Segment by text". */
export interface ViewerPage {
  readonly page: Page;
  /** Errors of our code, and page loads after the first. */
  readonly incidents: readonly string[];
}

/**
 * Cornerstone turns a stack to a remembered image 40 ms late (`scroll` in StackViewport of 5.x, timer never cleared).
 * Another series put into the viewport within that time destroys the stack first: harmless, and not of our code.
 */
const isLateScroll = ({ message, stack = '' }: Error): boolean =>
  /viewport has been destroyed/.test(message) &&
  /StackViewport\.setImageIdIndex/.test(stack) &&
  !/\/plugins\//.test(stack);

export async function openViewer(
  browser: Browser,
  url: string,
  studyInstanceUID: string,
  options: BrowserContextOptions = {},
): Promise<ViewerPage> {
  const page = await newPage(browser, { ...canvasPixels, ...options });
  const incidents: string[] = [];
  page.on('pageerror', (error) => {
    if (!isLateScroll(error)) incidents.push(`page error: ${error.stack}`);
  });
  page.on('console', (message) => {
    const ours = message.location().url.includes('/plugins/') || message.location().url.includes('/api/v1/');
    if (message.type() === 'error' && ours)
      incidents.push(`console error: ${message.text()} ${message.location().url}`);
  });
  await page.goto(`${url}/segment-by-text?StudyInstanceUIDs=${studyInstanceUID}`);
  await page.waitForSelector('[data-promptseg=series]');
  await firstImage(page);
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) incidents.push(`page load: ${frame.url()}`);
  });
  return { page, incidents };
}

const firstImage = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => {
    const services = (window as unknown as OhifGlobals).services;
    const viewportId = services.viewportGridService.getActiveViewportId();
    return services.cornerstoneViewportService.getCornerstoneViewport(viewportId)?.getCurrentImageId?.() !== undefined;
  });

/** Loads the page again, as the browser's button does. */
export async function reload(page: Page): Promise<void> {
  await page.reload();
  await page.waitForSelector('[data-promptseg=series]');
  await firstImage(page);
}

/**
 * A page with the viewer in any mode, the panel in front. Every console error is an incident, OHIF's own too.
 * @param mode its route: `segment-by-text`, `viewer`, `segmentation`
 * @param deviceScaleFactor pixels of the canvases per CSS pixel
 */
export async function openMode(
  browser: Browser,
  url: string,
  studyInstanceUID: string,
  mode: string,
  deviceScaleFactor = canvasPixels.deviceScaleFactor,
): Promise<ViewerPage> {
  const page = await newPage(browser, { deviceScaleFactor });
  const incidents: string[] = [];
  page.on('pageerror', (error) => {
    if (!isLateScroll(error)) incidents.push(`page error: ${error.stack}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') incidents.push(`console error: ${message.text()} ${message.location().url}`);
  });
  await page.goto(`${url}/${mode}?StudyInstanceUIDs=${studyInstanceUID}`);
  await page.waitForSelector('.cornerstone-canvas');
  const panel = page.locator('[data-promptseg=series]');
  const tab = page.locator('[data-cy="segmentByText-btn"]');
  await panel.or(tab).first().waitFor();
  if ((await panel.count()) === 0) await tab.click();
  await panel.waitFor();
  // Taken away before it is there, it makes OHIF report an error of its own.
  await firstImage(page);
  return { page, incidents };
}

/** Types into the box and waits until the panel says what the server understands. */
export async function type(page: Page, prompt: string): Promise<void> {
  const response = page.waitForResponse(
    (response) =>
      response.url().endsWith('/api/v1/prompts/resolve') &&
      response.request().postDataJSON().prompts.join('\n') === prompt,
  );
  await page.fill('[data-promptseg=prompt]', prompt);
  await response;
  await page.waitForSelector('[data-promptseg=understood]:not(.promptseg-stale) > *');
}

/** What is not understood, as the panel says it. The code for it is fetched when it is first needed. */
export async function whatIsUnknown(page: Page): Promise<string[]> {
  const unknown = page.locator('[data-promptseg=unknown]');
  await unknown.first().waitFor();
  return unknown.allInnerTexts();
}

/** What is in a drawer once it was fetched, with what the server has to say for it. */
const drawers = {
  model: '[data-promptseg=model]',
  browse: '[data-promptseg=browse]',
  sets: '*',
  recent: '*',
  options: '*',
};
export type Drawer = keyof typeof drawers;
export const drawerNames = Object.keys(drawers) as readonly Drawer[];

/** Opens a drawer below the prompt, and waits for what is in it. */
export async function openDrawer(page: Page, name: Drawer): Promise<void> {
  await page.locator(`[data-promptseg=open-${name}]`).click();
  await page.locator(`[data-promptseg=drawer] ${drawers[name]}`).first().waitFor();
  if (name === 'sets') await page.locator('[data-promptseg=preset], [data-promptseg=set]').first().waitFor();
}

/** Whether an element is in sight: nothing covers its middle. */
export const isOnTop = (element: Locator): Promise<boolean> =>
  element.evaluate((each) => {
    const { left, top, width, height } = each.getBoundingClientRect();
    return each.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  });

/** The classes of what stands out of the panel on its right. */
export const partsWiderThanPanel = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const panel = document.querySelector('.promptseg')!;
    const right = panel.getBoundingClientRect().right;
    return [...panel.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > right + 0.5)
      .map((element) => element.className);
  });

export async function run(page: Page): Promise<void> {
  await page.press('[data-promptseg=prompt]', 'Enter');
}

/**
 * The job that `act` asks for, as the server accepted it. Cards do not show which job is the new one: those of earlier
 * jobs may appear after it was asked for.
 */
export async function jobAskedBy(page: Page, act: () => Promise<void>): Promise<Job> {
  const accepted = page.waitForResponse(
    (response) => response.request().method() === 'POST' && response.url().endsWith('/segmentations'),
  );
  await act();
  return (await (await accepted).json()) as Job;
}

export const runAndRead = (page: Page): Promise<Job> => jobAskedBy(page, () => run(page));

/** The job of a prompt typed now, once it is completed and drawn. */
export async function runAndSee(page: Page, prompt: string): Promise<Job> {
  await type(page, prompt);
  const { id } = await runAndRead(page);
  await page.locator(`[data-job-id="${id}"][data-state=completed]`).waitFor();
  const job = await jobNow(page, id);
  await waitUntilDrawn(page, job.result!.seriesInstanceUID);
  return job;
}

/** A job as the server has it now. */
const jobNow = async (page: Page, id: string): Promise<Job> =>
  (await (await fetch(new URL(`/api/v1/segmentations/${id}`, page.url()))).json()) as Job;

/** Study Instance UID of the only study in the product's archive. */
export async function onlyStudy(productUrl: string): Promise<string> {
  const response = await fetch(`${productUrl}/dicom-web/studies`, { headers: { Accept: 'application/json' } });
  const [study] = (await response.json()) as { '0020000D': { Value: [string] } }[];
  return study!['0020000D'].Value[0];
}

/** OHIF's buttons for its brush, and those that fetch SAM from elsewhere. */
export const brushAndSam = ['Brush', 'LabelmapSlicePropagation', 'MarkerLabelmap'];

/** Which of these buttons the viewer's own tools have. */
export const buttonsAmong = (page: Page, names: readonly string[]): Promise<string[]> =>
  page.evaluate((wanted) => {
    const buttons = (window as unknown as OhifGlobals).services.toolbarService.getButtons();
    return wanted.filter((name) => name in buttons);
  }, names);

/** Leaves one viewport, where a study of several series opened several. */
export async function oneViewport(page: Page): Promise<void> {
  await page.evaluate(() =>
    (window as unknown as OhifGlobals).commandsManager.runCommand('setViewportGridLayout', { numRows: 1, numCols: 1 }),
  );
  await page.waitForFunction(
    () => (window as unknown as OhifGlobals).services.viewportGridService.getState().viewports.size === 1,
  );
  await firstImage(page);
}

/** Puts a series into the active viewport, as a double click in the list of series does, once it is in that list. */
export const putSeries = (page: Page, seriesInstanceUID: string): Promise<void> =>
  page.evaluate(async (wanted) => {
    const { services, commandsManager } = window as unknown as OhifGlobals;
    const find = () =>
      services.displaySetService.getActiveDisplaySets().find(({ SeriesInstanceUID }) => SeriesInstanceUID === wanted);
    while (find() === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    commandsManager.runCommand('setDisplaySetsForViewports', {
      viewportsToUpdate: [
        {
          viewportId: services.viewportGridService.getActiveViewportId(),
          displaySetInstanceUIDs: [find()!.displaySetInstanceUID],
        },
      ],
    });
  }, seriesInstanceUID);

/**
 * Draws a segmentation that was in the archive when the page was opened, as a double click in the study browser does.
 */
export async function drawSegmentation(page: Page, seriesInstanceUID: string): Promise<void> {
  await page.evaluate(async (wanted) => {
    const { services, commandsManager } = window as unknown as OhifGlobals;
    const find = () =>
      services.displaySetService.getActiveDisplaySets().find(({ SeriesInstanceUID }) => SeriesInstanceUID === wanted);
    while (find() === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    await find()!.load?.({ headers: {} });
    commandsManager.runCommand('addDisplaySetAsLayer', {
      viewportId: services.viewportGridService.getActiveViewportId(),
      displaySetInstanceUID: find()!.displaySetInstanceUID,
    });
  }, seriesInstanceUID);
  await waitUntilDrawn(page, seriesInstanceUID);
}

/** SeriesInstanceUIDs of the segmentations that are drawn in the active viewport. */
export function drawnSeries(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { services } = window as unknown as OhifGlobals;
    return services.segmentationService
      .getSegmentationRepresentations(services.viewportGridService.getActiveViewportId())
      .map(({ segmentationId }) => services.displaySetService.getDisplaySetByUID(segmentationId).SeriesInstanceUID);
  });
}

/** The segments of a segmentation that is in the active viewport, and whether OHIF draws them. */
export function shownSegments(
  page: Page,
  seriesInstanceUID: string,
): Promise<{ readonly segment: number; readonly visible: boolean }[]> {
  return page.evaluate((wanted) => {
    const { services } = window as unknown as OhifGlobals;
    const shown = services.segmentationService
      .getSegmentationRepresentations(services.viewportGridService.getActiveViewportId())
      .find(
        ({ segmentationId }) =>
          services.displaySetService.getDisplaySetByUID(segmentationId).SeriesInstanceUID === wanted,
      );
    return Object.values(shown?.segments ?? {}).map(({ segmentIndex, visible }) => ({
      segment: segmentIndex,
      visible,
    }));
  }, seriesInstanceUID);
}

/** Waits until the active viewport draws `seriesInstanceUID`. */
export async function waitUntilDrawn(page: Page, seriesInstanceUID: string): Promise<void> {
  await until(async () => (await drawnSeries(page)).includes(seriesInstanceUID));
}

/** Every non-empty frame of a drawn segmentation, from cornerstone's cache. */
export function drawnFrames(page: Page, seriesInstanceUID: string): Promise<DrawnFrame[]> {
  return page.evaluate((wanted) => {
    const { services, cornerstone, cornerstoneTools } = window as unknown as OhifGlobals;
    const drawn = services.segmentationService
      .getSegmentationRepresentations(services.viewportGridService.getActiveViewportId())
      .find(
        ({ segmentationId }) =>
          services.displaySetService.getDisplaySetByUID(segmentationId).SeriesInstanceUID === wanted,
      );
    if (drawn === undefined) throw new Error('the segmentation is not drawn');
    const { Labelmap } = cornerstoneTools.segmentation.state.getSegmentation(drawn.segmentationId).representationData;
    return Labelmap.imageIds.flatMap((imageId) => {
      const { referencedImageId, voxelManager } = cornerstone.cache.getImage(imageId);
      const pixels = voxelManager.getScalarData();
      const bits = new Map<number, Uint8Array>();
      for (let index = 0; index < pixels.length; index += 1) {
        const segmentNumber = pixels[index]!;
        if (segmentNumber === 0) continue;
        const packed = bits.get(segmentNumber) ?? new Uint8Array(Math.ceil(pixels.length / 8));
        packed[index >> 3]! |= 1 << (index & 7);
        bits.set(segmentNumber, packed);
      }
      const image = /\/instances\/([\d.]+)/.exec(referencedImageId)![1]!;
      return [...bits].map(([segmentNumber, packed]) => ({
        image,
        segmentNumber,
        packed: btoa(String.fromCharCode(...packed)),
      }));
    });
  }, seriesInstanceUID);
}

/** Red, green and blue (0–255) in which the active viewport draws the first segments of a segmentation. */
export function drawnColours(page: Page, seriesInstanceUID: string, numberOfSegments: number): Promise<number[][]> {
  return page.evaluate(
    ([wanted, count]) => {
      const { services } = window as unknown as OhifGlobals;
      const { segmentationService, viewportGridService, displaySetService } = services;
      const viewportId = viewportGridService.getActiveViewportId();
      const { segmentationId } = segmentationService
        .getSegmentationRepresentations(viewportId)
        .find((each) => displaySetService.getDisplaySetByUID(each.segmentationId).SeriesInstanceUID === wanted)!;
      return Array.from({ length: count }, (_, index) => [
        ...segmentationService.getSegmentColor(viewportId, segmentationId, index + 1).slice(0, 3),
      ]);
    },
    [seriesInstanceUID, numberOfSegments] as const,
  );
}

/** SOPInstanceUID of the image that the active viewport shows; waits while OHIF fills the viewport. */
export function imageOnScreen(page: Page): Promise<string> {
  return until(() =>
    page.evaluate(() => {
      const { services } = window as unknown as OhifGlobals;
      const viewportId = services.viewportGridService.getActiveViewportId();
      const imageId = services.cornerstoneViewportService.getCornerstoneViewport(viewportId)?.getCurrentImageId?.();
      return /\/instances\/([\d.]+)/.exec(imageId ?? '')?.[1];
    }),
  );
}

/** The same, once OHIF has turned to where it is going. */
export const imageItTurnsTo = (page: Page): Promise<string> => settled(page, () => imageOnScreen(page), fewFrames);

/** The one button in the head of a job's card, as soon as it says `label`: before, it does something else. */
export const actionOf = (card: Locator, label: 'Show' | 'Hide'): Locator =>
  card.locator('[data-promptseg=action]').and(card.getByText(label, { exact: true }));

/** Waits until the page looks the same twice, a frame of the browser or more apart: what was begun is drawn. */
export async function untilStill(page: Page): Promise<void> {
  let before: Buffer | undefined;
  await until(async () => {
    const now = await page.screenshot();
    const isSame = before !== undefined && now.equals(before);
    before = now;
    return isSame;
  });
}
