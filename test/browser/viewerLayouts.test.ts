import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { createCtBodyPhantom } from '../../dicom-fixtures/src/ctBodyPhantom.js';
import { type SeriesUIDs, uidsOf } from '../endToEnd/productClient.js';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { until } from '../support/until.js';
import { seriousViolations } from './axe.js';
import {
  actionOf,
  brushAndSam,
  buttonsAmong,
  canvasPixels,
  drawnSeries,
  openMode,
  run,
  runAndSee,
  screenshot,
  type,
} from './viewerPage.js';

let product: Product;
let browser: Browser;
let page: Page;
let incidents: readonly string[] = [];
let first: SeriesUIDs;
let second: SeriesUIDs;

beforeAll(async () => {
  const series = await Promise.all(
    // Software draws volumes: the fewer voxels, the better.
    ['layouts first', 'layouts second'].map(async (name) => {
      const { instances } = await createCtBodyPhantom({
        name,
        study: 'layouts',
        size: [64, 64, 32],
        spacing: [6, 6, 12.5],
      });
      return instances;
    }),
  );
  [first, second] = series.map((instances) => uidsOf(instances[0]!)) as [SeriesUIDs, SeriesUIDs];
  product = await startProduct({ instances: series.flat() });
  browser = await launchChromium();
});

afterEach(() => {
  expect(incidents).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

/**
 * Software draws a volume of 414 × 420 pixels in 5 s on a quiet machine and in 20 s on a busy one, and OHIF has it
 * drawn 17 times in the 3-D layout. With one scale, all pages share a process that has compiled OHIF.
 */
const pixels = canvasPixels.deviceScaleFactor / 2;

async function open(mode: string): Promise<void> {
  await page?.close();
  ({ page, incidents } = await openMode(browser, product.url, first.studyInstanceUID, mode, pixels));
}

interface Ohif {
  readonly commandsManager: { runCommand(name: string, options: object): unknown };
  readonly services: {
    readonly panelService: {
      getPanels(position: string): { readonly id: string }[];
      activatePanel(id: string, force: boolean): void;
    };
    readonly viewportGridService: {
      getState(): { readonly viewports: ReadonlyMap<string, unknown> };
      setActiveViewportId(id: string): void;
    };
    readonly displaySetService: {
      getActiveDisplaySets(): { readonly SeriesInstanceUID: string; readonly displaySetInstanceUID: string }[];
    };
    readonly cornerstoneViewportService: { getCornerstoneViewport(id: string): { readonly type: string } | undefined };
  };
}

const command = (name: string, options: object): Promise<void> =>
  page.evaluate(
    ([each, given]) => {
      (window as unknown as Ohif).commandsManager.runCommand(each, given);
    },
    [name, options] as const,
  );

const viewportTypes = (): Promise<string[]> =>
  page.evaluate(() => {
    const { viewportGridService, cornerstoneViewportService } = (window as unknown as Ohif).services;
    const ids = [...viewportGridService.getState().viewports.keys()];
    return ids.map((id) => cornerstoneViewportService.getCornerstoneViewport(id)?.type ?? '').toSorted();
  });

/** Brings a tab of the right side forward: ours, or the first that is not. */
const activate = (ours: boolean): Promise<void> =>
  page.evaluate((wanted) => {
    const { panelService } = (window as unknown as Ohif).services;
    const panel = panelService.getPanels('right').find(({ id }) => id.includes('segmentByText') === wanted);
    panelService.activatePanel(panel!.id, true);
  }, ours);

describe('the panel', () => {
  it("works in OHIF's own segmentation mode, unmounted in the middle of a job and mounted again", async () => {
    await open('segmentation');
    await type(page, 'bone');
    await run(page);
    await page.locator('[data-promptseg=job]').waitFor();
    await type(page, 'left lung');
    await activate(false);
    await page.locator('.promptseg').waitFor({ state: 'detached' });
    await until(async () => (await drawnSeries(page)).length === 1);
    await activate(true);
    await page.locator('[data-promptseg=job][data-state=completed]').waitFor();
    expect(await page.inputValue('[data-promptseg=prompt]')).toBe('left lung');
    await actionOf(page.locator('[data-promptseg=job]'), 'Hide').click();
    await page.locator('[data-promptseg=finding][data-visible=false]').waitFor();
    await page.fill('[data-promptseg=prompt]', '');
    expect(await buttonsAmong(page, brushAndSam)).toEqual(brushAndSam);
  });

  it("works in OHIF's basic viewer, where it is one more tab", async () => {
    await open('viewer');
    await runAndSee(page, 'fat');
    await screenshot(page, 'stock-viewer');
  });

  it('follows the active one of two viewports that show two series', async () => {
    await open('segment-by-text');
    // Of OHIF's own tools, all but those that would fetch a model from elsewhere.
    expect(await buttonsAmong(page, brushAndSam)).toEqual(['Brush']);
    await command('setViewportGridLayout', { numRows: 1, numCols: 2 });
    await until(async () => (await viewportTypes()).length === 2);
    const ids = await page.evaluate(
      async (series) => {
        const { displaySetService, viewportGridService } = (window as unknown as Ohif).services;
        const viewports = [...viewportGridService.getState().viewports.keys()];
        const find = (uid: string) =>
          displaySetService.getActiveDisplaySets().find((set) => set.SeriesInstanceUID === uid);
        while (!series.every(find)) await new Promise((resolve) => setTimeout(resolve, 50));
        const sets = series.map((uid) => find(uid)!);
        (window as unknown as Ohif).commandsManager.runCommand('setDisplaySetsForViewports', {
          viewportsToUpdate: sets.map(({ displaySetInstanceUID }, index) => ({
            viewportId: viewports[index],
            displaySetInstanceUIDs: [displaySetInstanceUID],
          })),
        });
        return viewports;
      },
      [first.seriesInstanceUID, second.seriesInstanceUID],
    );
    const look = (id: string): Promise<void> =>
      page.evaluate(
        (viewport) => (window as unknown as Ohif).services.viewportGridService.setActiveViewportId(viewport),
        id,
      );
    const seriesNamed = (name: string): Promise<void> =>
      page.locator('[data-promptseg=series]').getByText(name).waitFor();

    await look(ids[0]!);
    await seriesNamed('layouts first');
    await look(ids[1]!);
    await seriesNamed('layouts second');
    await page.waitForFunction(() => document.querySelectorAll('.cornerstone-canvas').length === 2);
    const job = await runAndSee(page, 'left lung and fat');
    expect(job.request.seriesInstanceUID).toBe(second.seriesInstanceUID);
    await look(ids[0]!);
    await seriesNamed('layouts first');
    expect(await drawnSeries(page)).not.toContain(job.result!.seriesInstanceUID);
    await screenshot(page, 'two-series');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
  });

  it('works in a 3-D layout', async () => {
    await command('setHangingProtocol', { protocolId: 'mprAnd3DVolumeViewport' });
    await until(async () => (await viewportTypes()).join() === 'orthographic,orthographic,orthographic,volume3d');
    const job = await runAndSee(page, 'bone and left lung');
    await page.locator(`[data-job-id="${job.id}"] .promptseg-finding`).last().click();
    await screenshot(page, 'layout-3d');
    const visible = page.locator(`[data-job-id="${job.id}"] [data-promptseg=finding][data-visible=true]`);
    await eventually(() => visible.count()).toBe(2);
  });
});
