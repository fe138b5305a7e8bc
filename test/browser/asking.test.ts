import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { SuggestView } from '../../server/contract/prompts.js';
import { type SeriesUIDs, submit, uidsOf } from '../endToEnd/productClient.js';
import { launchChromium } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { seriousViolations } from './axe.js';
import { openPanel } from './panelPage.js';
import {
  drawerNames,
  jobAskedBy,
  openDrawer,
  partsWiderThanPanel,
  runAndRead,
  screenshot,
  type,
  type ViewerPage,
} from './viewerPage.js';

let product: Product;
let browser: Browser;
let series: SeriesUIDs;
let viewer: ViewerPage;
let page: Page;
let downloads: string;

beforeAll(async () => {
  const instances = await smallPhantom('asking');
  series = uidsOf(instances[0]!);
  product = await startProduct({ instances });
  browser = await launchChromium();
  downloads = await mkdtemp(path.join(tmpdir(), 'promptseg-downloads-'));
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  if (downloads) await rm(downloads, { recursive: true, force: true });
});

/** The tests go on in one page, and load it again where that is what they test. */
async function open(query = ''): Promise<void> {
  await page?.close();
  viewer = await openPanel(browser, product.url, series.studyInstanceUID, query);
  page = viewer.page;
}

/** The panel with nothing asked. */
async function empty(): Promise<void> {
  if (page === undefined) await open();
  while ((await part('chip').count()) > 0) await part('remove-chip').first().click();
  await box().fill('');
}

async function reload(): Promise<void> {
  await page.reload();
  await part('series').waitFor();
}

const part = (name: string) => page.locator(`[data-promptseg=${name}]`);
const texts = (name: string) => part(name).allInnerTexts();
const box = () => part('prompt');
/** Page loads are wanted here, and so is the refusal of a name that is taken. */
const incidents = () => viewer.incidents.filter((incident) => !/^page load|status of 409/.test(incident));
const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-promptseg'));

/**
 * Types letter by letter and waits until the list of names, with `option` in it, is the one for the whole part that was
 * typed last: until then the names for fewer letters are listed.
 */
async function typeFor(letters: string, option: RegExp, typed = letters): Promise<void> {
  const response = page.waitForResponse(
    (each) => each.url().endsWith('/api/v1/prompts/suggest') && each.request().postDataJSON().text === typed,
  );
  await box().pressSequentially(letters);
  const { suggestions } = (await (await response).json()) as SuggestView;
  const names = suggestions.map(({ name }) => expect.stringContaining(name.toLowerCase()));
  await eventually(async () => (await texts('option')).map((text) => text.toLowerCase())).toEqual(names);
  await part('option').filter({ hasText: option }).first().waitFor();
}

/** Puts a prompt aside as a chip and waits until the server has read it. */
async function keep(prompt: string): Promise<void> {
  const before = await part('chip').count();
  await box().fill(prompt);
  await box().press('Shift+Enter');
  await page.waitForFunction((count) => {
    const chips = [...document.querySelectorAll('[data-promptseg=chip]')];
    return chips.length > count && chips.every((chip) => chip.getAttribute('data-state') !== 'reading');
  }, before);
}

describe('asking in the panel', () => {
  it('offers what the models know, by name, by synonym and despite typing errors', async () => {
    await empty();
    await page.locator('[data-promptseg=prompt][placeholder^="e.g."]').waitFor();
    const { models } = (await (await fetch(`${product.url}/api/v1/models?modality=CT`)).json()) as {
      models: { examples: string[] }[];
    };
    expect(await box().getAttribute('placeholder')).toBe(`e.g. ${models[0]!.examples.join(' and ')}`);
    await box().focus();
    await typeFor('left lu', /Left lung/);
    expect(await box().getAttribute('aria-expanded')).toBe('true');
    expect((await texts('option'))[0]).toMatch(/^Left lung$/);
    await screenshot(page, 'asking-names');
    await page.keyboard.press('ArrowDown');
    const active = await box().getAttribute('aria-activedescendant');
    expect(await page.locator(`[id="${active}"]`).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Enter');
    expect(await box().inputValue()).toBe('');
    expect(await part('suggestions').count()).toBe(0);

    await typeFor('skel', /Bone\s+also: skeleton/);
    await part('option').first().click();
    await typeFor('arways', /^Airways/);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.locator('[data-promptseg=chip][data-state=understood]').nth(2).waitFor();
    expect(await texts('chip')).toEqual([
      expect.stringMatching(/^Left lung\s+SCT 39607008/),
      expect.stringMatching(/^Bone\s+SCT 3138006/),
      expect.stringMatching(/^Airways\s+SCT 110726009/),
    ]);
    expect(await focused()).toBe('prompt');

    // What stands before the part that is being typed is not lost.
    await typeFor('fat and sof', /^Soft tissue/, 'sof');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('[data-promptseg=chip][data-state=understood]').nth(4).waitFor();
    expect((await texts('chip')).slice(3)).toEqual([
      expect.stringMatching(/^Fat\s/),
      expect.stringMatching(/^Soft tissue\s/),
    ]);

    // Without a text, the arrow key shows what there is; Escape puts it away.
    await page.keyboard.press('ArrowDown');
    await part('option').nth(8).waitFor();
    await page.keyboard.press('Escape');
    expect(await part('option').count()).toBe(0);
    await screenshot(page, 'asking-chips');
    expect(incidents()).toEqual([]);
  });

  it('lets chips be walked, edited and removed by keyboard', async () => {
    await empty();
    for (const prompt of ['left lung', 'bone', 'lungs']) await keep(prompt);
    expect(await part('chip').nth(2).locator('[data-promptseg=target]').count()).toBe(2);
    const label = await part('chip-body').nth(2).getAttribute('title');
    expect(label).toMatch(/^lungs: Left lung, SCT 39607008; Right lung, SCT 39607008$/);

    await page.keyboard.press('Backspace');
    expect(await focused()).toBe('chip-body');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Delete');
    await page.waitForFunction(() => document.querySelectorAll('[data-promptseg=chip]').length === 2);
    expect(await focused()).toBe('chip-body');
    expect(await texts('chip')).toEqual([expect.stringMatching(/^Left lung/), expect.stringMatching(/^Left lung/)]);
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('prompt');
    expect(await box().inputValue()).toBe('lungs');
    await box().press('End');
    await box().press('Escape');
    await box().press('Home');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('prompt');
    await part('remove-chip').first().click();
    await page.waitForFunction(() => document.querySelectorAll('[data-promptseg=chip]').length === 0);

    // A text of several lines from the clipboard is several prompts.
    await box().fill('');
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', 'bone\nfat\n');
      document
        .querySelector('[data-promptseg=prompt]')!
        .dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    await page.locator('[data-promptseg=chip][data-state=understood]').nth(1).waitFor();
    expect(incidents()).toEqual([]);
  });

  it('has a wrong prompt corrected before the run', async () => {
    await empty();
    await keep('lun');
    const chip = part('chip').first();
    expect(await chip.getAttribute('data-state')).toBe('unknown');
    await screenshot(page, 'asking-did-you-mean');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    expect(await page.isDisabled('[data-promptseg=run]')).toBe(true);
    const choice = chip.locator('[data-promptseg=suggestion]').first();
    const name = (await choice.textContent())!;
    await choice.focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-promptseg=chip][data-state=understood]').waitFor();
    expect(await chip.textContent()).toContain(name);
    expect(await page.isEnabled('[data-promptseg=run]')).toBe(true);
    expect(incidents()).toEqual([]);
  });

  it('runs the chips with the model and the outputs that were chosen, and remembers them', async () => {
    await empty();
    await keep('fat');
    await part('open-options').click();
    await page.getByRole('radio', { name: 'Label map' }).check();
    await page.getByRole('checkbox', { name: 'Measurement report' }).check();
    await page.getByRole('radio', { name: 'Fractional', disabled: true }).waitFor();
    await screenshot(page, 'asking-options');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    await part('open-model').click();
    expect(await part('options').count()).toBe(0);
    await box().fill('bone');
    await part('understood').locator('[data-promptseg=target]').waitFor();
    await eventually(() => texts('model-reason')).toEqual(['CT tissues: It understands most of the text.']);
    await screenshot(page, 'asking-model');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    await part('model').filter({ hasText: 'CT tissues' }).locator('input').check();
    const job = await runAndRead(page);
    expect(job.request).toMatchObject({
      prompts: ['fat', 'bone'],
      model: 'ct-tissues',
      output: { segmentation: 'labelmap', measurementReport: true },
    });
    await eventually(async () => [await part('chip').count(), await box().inputValue()]).toEqual([0, '']);

    // The panel may be gone and come back: the drawer and the outputs are as they were.
    await reload();
    expect(await part('open-model').getAttribute('aria-expanded')).toBe('true');
    await part('open-options').click();
    expect(await page.getByRole('radio', { name: 'Label map' }).isChecked()).toBe(true);
    await openDrawer(page, 'recent');
    expect(await texts('recent')).toEqual(['fat, bone']);
    await part('recent').click();
    await page.locator('[data-promptseg=chip][data-state=understood]').nth(1).waitFor();
    expect(await focused()).toBe('prompt');
  });

  it('keeps sets of prompts for everybody on the server', async () => {
    await empty();
    await keep('left lung');
    await keep('airways');
    await part('open-sets').click();
    await part('set-name').fill('Airways and lung');
    await part('set-name').press('Enter');
    await part('set').filter({ hasText: 'Airways and lung' }).waitFor();
    expect(await texts('sets-done')).toEqual(['Saved as “Airways and lung”.']);
    // The name is taken now, in any case.
    await part('set-name').fill('AIRWAYS AND LUNG');
    await part('save-set').click();
    await part('trouble').filter({ hasText: 'has this name' }).waitFor();
    await screenshot(page, 'asking-sets');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    const download = page.waitForEvent('download');
    await part('export-sets').click();
    const file = path.join(downloads, 'sets.json');
    await (await download).saveAs(file);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      promptSets: [{ name: 'Airways and lung', prompts: ['left lung', 'airways'], modality: 'CT' }],
    });

    // Somebody else: nothing is asked, and the drawer is open as it was.
    await reload();
    expect(await part('chip').count()).toBe(0);
    await part('apply-set').click();
    await page.locator('[data-promptseg=chip][data-state=understood]').nth(1).waitFor();
    expect(await texts('chip')).toEqual([expect.stringMatching(/^Left lung/), expect.stringMatching(/^Airways/)]);
    await part('rename-set').click();
    await page.keyboard.type(' 2');
    await page.keyboard.press('Enter');
    await part('set').filter({ hasText: 'Airways and lung 2' }).waitFor();
    await part('import-sets').setInputFiles(file);
    await part('set').nth(1).waitFor();
    await part('import-sets').setInputFiles(file);
    await part('sets-done').filter({ hasText: '0 imported; 1 skipped' }).waitFor();
    await part('delete-set').first().click();
    await page.keyboard.press('Escape');
    await part('set').nth(1).waitFor();
    await part('delete-set').first().click();
    await part('really-delete-set').click();
    await part('really-delete-set').waitFor({ state: 'detached' });
    expect(await part('set').count()).toBe(1);
    expect(incidents()).toEqual([]);
  });

  it('says why nothing can be run where no model reads such images', async () => {
    await page.route('**/api/v1/models?*', (route) =>
      route.fulfill({ json: { models: [], servedModalities: ['MR', 'PT'], published: ['SAT'] } }),
    );
    await reload();
    await part('series-problem').waitFor();
    expect((await texts('series-problem'))[0]).toMatch(
      /^No installed model reads CT; the installed ones read MR, PT\.\s+SAT can be added for CT\.\s+How to add/,
    );
    // Nothing that could not be done is offered.
    expect([await box().count(), await part('run').count()]).toEqual([0, 0]);
    await page.unroute('**/api/v1/models?*');
    await reload();
  });

  it('offers the stacks of a series that holds several, before the run', async () => {
    const stacks = [
      { id: 'echo-time-4.6', description: 'echo time 4.6 ms, 50 axial images', images: 50 },
      { id: 'echo-time-9.2', description: 'echo time 9.2 ms, 50 axial images', images: 50 },
    ];
    await page.route('**/stacks', (route) => route.fulfill({ json: { stacks } }));
    await empty();
    expect(await part('stack').count()).toBe(0);
    await type(page, 'fat');
    await part('stack').locator('select').selectOption('echo-time-9.2');
    expect((await runAndRead(page)).request).toMatchObject({ prompts: ['fat'], stack: 'echo-time-9.2' });
    await page.unroute('**/stacks');
    await reload();
  });

  it('lists what is in the series, and stores what is ticked', async () => {
    await empty();
    // Several models read the series; the automatic choice is the one that was measured.
    if ((await part('open-model').getAttribute('aria-expanded')) !== 'true') await part('open-model').click();
    await part('model').filter({ hasText: 'CT tissues' }).locator('input').check();
    await part('recognize').focus();
    const recognition = await jobAskedBy(page, () => page.keyboard.press('Enter'));
    expect(recognition.request).toMatchObject({
      prompts: ['everything'],
      recognize: { withinSeconds: 300, store: false },
    });
    const card = page.locator(`[data-job-id="${recognition.id}"]`);
    expect(await card.getByRole('heading').textContent()).toBe('What is in this series?');
    const row = (name: string) => card.locator('[data-promptseg=recognized-target]').filter({ hasText: name });
    await row('Bone').waitFor();
    expect(await card.locator('[data-promptseg=confidence]').textContent()).toMatch(/gives no confidence/);
    expect(await row('Left lung').textContent()).toMatch(/[\d.,]+ mL\d+ × \d+ × \d+ mm/);
    const store = card.locator('[data-promptseg=store-ticked]');
    expect(await store.getAttribute('aria-disabled')).toBe('true');
    await row('Bone').getByRole('checkbox').focus();
    await page.keyboard.press('Space');
    await row('Left lung').getByRole('checkbox').check();
    expect(await store.textContent()).toBe('Store 2 as SEG');
    await screenshot(page, 'asking-recognition');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);

    const job = await jobAskedBy(page, () => store.click());
    expect(job.request).toMatchObject({ model: 'ct-tissues' });
    expect(job.request).not.toHaveProperty('recognize');
    expect([...job.request.prompts].sort()).toEqual(['Bone', 'Left lung']);
    await page.locator(`[data-job-id="${job.id}"][data-state=completed]`).waitFor();
    // It is in the archive now: the eye hides and shows it, and nothing is stored again.
    const eye = row('Bone').locator('[data-promptseg=show-recognized]');
    await eye.and(page.locator('[aria-pressed=true]')).waitFor();
    await eventually(() => row('Bone').textContent()).toContain('stored');
    await eye.click();
    await eye.and(page.locator('[aria-pressed=false]')).waitFor();
    expect(await eye.getAttribute('aria-label')).toBe('Show Bone');
    expect(await row('Soft tissue').locator('[data-promptseg=show-recognized]').getAttribute('aria-label')).toBe(
      'Store Soft tissue as SEG and show it',
    );
    expect(incidents()).toEqual([]);
  });

  it('loses nothing while the server is down, and recovers on its own', async () => {
    await empty();
    await keep('left lung');
    const cards = await part('job').count();
    await product.kill();
    await page.locator('[data-promptseg=connection][data-state=lost]').waitFor();
    await box().fill('bone');
    expect(await page.isDisabled('[data-promptseg=run]')).toBe(true);
    await screenshot(page, 'asking-offline');
    expect(await seriousViolations(page, '.promptseg')).toEqual([]);
    // Shown for seconds only: it is looked for before the server is back.
    const restarted = page.locator('[data-promptseg=connection][data-state=restarted]').waitFor();
    await product.restart();
    await restarted;
    const { body: job } = await submit(product, { ...series, prompts: ['airways'], model: 'ct-tissues' });
    await page.locator(`[data-job-id="${job.id}"][data-state=completed]`).waitFor();
    expect(await part('job').count()).toBe(cards + 1);
    await part('understood').locator('[data-promptseg=target]').waitFor();
    expect(await page.isEnabled('[data-promptseg=run]')).toBe(true);
    expect(await part('chip').count()).toBe(1);
  });

  it('speaks German, and fits into 280 pixels', async () => {
    await open('&lng=de');
    await page.addStyleTag({ content: '.promptseg { width: 280px; }' });
    await keep('Metal or dense contrast');
    await keep('left lung and bone');
    await keep('lun');
    expect(await box().getAttribute('aria-label')).toBe('Was soll segmentiert werden?');
    expect((await texts('run'))[0]).toBe('3 von 4 segmentieren');
    for (const drawer of drawerNames) {
      await openDrawer(page, drawer);
      await screenshot(page, `asking-280-${drawer}`);
      expect([drawer, await partsWiderThanPanel(page)]).toEqual([drawer, []]);
    }
    expect(incidents()).toEqual([]);
  });
});
