import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { SegmentationRequest } from '../../server/contract/job.js';
import { type SeriesUIDs, submit, uidsOf, waitFor } from '../endToEnd/productClient.js';
import {
  type ArchiveProxy,
  type Exchange,
  isSeriesRetrieval,
  isStore,
  noInterference,
  refusing,
  startArchiveProxy,
} from '../support/archiveProxy.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { newServerData, type ServerData } from '../support/sharedPostgres.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { seriousInBothThemes } from './axe.js';
import { screenshot as savePicture } from './screenshot.js';

/** A worker keeps the images of its last series: a job that is to be held while they are sent takes the next one. */
const series: SeriesUIDs[] = [];

let orthanc: TestOrthanc;
let archive: ArchiveProxy;
/** A destination: the same archive by another address. */
let research: ArchiveProxy;
let data: ServerData;
let port: number;
let server: Server;
let browser: Browser;
let page: Page;
let incidents: string[];

const start = async (): Promise<Server> =>
  startServer({
    archive: archive.url,
    viewer: await setUpViewer(),
    data: data.folder,
    port,
    settings: { ...data.settings, PROMPTSEG_DESTINATIONS_FILE: path.join(data.folder, 'destinations.yaml') },
  });

beforeAll(async () => {
  orthanc = await startTestOrthanc();
  for (const name of ['jobs page 1', 'jobs page 2', 'jobs page 3', 'jobs page 4']) {
    const instances = await smallPhantom(name);
    await orthanc.upload(instances);
    series.push(uidsOf(instances[0]!));
  }
  archive = await startArchiveProxy(orthanc);
  research = await startArchiveProxy(orthanc);
  data = await newServerData('promptseg-jobs-page-');
  const destinations = { version: 1, destinations: { research: { dicomWeb: { url: research.url } } } };
  await writeFile(path.join(data.folder, 'destinations.yaml'), JSON.stringify(destinations));
  port = await freePort();
  server = await start();
  browser = await launchChromium();
  page = await newPage(browser, { viewport: { width: 1400, height: 1000 } });
  incidents = [];
  page.on('pageerror', (error) => incidents.push(String(error.stack)));
  // A picture that the archive keeps from being drawn is left out; the browser notes the refused request.
  page.on('console', (message) => {
    const isPicture = message.location().url.endsWith('?size=thumbnail');
    if (message.type() === 'error' && !isPicture) incidents.push(message.text());
  });
  page.on('load', () => incidents.push('page load'));
  await page.goto(`${server.url}/jobs`);
  incidents.length = 0;
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  archive?.close();
  research?.close();
  await orthanc?.stop();
  await data?.remove();
});

const ask = async (prompt: string, more: Partial<SegmentationRequest> = {}): Promise<string> =>
  (await submit(server, { ...series[0]!, prompts: [prompt], ...more })).body.id;
const row = (id: string, state?: string): Locator =>
  page.locator(`[data-job="${id}"]${state === undefined ? '' : `[data-state="${state}"]`}`);
const section = (name: string): Locator => page.getByRole('region', { name });

let release = (): void => {};
/** Series are sent only when `release` is called: jobs stay in their first stage. */
function holdSeries(): void {
  const released = new Promise<void>((resolve) => {
    release = () => {
      resolve();
      archive.interfere = noInterference;
    };
  });
  archive.interfere = async (exchange) => {
    if (isSeriesRetrieval(exchange)) await released;
    return false;
  };
}
afterEach(() => {
  release();
  archive.interfere = noInterference;
});

const screenshot = (name: string): Promise<void> => savePicture(page, name, { fullPage: true });

const violations = (): Promise<string[]> => seriousInBothThemes(page);

describe('the page /jobs', () => {
  it('says so where there is nothing yet', async () => {
    await page.getByText('Live', { exact: true }).waitFor();
    await section('Queue').getByText('Nothing is waiting or running.').waitFor();
    await section('History').getByText('No job has ended yet.').waitFor();
    await section('Workers').getByText('Idle').waitFor();
    expect(await violations()).toEqual([]);
    await screenshot('jobs-empty');
  });

  it('shows a job from its beginning to its end, without a page load', async () => {
    holdSeries();
    const id = await ask('left lung and bone');
    await section('Queue').locator(row(id, 'retrieving')).waitFor();
    await section('Workers').getByText('Busy').waitFor();
    release();
    const ended = section('History').locator(row(id, 'completed'));
    await ended.getByText('2 found').waitFor();
    expect(await ended.locator('.stages').getByRole('img').getAttribute('aria-label')).toMatch(
      /^Time per stage: Retrieve .*, Segment .* m?s/,
    );
    const viewer = ended.getByRole('link', { name: /^Open in viewer/ });
    expect(await viewer.getAttribute('href')).toContain(series[0]!.studyInstanceUID);
    await ended.getByRole('img', { name: /^Picture of “left lung and bone”/ }).waitFor();
    await section('Workers').getByText('CPU (no GPU used so far)').waitFor();
    for (const prompt of ['fat', 'airways']) await waitFor(server, await ask(prompt));
  });

  it('gives the reason of a failure and what to do', async () => {
    archive.interfere = refusing(isStore, 413);
    const id = await ask('soft tissue');
    const failed = section('History').locator(row(id, 'failed'));
    await failed.getByText('larger than the archive allows').waitFor();
    expect(await failed.textContent()).toMatch(/What to do: \w+/);
  });

  it('shows where the results went, why not, and delivers them again', async () => {
    research.interfere = refusing(() => true, 401);
    const id = await ask('right lung', { destinations: ['research'] });
    const delivery = section('History').locator(row(id, 'completed')).locator('[data-destination=research]');
    await delivery.getByText('did not get the results. The destination refused the credentials').waitFor();
    expect(await violations()).toEqual([]);
    await screenshot('jobs-deliveries');
    research.interfere = noInterference;
    await delivery.getByRole('button', { name: 'Deliver again to research' }).click();
    await page.getByText('The results are being delivered to research again.').waitFor();
    await delivery.getByText('has the results.').waitFor();
    await eventually(() => delivery.getByRole('button').count()).toBe(0);
  });

  it('shows who waits, in which order, for how long and why', async () => {
    // Once, and with a pause that is longer than what follows takes: a browser may look late.
    let refusals = 0;
    const isFirst = (exchange: Exchange): boolean => isSeriesRetrieval(exchange) && ++refusals === 1;
    archive.interfere = refusing(isFirst, 503, { 'retry-after': '30' });
    const retried = await ask('body', series[1]);
    await row(retried)
      .getByText(/Attempt 2 starts in \d/)
      .waitFor();
    await row(retried).getByText('The archive is temporarily unavailable (503).').waitFor();

    holdSeries();
    const running = await ask('left lung', series[2]);
    await row(running, 'retrieving').waitFor();
    const routed = await ask('fat', { priority: 'routed' });
    const waiting = await ask('right lung');
    const last = await ask('both lungs and the airways');
    await row(waiting)
      .getByText(/starts in about|starts soon/)
      .waitFor();
    const order = [running, waiting, last, routed].map((id) => `[data-job="${id}"]`).join(' ~ ');
    await section('Queue').locator(order).waitFor();
    await row(routed).getByText('Routed').waitFor();
    expect(await violations()).toEqual([]);
    await screenshot('jobs-1400');
    await page.emulateMedia({ colorScheme: 'dark' });
    await screenshot('jobs-1400-dark');
    await page.setViewportSize({ width: 420, height: 900 });
    await screenshot('jobs-420-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await screenshot('jobs-420');
    for (const width of [360, 420, 768]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForFunction((wanted) => window.innerWidth === wanted, width);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect([width, wider]).toEqual([width, 0]);
    }
    await page.setViewportSize({ width: 1400, height: 1000 });

    // Cancel by keyboard; Escape keeps the job.
    await row(waiting).getByRole('button', { name: 'Cancel: right lung' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Cancel this job?' }).waitFor();
    expect(await violations()).toEqual([]);
    await screenshot('jobs-cancel');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.activeElement?.textContent === 'Cancel');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await section('History').locator(row(waiting, 'cancelled')).waitFor();
    await row(running)
      .getByRole('button', { name: /^Cancel/ })
      .click();
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await section('History').locator(row(running, 'cancelled')).waitFor();
    release();
    for (const id of [last, routed, retried]) await section('History').locator(row(id, 'completed')).waitFor();
    await row(retried).getByText('1 earlier attempt').waitFor();
  });

  it('runs a failed job again', async () => {
    const failed = section('History').locator('[data-state=failed]').first();
    const id = (await failed.getAttribute('data-job'))!;
    await failed.getByRole('button', { name: /^Run again/ }).click();
    await page.getByText('“soft tissue” was sent again.').waitFor();
    await section('History')
      .getByText(`Repeats job ${id.slice(0, 8)}`)
      .waitFor();
    expect(await section('History').locator('[data-state=failed]').count()).toBe(1);
  });

  it('filters the history, keeps the filters in the address, and pages', async () => {
    const history = section('History');
    await history.getByLabel('Outcome').selectOption('failed');
    await history.locator('[data-state=completed]').first().waitFor({ state: 'detached' });
    await history.locator('[data-state=failed]').waitFor();
    await eventually(() => history.locator('[data-job]').count()).toBe(1);
    await page.waitForURL(/[?&]state=failed/);
    const reloaded = await newPage(browser);
    await reloaded.goto(page.url());
    await reloaded.locator('[data-state=failed]').waitFor();
    expect(await reloaded.locator('[data-state=completed]').count()).toBe(0);
    await reloaded.close();
    await history.getByRole('textbox', { name: 'To' }).fill('2020-01-01');
    await history.getByText('No job matches these filters.').waitFor();
    await history.getByRole('button', { name: 'Clear' }).click();
    await history.locator('[data-state=completed]').first().waitFor();
    expect(page.url()).not.toContain('?');
  });

  it('copies an identifier', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    // Shown for a moment only.
    const copied = page.getByText('Copied').waitFor();
    await section('History').getByRole('button', { name: 'copy the Study UID' }).first().click();
    await copied;
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(series[0]!.studyInstanceUID);
    expect(incidents).toEqual([]);
  });

  it('survives a restart of the server, and so do the jobs', async () => {
    holdSeries();
    const running = await ask('left lung', series[3]);
    await row(running, 'retrieving').waitFor();
    const waiting = await ask('right lung');
    await row(waiting, 'queued').waitFor();
    await server.kill();
    await page.getByText('Not connected').waitFor();
    await screenshot('jobs-lost');
    release();
    server = await start();
    await page.getByText('The server was restarted.').waitFor();
    for (const id of [running, waiting]) await section('History').locator(row(id, 'completed')).waitFor();
    await screenshot('jobs-restarted');
    const ours = incidents.filter((incident) => !/net::ERR_|Failed to load resource/.test(incident));
    expect(ours).toEqual([]);
  });

  it('needs nothing but its own files and the API', async () => {
    const { headers } = await fetch(`${server.url}/jobs`);
    expect(headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
