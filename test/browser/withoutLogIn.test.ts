import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import { pageLinks } from '../../viewer-extension/src/pages/parts/linksFor.js';
import { uidsOf } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { newServerData, type ServerData } from '../support/sharedPostgres.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { fewFrames, settled } from './settled.js';

/** A server that other machines reach without a log-in, because its settings say so, and one on loopback. */
let open: Server;
let closed: Server;
let orthanc: TestOrthanc;
let browser: Browser;
const data: ServerData[] = [];
let study: string;

const screenshots = path.resolve(import.meta.dirname, '../screenshots');
const warning = 'anyone who reaches';

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  orthanc = await startTestOrthanc();
  const instances = await smallPhantom('without a log-in');
  await orthanc.upload(instances);
  study = uidsOf(instances[0]!).studyInstanceUID;
  const start = async (flags: readonly string[], settings: Record<string, string>): Promise<Server> => {
    const one = await newServerData('promptseg-without-log-in-');
    data.push(one);
    return startServer({
      archive: orthanc.dicomWebUrl,
      viewer: await setUpViewer(),
      data: one.folder,
      port: await freePort(),
      flags,
      settings: { ...orthanc.settings, ...one.settings, ...settings },
    });
  };
  open = await start(['--host', '0.0.0.0'], { PROMPTSEG_INSECURE: 'true' });
  closed = await start([], {});
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await open?.stop();
  await closed?.stop();
  await orthanc?.stop();
  for (const one of data) await one.remove();
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
  ['cornerstone', () => `/cornerstone?StudyInstanceUIDs=${study}`, '[data-promptseg=series]'],
  ['panel', () => `/segment-by-text?StudyInstanceUIDs=${study}`, '[data-promptseg=series]'],
];

it('pages that have links to others are all looked at', () => {
  const own = pageLinks.map(({ address }) => address).filter((each) => !['/', '/metrics'].includes(each));
  expect(pages.map(([, address]) => address())).toEqual(expect.arrayContaining(own));
});

it.each(pages)(
  'a missing log-in is said where others reach the server, and only there: %s',
  async (name, address, ready) => {
    const page = await newPage(browser);
    await page.goto(open.url + address());
    await page.locator(ready).first().waitFor();
    const shown = page.getByText(warning);
    await shown.waitFor();
    expect(await shown.count()).toBe(1);
    await page.screenshot({ path: path.join(screenshots, `without-log-in-${name}.png`) });

    const account = page.waitForResponse(`${closed.url}/api/v1/account`);
    await page.goto(closed.url + address());
    await page.locator(ready).first().waitFor();
    expect((await (await account).json()).withoutLogIn).toBeUndefined();
    expect(await settled(page, () => page.getByText(warning).count(), fewFrames)).toBe(0);
    await page.close();
  },
);
