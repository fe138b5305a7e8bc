import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { Job } from '../../server/contract/job.js';
import { launchChromium } from '../support/chromium.js';
import { readDicomFiles } from '../support/dicomFiles.js';
import { describeWithHeadModel, modelsFolder } from '../support/headModel.js';
import { type Product, startProduct } from '../support/product.js';
import { describeWithSharedData } from '../support/sharedData.js';
import {
  actionOf,
  imageItTurnsTo,
  jobAskedBy,
  onlyStudy,
  openViewer,
  run,
  screenshot,
  type,
  untilStill,
  waitUntilDrawn,
} from './viewerPage.js';

describeWithHeadModel('the head model in the panel', () => {
  describeWithSharedData('on a real T1', ['mr_t1_head_sagittal'], ([folder]) => {
    let product: Product;
    let browser: Browser;

    beforeAll(async () => {
      product = await startProduct({ instances: readDicomFiles(folder!), models: modelsFolder });
      browser = await launchChromium();
    });

    afterAll(async () => {
      await browser?.close();
      await product?.stop();
    });

    it('draws hippocampus, ventricles and brain stem for a person to judge (test/screenshots/head-*.png)', async () => {
      const { page, incidents } = await openViewer(browser, product.url, await onlyStudy(product.url));
      await type(page, 'left hippocampus, ventricles, brain stem and cerebellum');
      const { id } = await jobAskedBy(page, () => run(page));
      const card = page.locator(`[data-job-id="${id}"]`);
      await card.and(page.locator('[data-state=completed], [data-state=failed], [data-state=cancelled]')).waitFor();
      const job = (await (await fetch(`${product.url}/api/v1/segmentations/${id}`)).json()) as Job;
      expect(job).toMatchObject({ state: 'completed', model: { id: 'head' } });
      await waitUntilDrawn(page, job.result!.seriesInstanceUID);
      // It has turned to the first finding by then.
      await actionOf(card, 'Hide').waitFor();

      const shown = new Set<string>();
      for (const [index, name] of ['hippocampus', 'ventricles', 'brain-stem', 'cerebellum'].entries()) {
        await card.locator('[data-promptseg=finding] .promptseg-finding').nth(index).click();
        shown.add(await imageItTurnsTo(page));
        await untilStill(page);
        await screenshot(page, `head-${name}`);
      }
      // The hippocampus is to the side of the others, on another sagittal slice.
      expect(shown.size).toBeGreaterThan(1);
      expect(incidents).toEqual([]);
    });
  });
});
