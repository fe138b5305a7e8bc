import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
  type Request,
} from 'playwright-core';
import { setUpChromium } from '../../scripts/setup/chromium.mjs';
import { waitLimitMs } from './limits.mjs';
import { oneProcessPerSite, pageOfReusedContext } from './reusedContexts.js';

/**
 * This machine's Chromium, headless, with WebGL in software: the tests need no graphics card.
 * @param more further command-line switches
 */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: await setUpChromium(),
    timeout: waitLimitMs,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--headless=new',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-dev-shm-usage',
      oneProcessPerSite,
      ...more,
    ],
  });
}

const inFlight = new WeakMap<Page, Set<Request>>();

/** Whether requests are in progress, except the endless stream of a job's events. */
export const isLoading = (page: Page): boolean => (inFlight.get(page)?.size ?? 0) > 0;

/** Ordinary size; and what moves only to show that something goes on stands still, for each frame of it is drawn. */
const ordinary: BrowserContextOptions = { viewport: { width: 1100, height: 700 }, reducedMotion: 'reduce' };

/** A page of ordinary size whose waits end only at a hang, with nothing of other pages. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await pageOfReusedContext(browser, { ...ordinary, ...options });
  page.context().setDefaultTimeout(waitLimitMs);
  const requests = new Set<Request>();
  inFlight.set(page, requests);
  page.on('request', (request) => {
    if (!new URL(request.url()).pathname.endsWith('/events')) requests.add(request);
  });
  page.on('requestfinished', (request) => requests.delete(request));
  page.on('requestfailed', (request) => requests.delete(request));
  return page;
}

/** A context for several pages of one person, with the same cookies, whose waits end only at a hang. */
export async function newContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext(ordinary);
  context.setDefaultTimeout(waitLimitMs);
  return context;
}
