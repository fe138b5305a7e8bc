import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../../../scripts/setup/freePort.mjs';
import { type Server, startServer } from '../../../scripts/setup/server.mjs';
import { setUpViewer } from '../../../scripts/setup/viewer.mjs';
import { type ArchiveProxy, startArchiveProxy } from '../../support/archiveProxy.js';
import { launchChromium, newPage } from '../../support/chromium.js';
import { startTestOrthanc, type TestOrthanc } from '../../support/orthanc.js';
import { newServerData, type ServerData } from '../../support/sharedPostgres.js';
import { tinyBody } from '../../support/tinyBody.js';

/** One product and one browser for the pages /jobs and /rules, neither of which draws images. */

export let orthanc: TestOrthanc;
export let archive: ArchiveProxy;
/** A destination: the same archive by another address. */
export let research: ArchiveProxy;
export let server: Server;
export let browser: Browser;
let data: ServerData;
let port: number;

export const rulesFile = (): string => path.join(data.folder, 'rules.yaml');

/** Starts the server, on the same port and data at each time. */
export async function start(): Promise<void> {
  server = await startServer({
    archive: archive.url,
    viewer: await setUpViewer(),
    data: data.folder,
    port,
    settings: {
      ...orthanc.settings,
      ...data.settings,
      PROMPTSEG_ORTHANC_URL: orthanc.url,
      PROMPTSEG_RULES_FILE: rulesFile(),
      PROMPTSEG_DESTINATIONS_FILE: path.join(data.folder, 'destinations.yaml'),
    },
  });
}

/** The archive holds one series. */
export async function startAll(): Promise<void> {
  orthanc = await startTestOrthanc();
  await orthanc.upload(await tinyBody('Chest CT 1'));
  archive = await startArchiveProxy(orthanc);
  research = await startArchiveProxy(orthanc);
  data = await newServerData('promptseg-jobs-and-rules-');
  const destinations = { version: 1, destinations: { research: { dicomWeb: { url: research.url } } } };
  await writeFile(path.join(data.folder, 'destinations.yaml'), JSON.stringify(destinations));
  await writeFile(rulesFile(), 'version: 1\nrules: []\n');
  port = await freePort();
  await start();
  browser = await launchChromium();
}

export async function stopAll(): Promise<void> {
  await browser?.close();
  await server?.stop();
  archive?.close();
  research?.close();
  await orthanc?.stop();
  await data?.remove();
}

export interface OpenedPage {
  readonly page: Page;
  /** Errors, and page loads after the first. */
  readonly incidents: string[];
}

export async function openPage(address: string): Promise<OpenedPage> {
  const page = await newPage(browser, { viewport: { width: 1400, height: 1000 } });
  const incidents: string[] = [];
  page.on('pageerror', (error) => incidents.push(String(error.stack)));
  // A picture that the archive keeps from being drawn is left out; the browser notes the refused request.
  page.on('console', (message) => {
    const isPicture = message.location().url.endsWith('?size=thumbnail');
    if (message.type() === 'error' && !isPicture) incidents.push(message.text());
  });
  page.on('load', () => incidents.push('page load'));
  await page.goto(`${server.url}${address}`);
  incidents.length = 0;
  return { page, incidents };
}

/** Widths at which the page is wider than the window, of those asked for; afterwards the window is as it was. */
export async function widthsTooNarrow(
  page: Page,
  widths: readonly number[],
  look: (width: number) => Promise<void> = async () => {},
): Promise<number[]> {
  const tooNarrow: number[] = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await page.waitForFunction((wanted) => window.innerWidth === wanted, width);
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (wider > 0) tooNarrow.push(width);
    await look(width);
  }
  await page.setViewportSize({ width: 1400, height: 1000 });
  return tooNarrow;
}
