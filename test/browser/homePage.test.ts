import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type SeriesUIDs, submit, uidsOf, waitFor } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { seriousViolations } from './axe.js';
import { screenshot } from './viewerPage.js';

let product: Product;
let browser: Browser;
let page: Page;
let series: SeriesUIDs;
const incidents: string[] = [];

beforeAll(async () => {
  const instances = await smallPhantom('home page', 'home page');
  series = uidsOf(instances[0]!);
  product = await startProduct({ instances });
  browser = await launchChromium();
  page = await newPage(browser);
  page.on('pageerror', (error) => incidents.push(String(error.stack)));
  page.on('console', (message) => message.type() === 'error' && incidents.push(message.text()));
});

afterEach(() => {
  expect(incidents.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

/** In light and dark, at three widths: no serious violation, nothing wider than the window; a picture of each. */
async function look(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 768, 1400]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForFunction((wanted) => window.innerWidth === wanted, width);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([name, colorScheme, width, Math.max(0, wider)]).toEqual([name, colorScheme, width, 0]);
      expect([colorScheme, width, await seriousViolations(page)]).toEqual([colorScheme, width, []]);
      await screenshot(page, `${name}-${width}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
}

describe('the home page', () => {
  it('leads to every other page, and leaves OHIF its own address', async () => {
    await page.goto(`${product.url}/promptseg`);
    const places = page.getByRole('main').getByRole('navigation', { name: 'Pages' });
    await page.getByText('No result yet.').waitFor();
    const addresses = ['/', '/jobs', '/rules', '/models', '/metrics', '/api', '/help', '/cornerstone'];
    await eventually(() =>
      places.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
    ).toEqual(addresses);
    for (const address of addresses)
      expect([address, (await fetch(product.url + address)).status]).toEqual([address, 200]);
    expect(await (await fetch(product.url)).text()).toContain('OHIF');
    // Plain text for programs: the home page says so, and no header leads there.
    expect(await places.getByRole('link', { name: /^Metrics for Prometheus/ }).textContent()).toContain('Plain text');
    const header = page.getByRole('banner').getByRole('link');
    expect(await header.evaluateAll((links) => links.map((link) => link.getAttribute('href')))).not.toContain(
      '/metrics',
    );
    await look('home-empty');
  });

  it('shows what runs and the last results as pictures', async () => {
    const { body } = await submit(product, { ...series, prompts: ['left lung and bone'] });
    await waitFor(product, body.id);
    const result = page.locator(`[data-job="${body.id}"]`);
    await result.getByRole('img', { name: 'Picture of “left lung and bone”: open it large' }).waitFor();
    await eventually(() => result.textContent()).toContain('2 structures');
    await result.getByRole('img').evaluate((image: HTMLImageElement) => image.decode());
    expect(await result.getByRole('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(480);
    await look('home');
  });
});

describe('the help', () => {
  it('is the documentation of this version, with its links and pictures', async () => {
    await page.setViewportSize({ width: 1400, height: 900 });
    await page.goto(`${product.url}/docs`);
    expect(new URL(page.url()).pathname).toBe('/help');
    await page.getByRole('navigation', { name: 'Documentation' }).getByRole('link', { name: 'Operations' }).click();
    await page.getByRole('heading', { name: 'Operations', exact: true }).waitFor();
    await page
      .getByRole('article')
      .getByRole('img')
      .evaluate((image: HTMLImageElement) => image.decode());
    await look('help-operations');
    // A link to a part of another page leads to that part.
    await page.locator('article a[href*="#"]').first().click();
    await page.waitForURL(/#./);
    await page.locator(`[id="${new URL(page.url()).hash.slice(1)}"]`).waitFor();
  });

  it('has no link that leads nowhere', async () => {
    const seen = new Map<string, string>();
    const waiting = ['/help'];
    for (const address of waiting) {
      if (seen.has(address)) continue;
      const response = await fetch(product.url + address);
      expect([address, response.status]).toEqual([address, 200]);
      const html = await response.text();
      seen.set(address, html);
      for (const [, href] of html.matchAll(/href="(\/help[^"#]*)/g)) if (!href!.endsWith('.css')) waiting.push(href!);
    }
    expect(seen.size).toBeGreaterThan(20);
    const broken = [...seen].flatMap(([address, html]) =>
      [...html.matchAll(/href="(\/help[^"#]*|)#([^"]*)"/g)]
        .filter(([, to, part]) => !seen.get(to || address)?.includes(`id="${part}"`))
        .map(([, to, part]) => `${address}: ${to}#${part}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('the list of studies without OHIF', () => {
  it('says whose study it is, of which day and modality, and finds one', async () => {
    await page.goto(`${product.url}/cornerstone`);
    const row = page.getByRole('row').nth(1);
    await row.waitFor();
    expect(await row.getByRole('cell').allTextContents()).toEqual([
      expect.any(String),
      expect.stringMatching(/^\w{3} \d+, \d{4}$/),
      'CT',
      expect.any(String),
      expect.any(String),
    ]);
    const name = (await row.getByRole('link').textContent())!;
    expect(name).not.toBe('');
    await page.getByRole('searchbox').fill('no such patient');
    await page.getByText('0 studies').waitFor();
    await page.getByRole('searchbox').fill(name.slice(0, 4).toUpperCase());
    await page.getByText('1 study').waitFor();
    await look('studies');
    await page.setViewportSize({ width: 1400, height: 900 });
    await row.getByRole('link').click();
    await page.locator('#study').getByText(name).waitFor();
    await page.locator('[data-series][aria-pressed=true]').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await screenshot(page, 'cornerstone-study');
  });
});
