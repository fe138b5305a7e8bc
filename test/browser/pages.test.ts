import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page, Request } from 'playwright-core';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import { pageLinks } from '../../viewer-extension/src/pages/parts/linksFor.js';
import { type SeriesUIDs, submit, uidsOf, waitFor } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { newServerData, type ServerData } from '../support/sharedPostgres.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { seriousInBothThemes, seriousViolations, tooLittleContrast } from './axe.js';
import { screenshot } from './screenshot.js';
import { fewFrames, settled } from './settled.js';

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

/**
 * In light and dark, at three widths: nothing wider than the window; a picture of each. No serious violation at any
 * width, and enough contrast in the dark where most is shown, and least.
 */
async function look(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 768, 1400]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForFunction((wanted) => window.innerWidth === wanted, width);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([name, colorScheme, width, Math.max(0, wider)]).toEqual([name, colorScheme, width, 0]);
      if (colorScheme === 'light') expect([width, await seriousViolations(page)]).toEqual([width, []]);
      else if (width !== 768) expect([width, await tooLittleContrast(page)]).toEqual([width, []]);
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

const openModels = async (query = ''): Promise<void> => {
  await page.goto(`${product.url}/models${query}`);
  await page.locator('[data-promptseg=model]').nth(2).waitFor();
};
const card = (id: string) => page.locator(`article#${id}`);

describe('the page of the models', () => {
  it('says of each model what it reads, needs and can be asked for, and how good that was measured to be', async () => {
    await openModels();
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
    await openModels();
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
    await openModels('?lng=de#add');
    await page.getByRole('heading', { name: 'Ein Modell hinzufügen' }).waitFor();
    expect(await page.locator('#add').textContent()).toContain('python -m converters convert sat-nano');
    await screenshot(page, 'models-360');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await seriousInBothThemes(page)).toEqual([]);
  });
});

describe('the page of the REST API', () => {
  it('shows the calls, with nothing from elsewhere and nothing that its policy refuses', async () => {
    const elsewhere: string[] = [];
    const note = (request: Request): void => {
      if (!request.url().startsWith(`${product.url}/`) && !request.url().startsWith('data:'))
        elsewhere.push(request.url());
    };
    page.on('request', note);
    await page.setViewportSize({ width: 1400, height: 1000 });
    await page.goto(`${product.url}/api`);
    await page.getByText('Segment a series from text').first().waitFor();
    await page.getByText('Segment a series from text').first().click();
    await page.getByText('seriesInstanceUID').first().waitFor();
    await screenshot(page, 'api-page');
    expect(await seriousInBothThemes(page)).toEqual([]);
    expect(elsewhere).toEqual([]);
    page.off('request', note);
  });
});

/** A server that other machines reach without a log-in, because its settings say so; `product` is on loopback. */
describe('a missing log-in', () => {
  const warning = 'anyone who reaches';
  let data: ServerData;
  let open: Server;
  let visitor: Page;
  beforeAll(async () => {
    data = await newServerData('promptseg-without-log-in-');
    open = await startServer({
      archive: product.archive.dicomWebUrl,
      viewer: await setUpViewer(),
      data: data.folder,
      port: await freePort(),
      flags: ['--host', '0.0.0.0'],
      settings: { ...product.archive.settings, ...data.settings, PROMPTSEG_INSECURE: 'true' },
    });
    visitor = await newPage(browser);
  });
  afterAll(async () => {
    await open?.stop();
    await data?.remove();
  });

  /** Every page of ours, and the panel in both viewers; OHIF's own list of studies is OHIF's. */
  const pages: readonly (readonly [name: string, address: () => string, ready: string])[] = [
    ['home', () => '/promptseg', '.summary'],
    ['jobs', () => '/jobs', '.summary'],
    ['rules', () => '/rules', 'main'],
    ['models', () => '/models', 'main'],
    ['api', () => '/api', 'openapi-explorer'],
    ['help', () => '/help', 'article'],
    ['studies', () => '/cornerstone', '.studies a'],
    ['cornerstone', () => `/cornerstone?StudyInstanceUIDs=${series.studyInstanceUID}`, '[data-promptseg=series]'],
    ['panel', () => `/segment-by-text?StudyInstanceUIDs=${series.studyInstanceUID}`, '[data-promptseg=series]'],
  ];

  it('is looked for on every page that others link to', () => {
    const own = pageLinks.map(({ address }) => address).filter((each) => !['/', '/metrics'].includes(each));
    expect(pages.map(([, address]) => address())).toEqual(expect.arrayContaining(own));
  });

  it.each(pages)('is said where others reach the server: %s', async (name, address, ready) => {
    await visitor.goto(open.url + address());
    await visitor.locator(ready).first().waitFor();
    const shown = visitor.getByText(warning);
    await shown.waitFor();
    expect(await shown.count()).toBe(1);
    await screenshot(visitor, `without-log-in-${name}`);
  });

  // In OHIF: unreadableSeries.test.ts.
  it.each(pages.filter(([name]) => name !== 'panel'))('is not said on loopback: %s', async (_name, address, ready) => {
    const account = visitor.waitForResponse(`${product.url}/api/v1/account`);
    await visitor.goto(product.url + address());
    await visitor.locator(ready).first().waitFor();
    expect((await (await account).json()).withoutLogIn).toBeUndefined();
    expect(await settled(visitor, () => visitor.getByText(warning).count(), fewFrames)).toBe(0);
  });
});
