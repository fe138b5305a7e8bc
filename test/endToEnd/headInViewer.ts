import { expect } from '@jest/globals';
import type { Job } from '../../server/contract/job.js';
import {
  actionOf,
  imageItTurnsTo,
  jobAskedBy,
  openViewer,
  run,
  screenshot,
  type,
  untilStill,
  waitUntilDrawn,
} from '../browser/viewerPage.js';
import { launchChromium } from '../support/chromium.js';
import type { Product } from '../support/product.js';

/**
 * Asks for structures of a head in OHIF, and turns to each of them: pictures for a person to judge
 * (`test/screenshots/head-*.png`).
 * @param before the only result that is drawn at first
 */
export async function drawHead(product: Product, before: NonNullable<Job['result']>): Promise<void> {
  const browser = await launchChromium();
  try {
    const study = `${before.studyInstanceUID}&result=${before.sopInstanceUID}`;
    const { page, incidents } = await openViewer(browser, product.url, study);
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
  } finally {
    await browser.close();
  }
}
