import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { Job } from '../../server/contract/job.js';
import { hasEnded } from '../../server/contract/jobState.js';
import { uidsOf } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { newServerData, type ServerData } from '../support/sharedPostgres.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { until } from '../support/until.js';
import { fewFrames, settled } from './settled.js';
import { canvasPixels, screenshot, type } from './viewerPage.js';

/**
 * An account with the role viewer, in real Chromium, presses every button that it is offered, on every page: none of
 * them is refused, and none changes anything. The same pages offer more to a researcher.
 */
let orthanc: TestOrthanc;
let server: Server;
let browser: Browser;
let data: ServerData;
let study: string;
let done: Job;

const as = (user: string, role: string) => ({ 'x-forwarded-user': user, 'x-forwarded-groups': role });

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { ...as('ada', 'administrator'), 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect([path, response.status < 300]).toEqual([path, true]);
  return (await response.json()) as T;
}

beforeAll(async () => {
  orthanc = await startTestOrthanc();
  const instances = await smallPhantom('viewer role');
  await orthanc.upload(instances);
  data = await newServerData('promptseg-viewer-role-');
  server = await startServer({
    archive: orthanc.dicomWebUrl,
    viewer: await setUpViewer(),
    data: data.folder,
    port: await freePort(),
    settings: {
      ...orthanc.settings,
      ...data.settings,
      PROMPTSEG_AUTH: 'proxy',
      PROMPTSEG_TRUSTED_PROXIES: '127.0.0.1',
    },
  });
  const uids = uidsOf(instances[0]!);
  study = uids.studyInstanceUID;
  const ended = ({ id }: Job): Promise<Job> =>
    until(async () => {
      const job = await send<Job>('GET', `/segmentations/${id}`);
      return hasEnded(job) && job;
    });
  // The newest card is open: first the job without a result.
  const cancelled = await send<Job>('POST', '/segmentations', { ...uids, prompts: ['right lung'] });
  await send('DELETE', `/segmentations/${cancelled.id}`);
  await ended(cancelled);
  done = await ended(await send<Job>('POST', '/segmentations', { ...uids, prompts: ['left lung'] }));
  expect(done.state).toBe('completed');
  await send('PUT', `/segmentations/${done.id}/feedback/0`, { verdict: 'accepted' });
  await send('POST', '/prompt-sets', { name: 'Both lungs', prompts: ['lungs'] });
  await send('POST', '/rules', {
    name: 'lungs-of-ct',
    match: { attribute: 'Modality', equals: 'CT' },
    prompts: ['lungs'],
    enabled: false,
  });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await orthanc?.stop();
  await data?.remove();
});

/** A page of somebody, with what the server refused there and what was asked of it that may change something. */
async function openAs(role: string, address: string, ready: string) {
  const page = await newPage(browser, {
    ...canvasPixels,
    extraHTTPHeaders: as('vera', role),
    viewport: { width: 1400, height: 1000 },
  });
  const refused: string[] = [];
  const changing: string[] = [];
  page.on('response', (response) => {
    if ([401, 403].includes(response.status())) refused.push(`${response.status()} ${response.url()}`);
  });
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    const onlyReads = /\/(resolve|suggest|validate|test)$/.test(pathname);
    if (!['GET', 'HEAD'].includes(request.method()) && !onlyReads) changing.push(`${request.method()} ${pathname}`);
  });
  page.on('download', (download) => void download.cancel());
  await page.goto(server.url + address);
  await page.locator(ready).first().waitFor();
  return { page, refused, changing };
}

/** The labels of what can be pressed now, looked at and pressed in one message to the page: `press` is one of them. */
const offered = (page: Page, within: string, press?: string): Promise<readonly string[]> =>
  page
    .locator(`${within} :is(button, summary, [role=switch]):not([disabled], [aria-disabled=true])`)
    .evaluateAll((elements, wanted) => {
      const found = new Map<string, Element>();
      for (const element of elements) {
        const { width, height } = element.getBoundingClientRect();
        if (width === 0 || height === 0 || !element.checkVisibility({ visibilityProperty: true })) continue;
        const label = element.getAttribute('aria-label') ?? element.textContent ?? '';
        found.set(label.replaceAll(/\s+/g, ' ').trim(), element);
      }
      // Also what is covered at the moment; what has gone meanwhile cannot be pressed by anybody.
      if (wanted !== undefined) (found.get(wanted) as HTMLElement | undefined)?.click();
      return [...found.keys()];
    }, press);

/** Presses one after the other, also what appears by pressing. @returns the labels, in their order */
async function pressEverything(page: Page, within: string): Promise<readonly string[]> {
  const pressed: string[] = [];
  for (let left = 120; left > 0; left--) {
    // What was pressed last may still be bringing something.
    const labels = await settled(page, () => offered(page, within), fewFrames);
    const next = labels.find((label) => !pressed.includes(label));
    if (next === undefined) return pressed;
    pressed.push(next);
    await offered(page, within, next);
  }
  throw new Error(`still more after ${pressed.join(', ')}`);
}

interface Shown {
  readonly address: () => string;
  /** Selector of what is there when the page is. */
  readonly ready: string;
  /** Where its buttons are. */
  readonly within: string;
  /** Labels of buttons of those who may do more. */
  readonly only: readonly string[];
}

const panelIn = (path: string): Shown => ({
  address: () => `${path}?StudyInstanceUIDs=${study}`,
  ready: '[data-promptseg=finding]',
  within: '.promptseg',
  only: ['Segment', 'What is in this series?', 'Box something', 'Refine by clicks', 'Correct by a box', 'Delete…'],
});

/** Sees what a text would mean, and presses the keys that would run it. */
async function asksNothingByEnter(page: Page): Promise<void> {
  const prompt = page.locator('[data-promptseg=prompt]');
  await prompt.scrollIntoViewIfNeeded();
  await type(page, 'right lung');
  await page.locator('[data-promptseg=target]').getByText('Right lung').waitFor();
  for (const key of ['Enter', 'Control+Enter']) await prompt.press(key);
  expect(await page.locator('[data-promptseg=run]').isDisabled()).toBe(true);
}

const shown: readonly (readonly [name: string, Shown])[] = [
  ['the panel in OHIF', panelIn('/segment-by-text')],
  ['the panel without OHIF', panelIn('/cornerstone')],
  ['the jobs', { address: () => '/jobs', ready: '[data-job]', within: 'main', only: ['Run again: right lung'] }],
  ['the rules', { address: () => '/rules', ready: '[data-rule]', within: 'main', only: ['New rule'] }],
  ['a rule', { address: () => '/rules?rule=lungs-of-ct', ready: '.trial', within: 'main', only: ['Delete rule'] }],
  ['the models', { address: () => '/models', ready: '[data-promptseg=model]', within: 'main', only: [] }],
  ['the home page', { address: () => '/promptseg', ready: '[data-job]', within: 'main', only: [] }],
];

describe('who may only look', () => {
  it.each(shown)(
    'is offered nothing that is refused, and asks nothing by the Enter key either: %s',
    async (name, { address, ready, within, only }) => {
      const { page, refused, changing } = await openAs('viewer', address(), ready);
      if (only.length > 0) await page.getByText('Your account can').first().waitFor();
      await screenshot(page, `viewer-role-${name.replaceAll(/\W+/g, '-')}`);
      const pressed = await pressEverything(page, within);
      expect(pressed.length).toBeGreaterThan(name === 'the home page' ? -1 : 0);
      for (const label of only) expect(pressed).not.toContain(label);
      expect([refused, changing]).toEqual([[], []]);
      if (within === '.promptseg') {
        await asksNothingByEnter(page);
        expect(await settled(page, async () => [refused, changing], fewFrames)).toEqual([[], []]);
      }
      await page.close();
    },
  );
});

const more: readonly (readonly [name: string, role: string, () => string, ready: string, labels: readonly string[]])[] =
  [
    ['the panel', 'researcher', panelIn('/cornerstone').address, '[data-promptseg=finding]', ['Segment']],
    ['the jobs', 'researcher', () => '/jobs', '[data-job]', ['Run again: right lung']],
    ['the rules', 'rules-administrator', () => '/rules', '[data-rule]', ['New rule']],
  ];

describe('who may do more', () => {
  it.each(more)('is offered it: %s', async (_name, role, address, ready, labels) => {
    const { page } = await openAs(role, address(), ready);
    if (labels[0] === 'Segment') {
      await page.fill('[data-promptseg=prompt]', 'right lung');
      await page.locator('[data-promptseg=run]:enabled').waitFor();
    } else await eventually(() => offered(page, 'main')).toEqual(expect.arrayContaining([...labels]));
    expect(await page.getByText('Your account can').count()).toBe(0);
    await page.close();
  });
});
