import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { Job } from '../../server/contract/job.js';
import { uidsOf } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { type OrthancOhif, startOrthancOhif } from '../support/orthancOhif.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { openMode, runAndRead, screenshot, type, waitUntilDrawn } from './viewerPage.js';

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

async function typeAndSee(page: Page, name: string): Promise<void> {
  await type(page, 'left lung');
  const { id } = await runAndRead(page);
  await page.locator(`[data-job-id="${id}"][data-state=completed]`).waitFor();
  const { result } = (await (await fetch(`${product.url}/api/v1/segmentations/${id}`)).json()) as Job;
  await waitUntilDrawn(page, result!.seriesInstanceUID);
  await screenshot(page, name);
}

describe("OHIF 3.12.0 below /ohif/, as in Orthanc's plugin, with the file of the documentation", () => {
  it('has the panel, which follows a job of the other server and draws its result', async () => {
    const { page, incidents } = await openMode(browser, `${ohif.url}/ohif`, studyInstanceUID, 'segment-by-text');
    const origins = new Set<string>();
    page.on('request', (request) => {
      if (/\/(api\/v1|plugins)\//.test(request.url())) origins.add(new URL(request.url()).origin);
    });
    await typeAndSee(page, 'inside-orthanc');
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
  it('loads, and draws what was typed', async () => {
    const { page, incidents } = await openMode(browser, product.url, studyInstanceUID, 'segment-by-text');
    await typeAndSee(page, 'ohif-3.14.0-beta.6');
    expect(incidents).toEqual([]);
    await page.close();
  });
});
