import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { FoundFinding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import { uidsOf } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { type OrthancOhif, startOrthancOhif } from '../support/orthancOhif.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { until } from '../support/until.js';
import { onScreen, type Place } from './places.js';
import { settled } from './settled.js';
import {
  brushAndSam,
  buttonsAmong,
  drawnFrames,
  openMode,
  runAndRead,
  screenshot,
  type,
  waitUntilDrawn,
} from './viewerPage.js';

const administer = path.resolve(import.meta.dirname, '../../docs/administer/orthanc.md');

let browser: Browser;
let orthanc: TestOrthanc;
let ohif: OrthancOhif;
let product: Product;
let studyInstanceUID: string;

beforeAll(async () => {
  browser = await launchChromium();
  orthanc = await startTestOrthanc();
  ohif = await startOrthancOhif(await setUpViewer('3.12.0'), orthanc);
  const instances = await smallPhantom('inside-orthanc');
  ({ studyInstanceUID } = uidsOf(instances[0]!));
  product = await startProduct({
    instances,
    archive: orthanc,
    viewerVersion: '3.14.0-beta.6',
    settings: { PROMPTSEG_VIEWER_ORIGINS: ohif.url },
  });
  const [, file] = /```js\n([\s\S]*?)\n```/.exec(await readFile(administer, 'utf8'))!;
  ohif.userConfiguration = file!.replace('http://127.0.0.1:8460', product.url);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  ohif?.close();
});

/** The job, once it is completed and drawn. */
async function drawnJob(page: Page, id: string): Promise<Job> {
  await page.locator(`[data-job-id="${id}"][data-state=completed]`).waitFor();
  const job = (await (await fetch(`${product.url}/api/v1/segmentations/${id}`)).json()) as Job;
  await waitUntilDrawn(page, job.result!.seriesInstanceUID);
  return job;
}

async function typeAndSee(page: Page, name: string): Promise<Job> {
  await type(page, 'left lung');
  const job = await drawnJob(page, (await runAndRead(page)).id);
  await screenshot(page, name);
  return job;
}

/** The voxels that are drawn of a job's result, of every image. */
const drawnOf = async (page: Page, { result }: Job): Promise<string> =>
  JSON.stringify(
    (await drawnFrames(page, result!.seriesInstanceUID)).map(({ image, packed }) => `${image} ${packed}`).sort(),
  );

/** Clicks on what is not part of the structure and on what is, undoes one, and stores what is drawn, by keyboard. */
async function clickAndStore(page: Page, job: Job, name: string): Promise<void> {
  const before = await drawnOf(page, job);
  const row = page.locator(`[data-job-id="${job.id}"] [data-promptseg=finding]`);
  if ((await row.locator('[data-promptseg=click-finding]').count()) === 0)
    await row.locator('[data-promptseg=details]').click();
  await row.locator('[data-promptseg=click-finding]').click();
  await page.locator('[data-promptseg=clicks][data-work=none]').waitFor();
  const centre = (job.findings[0] as FoundFinding).centroidLps as unknown as Place;
  const drawn: string[] = [];
  for (const [n, modifiers] of ([['Control'], []] as const).entries()) {
    const { x, y } = await settled(page, () => onScreen(page, centre, 2));
    for (const key of modifiers) await page.keyboard.down(key);
    await page.mouse.click(x, y);
    for (const key of modifiers) await page.keyboard.up(key);
    await page.locator(`[data-promptseg=clicks][data-clicks="${n + 1}"][data-work=none]`).waitFor();
    drawn.push(await drawnOf(page, job));
  }
  expect(new Set([before, ...drawn]).size).toBe(3);
  await screenshot(page, name);
  await page.keyboard.press('Control+z');
  await page.locator('[data-promptseg=clicks][data-clicks="1"][data-work=none]').waitFor();
  expect(await drawnOf(page, job)).toBe(drawn[0]);
  const accepted = page.waitForResponse((response) => response.url().endsWith('/accept'));
  await page.keyboard.press('Enter');
  const corrected = await drawnJob(page, ((await (await accepted).json()) as Job).id);
  await until(async () => (await drawnOf(page, corrected)) === drawn[0]);
  // It is gone from the mouse: the viewer's own tools have it.
  await page.locator('[data-promptseg=clicks]').waitFor({ state: 'detached' });
}

describe("OHIF 3.12.0 below /ohif/, as in Orthanc's plugin, with the file of the documentation", () => {
  it('has the panel, which follows a job of the other server, draws its result and corrects it by clicks', async () => {
    const { page, incidents } = await openMode(browser, `${ohif.url}/ohif`, studyInstanceUID, 'segment-by-text');
    const origins = new Set<string>();
    page.on('request', (request) => {
      if (/\/(api\/v1|plugins)\//.test(request.url())) origins.add(new URL(request.url()).origin);
    });
    const job = await typeAndSee(page, 'inside-orthanc');
    await clickAndStore(page, job, 'inside-orthanc-clicks');
    // In 3.12, only the segmentation mode has tools for segments.
    expect(await buttonsAmong(page, brushAndSam)).toEqual([]);
    expect([...origins]).toEqual([product.url]);
    expect(incidents).toEqual([]);
    await page.close();
  });

  it('gives the named page neither the archive nor the pages, and another origin nothing', async () => {
    const page = await newPage(browser);
    /** What a page reads, by path. */
    const readsFrom = async (origin: string, ...paths: readonly string[]): Promise<readonly string[]> => {
      await page.goto(`${origin}/ohif/manifest.json`);
      return page.evaluate(
        async ({ server, paths }) => {
          const read: string[] = [];
          for (const each of paths)
            for (const init of [{}, { credentials: 'include' }, { mode: 'no-cors' }] as RequestInit[])
              await fetch(server + each, init).then(
                ({ ok }) => ok && read.push(each),
                () => {},
              );
          return [...new Set(read)];
        },
        { server: product.url, paths },
      );
    };
    const closed = ['/dicom-web/studies', '/metrics', '/jobs', '/', '/app-config.js', '/ups-rs/workitems'];
    expect(await readsFrom(ohif.url, '/api/v1/queue', ...closed)).toEqual(['/api/v1/queue']);
    expect(
      await readsFrom(ohif.url.replace('127.0.0.1', 'localhost'), '/api/v1/queue', '/plugins/segment-by-text.js'),
    ).toEqual([]);
    await page.close();
  });
});

// 3.13.2, which is served to users, is in all the other tests of the viewer; `viewerLayouts.test.ts` looks at every
// error of the console, too.
describe('the extension in OHIF 3.14.0-beta.6', () => {
  it('loads, draws what was typed, and corrects it by clicks', async () => {
    const { page, incidents } = await openMode(browser, product.url, studyInstanceUID, 'segment-by-text');
    const job = await typeAndSee(page, 'ohif-3.14.0-beta.6');
    await clickAndStore(page, job, 'ohif-3.14.0-beta.6-clicks');
    expect(await buttonsAmong(page, brushAndSam)).toEqual(['Brush']);
    expect(incidents).toEqual([]);
    await page.close();
  });
});
