import { afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { SegmentationRequest } from '../../../server/contract/job.js';
import { type SeriesUIDs, submit, uidsOf, waitFor } from '../../endToEnd/productClient.js';
import {
  type Exchange,
  holdSeries,
  isSeriesRetrieval,
  isStore,
  noInterference,
  refusing,
} from '../../support/archiveProxy.js';
import { newPage } from '../../support/chromium.js';
import { eventually } from '../../support/eventually.js';
import { tinyBody } from '../../support/tinyBody.js';
import { seriousInBothThemes } from '../axe.js';
import { screenshot as savePicture } from '../screenshot.js';
import { archive, browser, type OpenedPage, openPage, orthanc, research, server, widthsTooNarrow } from './running.js';

/** A worker keeps the images of its last series: a job that is to be held while they are sent takes the next one. */
const series: SeriesUIDs[] = [];

let opened: OpenedPage;
let page: Page;

const ask = async (prompt: string, more: Partial<SegmentationRequest> = {}): Promise<string> =>
  (await submit(server, { ...series[0]!, prompts: [prompt], ...more })).body.id;
const row = (id: string, state?: string): Locator =>
  page.locator(`[data-job="${id}"]${state === undefined ? '' : `[data-state="${state}"]`}`);
const section = (name: string): Locator => page.getByRole('region', { name });

let release = (): void => {};
function hold(): void {
  release = holdSeries(archive);
}

const screenshot = (name: string): Promise<void> => savePicture(page, name, { fullPage: true });

const violations = (): Promise<string[]> => seriousInBothThemes(page);

/** Before anything was asked for. */
export function describeNoJobs(): void {
  it('says so where there is nothing yet', async () => {
    opened = await openPage('/jobs');
    page = opened.page;
    await page.getByText('Live', { exact: true }).waitFor();
    await section('Queue').getByText('Nothing is waiting or running.').waitFor();
    await section('History').getByText('No job has ended yet.').waitFor();
    await section('Workers').getByText('Idle').waitFor();
    expect(await violations()).toEqual([]);
    await screenshot('jobs-empty');
    expect(opened.incidents).toEqual([]);
    await page.close();
  });
}

export function describeJobs(): void {
  beforeAll(async () => {
    for (const name of ['jobs page 1', 'jobs page 2', 'jobs page 3', 'jobs page 4']) {
      const instances = await tinyBody(name);
      await orthanc.upload(instances);
      series.push(uidsOf(instances[0]!));
    }
    opened = await openPage('/jobs');
    page = opened.page;
    await page.getByText('Live', { exact: true }).waitFor();
  });
  afterEach(() => {
    release();
    archive.interfere = noInterference;
  });

  it('shows a job from its beginning to its end, without a page load', async () => {
    hold();
    const id = await ask('body and soft tissue');
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
    await ended.getByRole('img', { name: /^Picture of “body and soft tissue”/ }).waitFor();
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
    const id = await ask('body', { destinations: ['research'] });
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

    hold();
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
    expect(await widthsTooNarrow(page, [360, 420, 768])).toEqual([]);

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
    const allFailed = section('History').locator('[data-state=failed]');
    const countBefore = await allFailed.count();
    const failed = allFailed.filter({ hasText: 'soft tissue' });
    const id = (await failed.getAttribute('data-job'))!;
    await failed.getByRole('button', { name: /^Run again/ }).click();
    await page.getByText('“soft tissue” was sent again.').waitFor();
    await section('History')
      .getByText(`Repeats job ${id.slice(0, 8)}`)
      .waitFor();
    expect(await allFailed.count()).toBe(countBefore);
  });

  it('filters the history, keeps the filters in the address, and pages', async () => {
    const history = section('History');
    await history.getByLabel('Outcome').selectOption('failed');
    await history.locator('[data-state=completed]').first().waitFor({ state: 'detached' });
    await history.locator('[data-state=failed]').filter({ hasText: 'soft tissue' }).waitFor();
    await eventually(() => history.locator('[data-job]:not([data-state=failed])').count()).toBe(0);
    await page.waitForURL(/[?&]state=failed/);
    const reloaded = await newPage(browser);
    await reloaded.goto(page.url());
    await reloaded.locator('[data-state=failed]').first().waitFor();
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
    expect(opened.incidents).toEqual([]);
  });

  it('needs nothing but its own files and the API', async () => {
    const { headers } = await fetch(`${server.url}/jobs`);
    expect(headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
}

/** A job that runs and one that waits, until they are released. */
export async function holdTwoJobs(): Promise<string[]> {
  hold();
  const running = await ask('left lung', series[3]);
  await row(running, 'retrieving').waitFor();
  const waiting = await ask('right lung');
  await row(waiting, 'queued').waitFor();
  return [running, waiting];
}

export const releaseJobs = (): void => release();

export const jobsPage = (): OpenedPage => opened;

export async function untilCompleted(ids: readonly string[]): Promise<void> {
  for (const id of ids) await section('History').locator(row(id, 'completed')).waitFor();
}
