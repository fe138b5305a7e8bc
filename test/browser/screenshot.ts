import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page, PageScreenshotOptions } from 'playwright-core';

const folder = path.resolve(import.meta.dirname, '../screenshots');
const areWanted = process.env.PROMPTSEG_TEST_SCREENSHOTS === '1';

/**
 * A picture for a person to look at, in test/screenshots. Only with PROMPTSEG_TEST_SCREENSHOTS=1: no test reads them,
 * and a run takes some two hundred.
 */
export async function screenshot(page: Page, name: string, options: PageScreenshotOptions = {}): Promise<void> {
  if (!areWanted) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), ...options });
}
