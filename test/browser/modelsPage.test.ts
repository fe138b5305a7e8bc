import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, newPage } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { seriousInBothThemes } from './axe.js';
import { screenshot } from './viewerPage.js';

let product: Product;
let browser: Browser;
let page: Page;
const incidents: string[] = [];

beforeAll(async () => {
  product = await startProduct();
  browser = await launchChromium();
  page = await newPage(browser);
  page.on('pageerror', (error) => incidents.push(String(error.stack)));
  page.on('console', (message) => message.type() === 'error' && incidents.push(message.text()));
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

const open = async (query = ''): Promise<void> => {
  await page.goto(`${product.url}/models${query}`);
  await page.locator('[data-promptseg=model]').nth(2).waitFor();
};
const card = (id: string) => page.locator(`article#${id}`);

describe('the page of the models', () => {
  it('says of each model what it reads, needs and can be asked for, and how good that was measured to be', async () => {
    await open();
    const text = await card('head').textContent();
    expect(text).toContain('MR, CT');
    expect(text).toContain('67');
    expect(text).toContain('Apache-2.0');
    expect(text).toMatch(/Dice coefficient on .*\. 0\.80, mean of 17 structures/);
    expect(await card('head').locator('meter').count()).toBe(17);
    await card('head').getByText('Brain', { exact: false }).first().click();
    expect(await card('ct-tissues').textContent()).toContain('Not measured against a reference');
    // It ships too, and is asked by a box, not by a name.
    expect(await card('lite-medsam').textContent()).toContain('a box on the images');
    expect(await card('regions').textContent()).toContain('clicks on a segment of a result');
    await screenshot(page, 'models');
    expect(await seriousInBothThemes(page)).toEqual([]);
  });

  it('lists apart what was measured and cannot be asked for', async () => {
    await open();
    const figure = card('body').locator('[data-promptseg=dice]').first();
    const before = await figure.locator('tbody tr').count();
    expect(await figure.locator('[data-offered=false]').count()).toBe(0);
    await figure.getByRole('button', { name: /more that were measured/ }).click();
    expect(await figure.locator('tbody tr').count()).toBeGreaterThan(before);
    expect(await figure.locator('[data-offered=false]').filter({ hasText: 'pancreas' }).textContent()).toMatch(
      /measured, not offered/,
    );
  });

  it('says how a model is added, in German too, and fits a narrow window', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await open('?lng=de#add');
    await page.getByRole('heading', { name: 'Ein Modell hinzufügen' }).waitFor();
    expect(await page.locator('#add').textContent()).toContain('python -m converters convert sat-nano');
    await screenshot(page, 'models-360');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await seriousInBothThemes(page)).toEqual([]);
    expect(incidents).toEqual([]);
  });
});
