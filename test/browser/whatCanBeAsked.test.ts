import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page, Request } from 'playwright-core';
import type { SegmentationRequest } from '../../server/contract/job.js';
import { launchChromium } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { seriousViolations } from './axe.js';
import { openPanel } from './panelPage.js';
import {
  isOnTop,
  onlyStudy,
  openDrawer,
  partsWiderThanPanel,
  run,
  screenshot,
  type,
  type ViewerPage,
  whatIsUnknown,
} from './viewerPage.js';

const headMr = path.resolve(import.meta.dirname, '../../dicom-fixtures/generated/head-mr/instances');

let product: Product;
let browser: Browser;
let studyInstanceUID: string;
let viewer: ViewerPage;
let page: Page;
let asked: SegmentationRequest[];

beforeAll(async () => {
  product = await startProduct({ dicomFolders: [headMr] });
  browser = await launchChromium();
  studyInstanceUID = await onlyStudy(product.url);
  await open();
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

async function open(query = ''): Promise<void> {
  await page?.close();
  viewer = await openPanel(browser, product.url, studyInstanceUID, query);
  page = viewer.page;
  page.on('request', (request: Request) => {
    if (request.method() === 'POST' && request.url().endsWith('/segmentations')) asked.push(request.postDataJSON());
  });
}

beforeEach(async () => {
  asked = [];
  await part('prompt').fill('');
});

const part = (name: string) => page.locator(`[data-promptseg=${name}]`);
const texts = (name: string) => part(name).allInnerTexts();

/** Holds the server's readings and the names that it offers back until they are let go. */
const holdReadings = () => hold('**/api/v1/prompts/{resolve,suggest}');

async function hold(held: string): Promise<() => Promise<void>> {
  let letGo = () => {};
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const going: Promise<void>[] = [];
  await page.route(held, (route) => {
    going.push(released.then(() => route.continue()));
  });
  return async () => {
    letGo();
    await Promise.all(going);
    await page.unroute(held);
  };
}

describe('a prompt does what was meant, or says that it does not', () => {
  it('a word that no model knows is never left out silently', async () => {
    await part('prompt').pressSequentially('liver and left hippocampu');
    await part('option').filter({ hasText: 'Left hippocampus' }).first().waitFor();
    await part('struck').waitFor();
    expect(await texts('struck')).toEqual(['liver']);
    expect(await texts('run')).toEqual(['Segment 1 of 2']);
    // The list of names is open, and covers neither what was understood nor the button.
    expect([
      await isOnTop(part('unknown').first()),
      await isOnTop(part('run').first()),
      await isOnTop(part('option').first()),
    ]).toEqual([true, true, true]);
    await screenshot(page, 'honest-listing');

    await type(page, 'liver and brain stem');
    expect(await texts('target')).toEqual([expect.stringMatching(/^Brain stem/)]);
    expect((await whatIsUnknown(page))[0]).toMatch(/^No installed model segments “liver” on MR\. Body does, on CT\./);
    await run(page);
    await part('partly').waitFor();
    expect(await texts('partly')).toEqual(['Not started: “liver” would be left out. Enter again runs the rest.']);
    expect(asked).toEqual([]);
    await screenshot(page, 'honest-partly');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);

    // Another text is another question.
    await type(page, 'liver and cerebellum');
    expect(await part('partly').count()).toBe(0);
    await run(page);
    await part('partly').waitFor();
    expect(asked).toEqual([]);
    await run(page);
    await part('job').waitFor();
    expect(asked).toEqual([expect.objectContaining({ prompts: ['liver and cerebellum'], allowPartial: true })]);
    await page.locator('[data-promptseg=job] [data-promptseg=action]').first().click();
  });

  it('the button says how much of the text it runs, and runs it at once', async () => {
    await type(page, 'brain stem, spectrometer and liver');
    expect(await texts('run')).toEqual(['Segment 1 of 3']);
    expect(await texts('struck')).toEqual(['spectrometer', 'liver']);
    await part('run').click();
    await page.locator('[data-promptseg=job]').filter({ hasText: 'spectrometer' }).waitFor();
    expect(asked).toMatchObject([{ allowPartial: true }]);
    await page.locator('[data-promptseg=job] [data-promptseg=action]').first().click();
  });

  it('Enter waits until the server has read the text, and a fragment is never run', async () => {
    const letGo = await holdReadings();
    await part('prompt').pressSequentially('thala');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('[data-promptseg=prompt][aria-busy=true]').waitFor();
    await letGo();
    await part('suggestion').first().waitFor();
    expect(await part('prompt').inputValue()).toBe('thala');
    expect(await texts('suggestion')).toContain('Left thalamus');
    await openDrawer(page, 'recent');
    expect((await texts('drawer')).join()).not.toContain('thala');
    expect(asked).toEqual([]);
    await part('open-recent').click();
  });

  it('what was waited for runs once, and only what stands in the box', async () => {
    const letGo = await holdReadings();
    await part('prompt').fill('skull');
    await page.keyboard.press('Enter');
    await page.locator('[data-promptseg=prompt][aria-busy=true]').waitFor();
    // Who types on takes the Enter back.
    await part('prompt').fill('skull and skin');
    await page.locator('[data-promptseg=prompt][aria-busy=false]').waitFor();
    await page.keyboard.press('Enter');
    await letGo();
    await page.locator('[data-promptseg=job]').filter({ hasText: 'skull and skin' }).waitFor();
    expect(asked.map(({ prompts, allowPartial }) => [prompts, allowPartial])).toEqual([
      [['skull and skin'], undefined],
    ]);
    await page.locator('[data-promptseg=job] [data-promptseg=action]').first().click();
  });

  it('the model that was chosen by hand runs, also after an Enter before the list of models is there', async () => {
    await openDrawer(page, 'model');
    await part('model').filter({ hasText: 'Head' }).getByRole('radio').check();
    await part('open-model').click();
    // Opened again, the panel asks for the models again.
    const letGo = await hold('**/api/v1/models?*');
    await page.evaluate(() => dispatchEvent(new Event('mount-again')));
    await type(page, 'pallidum');
    await run(page);
    await page.locator('[data-promptseg=prompt][aria-busy=true]').waitFor();
    expect(asked).toEqual([]);
    await letGo();
    await page.locator('[data-promptseg=job]').filter({ hasText: 'pallidum' }).first().waitFor();
    expect(asked).toEqual([expect.objectContaining({ prompts: ['pallidum'], model: 'head' })]);
    await page.locator('[data-promptseg=job] [data-promptseg=action]').first().click();
    await openDrawer(page, 'model');
    await part('models').getByRole('radio').first().check();
    await part('open-model').click();
  });

  it('a text that the server refuses does not enter the recent ones', async () => {
    await page.route('**/api/v1/segmentations', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 409, json: { detail: 'No.', code: 'x' } })
        : route.continue(),
    );
    await type(page, 'eyes');
    await run(page);
    await part('refused-request').waitFor();
    await page.unroute('**/api/v1/segmentations');
    await openDrawer(page, 'recent');
    expect(await texts('recent')).not.toContain('eyes');
    await part('open-recent').click();
  });

  it('anatomy that no model knows is not taken for another organ', async () => {
    await type(page, 'segment the liver');
    expect((await whatIsUnknown(page))[0]).toMatch(/^No installed model segments “liver” on MR\. Body does, on CT\./);
    expect(await part('suggestion').count()).toBe(0);
    expect(await part('run').isDisabled()).toBe(true);
    await run(page);
    await type(page, 'left kidney');
    expect((await whatIsUnknown(page))[0]).toMatch(
      /^No installed model segments “left kidney” on MR\. Body does, on CT\. Models that can: BiomedParse, .*, SAT\./,
    );
    expect(asked).toEqual([]);
    expect(viewer.incidents.filter((incident) => !incident.includes('status of 409'))).toEqual([]);
  });

  it.each([280, 360])('says so in German in %d pixels, no part wider than the panel', async (width) => {
    await open('&lng=de');
    await page.addStyleTag({ content: `.promptseg { width: ${width}px; }` });
    await type(page, 'Leber, Kleinhirn und linker Hippocampus');
    expect(await texts('struck')).toEqual(['Leber']);
    expect(await texts('run')).toEqual(['2 von 3 segmentieren']);
    expect((await whatIsUnknown(page))[0]).toMatch(/^Kein installiertes Modell segmentiert „Leber“ auf MR\./);
    await run(page);
    await part('partly').waitFor();
    await screenshot(page, `honest-${width}`);
    expect(await partsWiderThanPanel(page)).toEqual([]);
  });
});

describe('what can be asked', () => {
  const structure = (name: string) =>
    part('structure').filter({ has: page.getByRole('checkbox', { name, exact: true }) });

  beforeAll(() => open());

  it('is all listed by region, to search and to tick; what is ticked stands in the box', async () => {
    await openDrawer(page, 'browse');
    expect(await part('browse-search').getAttribute('placeholder')).toBe('Find in 39 structures');
    expect(await texts('browse-region')).toEqual([
      expect.stringMatching(/^Brain\s+3\d$/),
      expect.stringMatching(/^Head and neck\s+\d$/),
      expect.stringMatching(/^Whole body and tissues\s+2$/),
    ]);
    await screenshot(page, 'browse');
    await part('browse-search').fill('hippoc');
    await structure('Hippocampus').getByRole('checkbox').check();
    await page.locator('[data-promptseg=chip][data-state=understood]').nth(1).waitFor();
    expect(await texts('chip')).toEqual([
      expect.stringMatching(/^Left hippocampus/),
      expect.stringMatching(/^Right hippocampus/),
    ]);
    await structure('Hippocampus').getByRole('button', { name: 'Right hippocampus' }).click();
    expect(await texts('chip')).toEqual([expect.stringMatching(/^Left hippocampus/)]);
    expect(
      await structure('Hippocampus').getByRole('button', { name: 'Left hippocampus' }).getAttribute('aria-pressed'),
    ).toBe('true');
    // By another of its names.
    await part('browse-search').fill('brainstem');
    expect(await texts('structure')).toEqual([expect.stringMatching(/^Brain stem/)]);
    await screenshot(page, 'browse-search');
    await part('browse-search').fill('umbrella');
    await page.getByText('No structure fits.').waitFor();
    // What is understood is pale until the server has read it.
    await page.locator('[data-promptseg=understood]:not(.promptseg-stale)').waitFor();
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
  });

  it('is ticked region by region, and taken back', async () => {
    await part('browse-search').fill('');
    await part('browse-region').filter({ hasText: 'Whole body and tissues' }).locator('summary').click();
    await part('tick-region').click();
    await page.locator('[data-promptseg=chip]').nth(2).waitFor();
    expect((await texts('chip')).map((text) => text.split('\n')[0])).toEqual([
      'Left hippocampus',
      'Skin',
      'Soft tissue',
    ]);
    expect((await texts('browse-region')).join()).toMatch(/Whole body and tissues\s+2 of 2/);
    await part('tick-region').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-promptseg=chip]').length === 1);
    await part('remove-chip').click();
  });

  it('is shown by the link beside a word that no model knows', async () => {
    await part('open-browse').click();
    await type(page, 'liver');
    await part('browse-instead').click();
    await part('browse-search').waitFor();
    const [adding] = await Promise.all([page.context().waitForEvent('page'), page.getByText('How to add one').click()]);
    await adding.getByRole('heading', { name: 'Add a model' }).waitFor();
    await adding.close();
  });

  it('comes as presets too, those that a model of the series understands', async () => {
    await part('prompt').fill('');
    await openDrawer(page, 'sets');
    expect(await texts('preset')).toEqual([
      expect.stringMatching(/^All brain structures\s+\d+ structures$/),
      expect.stringMatching(/^Ventricles\s+3 structures$/),
      expect.stringMatching(/^Hippocampi and amygdalae\s+4 structures$/),
      expect.stringMatching(/^Deep grey nuclei\s+10 structures$/),
      expect.stringMatching(/^Grey matter, white matter, CSF\s+3 structures$/),
    ]);
    await screenshot(page, 'presets');
    await part('preset').nth(1).click();
    await page.locator('[data-promptseg=chip][data-state=understood]').nth(2).waitFor();
    expect(await part('run').isEnabled()).toBe(true);
    expect(viewer.incidents).toEqual([]);
  });

  it.each([280, 360])('fits into %d pixels, in German', async (width) => {
    await open('&lng=de');
    await page.addStyleTag({ content: `.promptseg { width: ${width}px; }` });
    await part('open-browse').click();
    await part('browse-search').fill('kern');
    await part('browse-search').fill('nucleus');
    await structure('Nucleus accumbens').waitFor();
    await screenshot(page, `browse-${width}`);
    expect(await partsWiderThanPanel(page)).toEqual([]);
  });
});
