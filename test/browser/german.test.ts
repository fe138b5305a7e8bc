import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { createImage } from '../../dicom-fixtures/src/createImage.js';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import type { Job, SegmentationRequest } from '../../server/contract/job.js';
import { fromAxes } from '../../server/src/values/affine.js';
import { uidsOf } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { englishLeft } from './englishLeft.js';
import { fewFrames, settled } from './settled.js';
import {
  drawerNames,
  fewPixels,
  jobAskedBy,
  openDrawer,
  openViewer,
  putSeries,
  run,
  screenshot,
  type,
  type ViewerPage,
  waitUntilDrawn,
} from './viewerPage.js';

/** Nothing in the address or in a cookie says so: the browser is German. */
const germanBrowser: BrowserContextOptions = { locale: 'de-DE' };
const study = 'Ein deutscher Browser';

let product: Product;
let browser: Browser;
let viewer: ViewerPage;
let page: Page;
let studyInstanceUID: string;
let series: Readonly<Record<'CT' | 'MR' | 'US' | 'PT' | 'air', string>>;

beforeAll(async () => {
  const descriptions = { SeriesDescription: 'Rumpf', StudyDescription: 'Synthetisch' };
  const phantom = await smallPhantom('Rumpf', study, descriptions);
  const block = (name: string, modality: 'CT' | 'MR' | 'PT', value = 100) =>
    createSeries({
      name,
      study,
      modality,
      grid: { size: [32, 32, 6], voxelToLps: fromAxes([3, 0, 0], [0, 3, 0], [0, 0, 5], [-48, -48, 0]) },
      valueAt: (i, j) => (i > 6 && i < 26 && j > 6 && j < 26 ? value : Math.min(value, 0)),
      attributes: () => ({ ...descriptions, SeriesDescription: name }),
    });
  const sonogram = await createImage({
    name: 'Sonogramm',
    study,
    kind: 'US',
    columns: 48,
    rows: 40,
    pixels: { grayAt: (i, j) => (i + j) % 200 },
    attributes: { ...descriptions, SeriesDescription: 'Sonogramm' },
  });
  const others = {
    MR: await block('Kopf', 'MR'),
    PT: await block('Stoffwechsel', 'PT'),
    air: await block('Luft', 'CT', -1000),
  };
  const uidOf = (instances: readonly Uint8Array[]) => uidsOf(instances[0]!).seriesInstanceUID;
  series = {
    CT: uidOf(phantom),
    MR: uidOf(others.MR),
    US: uidOf([sonogram]),
    PT: uidOf(others.PT),
    air: uidOf(others.air),
  };
  product = await startProduct({ instances: [...phantom, sonogram, ...Object.values(others).flat()] });
  browser = await launchChromium();
  studyInstanceUID = uidsOf(phantom[0]!).studyInstanceUID;
  viewer = await openViewer(browser, product.url, studyInstanceUID, { ...germanBrowser, ...fewPixels });
  page = viewer.page;
  await showSeries('CT', 'Rumpf');
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

async function showSeries(modality: 'CT' | 'MR', description: string): Promise<void> {
  await putSeries(page, series[modality]);
  await part('series').getByText(description, { exact: true }).waitFor();
  await part('prompt').waitFor();
}

const part = (name: string): Locator => page.locator(`[data-promptseg=${name}]`);
const texts = (name: string): Promise<string[]> => part(name).allInnerTexts();
/** Waits until the prompt is understood as these structures. */
const isReadAs = (names: readonly string[]): Promise<void> =>
  eventually(async () => (await texts('target')).map((target) => target.split('\n')[0])).toEqual(names);
const cardOf = ({ id }: Pick<Job, 'id'>): Locator => page.locator(`[data-job-id="${id}"]`);

/** No English is left in the panel; a picture of it. */
async function isGerman(name: string, within = '.promptseg'): Promise<void> {
  await screenshot(page, `german-${name}`);
  expect([name, await englishLeft(page, within)]).toEqual([name, []]);
}

const ask = async (prompts: readonly string[], more: Partial<SegmentationRequest> = {}): Promise<Job> => {
  const response = await fetch(`${product.url}/api/v1/segmentations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ studyInstanceUID, seriesInstanceUID: series.CT, prompts, ...more }),
  });
  return (await response.json()) as Job;
};

describe('the panel in a German browser', () => {
  it('is German, and says so to a screen reader', async () => {
    expect(await page.locator('.promptseg').getAttribute('lang')).toBe('de');
    // The examples are those of the model that fits the series best.
    await page.locator('[data-promptseg=prompt][placeholder="z. B. linke Niere und Leber"]').waitFor();
    await page.getByText('In dieser Studie wurde noch nichts segmentiert.').waitFor();
    await isGerman('opened');
  });

  it('reads sides and names in German, and completes German names', async () => {
    for (const [text, names] of [
      ['linke Lunge', ['Lunge links']],
      ['beide Nieren', ['Niere links', 'Niere rechts']],
      ['Niere re.', ['Niere rechts']],
    ] as const) {
      await type(page, text);
      await isReadAs(names);
    }
    await isGerman('understood');
    await part('prompt').fill('');
    await part('prompt').pressSequentially('Lun');
    await part('option').filter({ hasText: 'Lunge links' }).first().waitFor();
    await isGerman('suggestions');
  });

  it('says in German what is not understood, why, and what can be done', async () => {
    await type(page, 'linke Lunge, Regenschirm und Schilddrüse');
    await part('unknown').nth(1).waitFor();
    await part('run').filter({ hasText: '1 von 3 segmentieren' }).waitFor();
    await run(page);
    await part('partly').waitFor();
    await isGerman('partly');
    for (const text of ['links', 'nicht die Lunge', 'Lnge links', 'linke Lunge rechts']) {
      await type(page, text);
      await settled(page, () => texts('understood'), fewFrames);
      await isGerman(`read-${text.replaceAll(' ', '-')}`);
    }
  });

  it.each(drawerNames)('has no English in the drawer %s', async (drawer) => {
    await part('prompt').fill('');
    await openDrawer(page, drawer);
    if (drawer === 'model') await part('models').locator('details').first().locator('summary').click();
    if (drawer === 'browse') {
      for (const region of await part('browse-region').all())
        if ((await region.getAttribute('open')) === null) await region.locator('summary').click();
    }
    await isGerman(`drawer-${drawer}`);
    await part(`open-${drawer}`).click();
  });

  it('names the stacks of a series in German', async () => {
    const stacks = [
      { id: 'echo-time-4.6', description: 'echo time 4.6 ms, 50 axial images of 256 × 256 pixels', images: 50 },
      { id: 'echo-time-9.2', description: 'echo time 9.2 ms, 50 axial images of 256 × 256 pixels', images: 50 },
    ];
    await page.route('**/stacks', (route) => route.fulfill({ json: { stacks } }));
    // Those of a series are asked for once; of this one, nothing was asked before.
    await showSeries('MR', 'Kopf');
    await type(page, 'Fett');
    await part('stack').waitFor();
    expect(await part('stack').locator('option').allInnerTexts()).toContain(
      'Echozeit 4.6 ms, 50 axiale Bilder mit 256 × 256 Pixeln',
    );
    await isGerman('stacks');
    await page.unroute('**/stacks');
    await showSeries('CT', 'Rumpf');
    await part('stack').waitFor({ state: 'detached' });
  });

  it('shows a job, its findings, figures and menus in German', async () => {
    await type(page, 'linke Lunge und Knochen');
    const { id } = await jobAskedBy(page, () => run(page));
    const card = cardOf({ id });
    await card.waitFor();
    await isGerman('running');
    await card.and(page.locator('[data-state=completed]')).waitFor();
    const job = (await (await fetch(`${product.url}/api/v1/segmentations/${id}`)).json()) as Job;
    await waitUntilDrawn(page, job.result!.seriesInstanceUID);
    expect(await card.locator('.promptseg-name').allInnerTexts()).toEqual(['Lunge links', 'Knochen']);
    for (const summary of await card.locator('summary').all()) await summary.click();
    await card.locator('[data-promptseg=details]').first().click();
    await card.locator('[data-promptseg=open-figures]').click();
    await card.locator('[data-promptseg=figures]').waitFor();
    await isGerman('figures');
    await card.locator('[data-promptseg=reject]').click();
    await isGerman('feedback');

    await ask(['Lunge'], {}).then((other) => cardOf(other).and(page.locator('[data-state=completed]')).waitFor());
    await card.locator('[data-promptseg=menu]').click();
    await isGerman('menu');
    await page.getByRole('menuitem', { name: 'Vergleichen mit' }).click();
    await page.getByRole('menuitem', { name: /^Lunge/ }).click();
    await part('comparison').waitFor();
    await isGerman('comparison');
    await part('comparison').getByRole('button', { name: 'Beenden' }).click();
    await card.locator('[data-promptseg=menu]').click();
    await page.getByRole('menuitem', { name: 'Löschen…' }).click();
    await part('question').waitFor();
    await isGerman('delete');
    await page.keyboard.press('Escape');
    await card.locator('[data-promptseg=open-space]').click();
    await page.locator('[data-promptseg=space][data-busy=false]').waitFor();
    await isGerman('space', '[data-promptseg=space]');
    await part('leave-space').click();
    await card.locator('[data-promptseg=menu]').click();
    await page.getByRole('menuitem', { name: 'Mit dem Pinsel bearbeiten' }).click();
    await card.locator('[data-promptseg=painting]').waitFor();
    await isGerman('editing');
    await card.locator('[data-promptseg=end-editing]').click();
    expect(viewer.incidents).toEqual([]);
  });

  it('says in German what was not found', async () => {
    await part('prompt').fill('');
    const { id } = await ask(['linke Lunge', 'Regenschirm'], { seriesInstanceUID: series.air, allowPartial: true });
    const card = cardOf({ id });
    await card.and(page.locator('[data-state=completed]')).waitFor();
    await card.locator('[data-status=not-found]').waitFor();
    expect(await card.locator('[data-status=not-found]').textContent()).toMatch(/^Lunge links Nicht gefunden\. /);
    expect(await card.locator('[data-status=refused]').textContent()).toMatch(/^Regenschirm Ausgelassen\. /);
    expect(await card.locator('.promptseg-missing [lang=en]').allInnerTexts()).toEqual([]);
    await isGerman('not-found');
  });

  it('lists in German what a series shows', async () => {
    await part('prompt').fill('');
    await part('open-model').click();
    await part('model').filter({ hasText: 'CT tissues' }).locator('input').check();
    const job = await jobAskedBy(page, () => part('recognize').click());
    const card = cardOf(job);
    await card.locator('[data-promptseg=recognized-target]').first().waitFor();
    for (const summary of await card.locator('summary').all()) await summary.click();
    await card.locator('[data-promptseg=recognized-target] [data-promptseg=details]').first().click();
    await isGerman('recognition');
    await part('open-model').click();
  });

  it('says in German what failed and what to do, with the case in English in parentheses', async () => {
    await page.route('**/api/v1/segmentations', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 503,
            json: { code: 'archive-unreachable', detail: 'It does not respond.', nextStep: 'Check it.' },
          })
        : route.continue(),
    );
    await type(page, 'Fett');
    await run(page);
    await part('refused-request').waitFor();
    await eventually(() => texts('trouble')).toEqual([
      expect.stringMatching(/^Das Archiv antwortet nicht\. \(It does not respond\.\) Prüfen Sie, ob /),
    ]);
    await page.unroute('**/api/v1/segmentations');
    await part('refused-request').getByRole('button', { name: 'Ausblenden' }).click();
  });

  it('shows the keys in German', async () => {
    await part('help').click();
    await part('keys').waitFor();
    await isGerman('keys');
    await part('help').click();
  });

  it.each(['US', 'PT'] as const)('says in German why nothing can be asked of %s', async (modality) => {
    await putSeries(page, series[modality]);
    await part('series-problem').waitFor();
    await isGerman(`unreadable-${modality}`);
  });
});

describe('the pages in a German browser', () => {
  beforeAll(async () => {
    await page.close();
    page = await newPage(browser, germanBrowser);
    await ask(['umbrella']);
  });

  it.each([
    ['/promptseg', 'Start · Promptseg', 'Letzte Ergebnisse'],
    ['/jobs', 'Aufträge · Promptseg', 'Verlauf'],
    ['/models', 'Modelle · Promptseg', 'Ein Modell hinzufügen'],
    ['/rules', 'Regeln · Promptseg', 'Noch keine Regel'],
    ['/cornerstone', 'Studien · Promptseg', 'Studien'],
    ['/api', 'REST-API · Promptseg', 'REST-API'],
    ['/help', 'Hilfe · Promptseg', 'Hilfe'],
  ])('%s is German', async (address, title, heading) => {
    await page.goto(product.url + address);
    await page.getByRole('heading', { name: heading }).first().waitFor();
    await page.waitForFunction(() => document.querySelector('section[aria-busy=true]') === null);
    if (address === '/models') await page.locator('[data-promptseg=model]').nth(2).waitFor();
    await eventually(async () => [await page.title(), await page.locator('html').getAttribute('lang')]).toEqual([
      title,
      'de',
    ]);
    for (const summary of await page.locator('main summary').all()) await summary.click();
    await isGerman(`page${address.replace('/', '-')}`, 'body');
  });

  it('a rule is written, checked and tried in German', async () => {
    await page.goto(`${product.url}/rules`);
    await page.getByRole('button', { name: 'Mit dieser beginnen' }).click();
    await page.getByRole('button', { name: 'Regel anlegen' }).waitFor();
    await isGerman('rule-new', 'body');
    await page.getByLabel('Die Regel als YAML', { exact: true }).fill('name: A\nmatch: {}\nprompts: []');
    await page.locator('.mistake').first().waitFor();
    await isGerman('rule-mistakes', 'body');
  });

  it('the viewer without OHIF is German', async () => {
    await page.goto(`${product.url}/cornerstone?StudyInstanceUIDs=${studyInstanceUID}`);
    await page.locator('[data-series][aria-pressed=true]').waitFor();
    await part('prompt').or(part('series-problem')).first().waitFor();
    await page.locator('html[lang=de]').waitFor();
    await isGerman('cornerstone', 'body');
  });

  it('its panel says in German that the server is down', async () => {
    await product.kill();
    await page.locator('[data-promptseg=connection][data-state=lost]').waitFor();
    await isGerman('away');
  });
});
