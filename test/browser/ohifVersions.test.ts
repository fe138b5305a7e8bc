import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { setUpViewer, type ViewerVersion } from '../../scripts/setup/viewer.mjs';
import type { Job } from '../../server/contract/job.js';
import { uidsOf } from '../endToEnd/productClient.js';
import { launchChromium } from '../support/chromium.js';
import { startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { openMode, run, screenshot, type, waitUntilDrawn } from './viewerPage.js';

/** 3.12.0 is in `insideOrthanc.test.ts`. */
const viewerVersions: readonly ViewerVersion[] = ['3.13.2', '3.14.0-beta.6'];

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
  // 50 MB each, once.
  for (const version of viewerVersions) await setUpViewer(version);
});

afterAll(() => browser?.close());

describe('the extension in OHIF', () => {
  it.each(viewerVersions)('%s: loads, and draws what was typed', async (viewerVersion) => {
    const instances = await smallPhantom('versions');
    const product = await startProduct({ instances, viewerVersion });
    try {
      const { studyInstanceUID } = uidsOf(instances[0]!);
      const { page, incidents } = await openMode(browser, product.url, studyInstanceUID, 'segment-by-text');
      await type(page, 'left lung');
      await run(page);
      const card = page.locator('[data-promptseg=job]').and(page.locator('[data-state=completed]'));
      await card.waitFor();
      const id = await card.getAttribute('data-job-id');
      const { result } = (await (await fetch(`${product.url}/api/v1/segmentations/${id}`)).json()) as Job;
      await waitUntilDrawn(page, result!.seriesInstanceUID);
      await screenshot(page, `ohif-${viewerVersion}`);
      expect(incidents).toEqual([]);
      await page.close();
    } finally {
      await product.stop();
    }
  });
});
