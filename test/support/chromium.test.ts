import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, newContext, newPage } from './chromium.js';

let browser: Browser;
let server: Server;
let url: string;
/** What a page sees in a new context. */
let clean: Awaited<ReturnType<typeof use>>;
/** Cookies of each request. */
const asked: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.headers.cookie);
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>of the server</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  browser = await launchChromium();
  const untouched = await (await newContext(browser)).newPage();
  await untouched.goto(url);
  clean = await use(untouched, false);
  await untouched.context().close();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** Leaves something in every place that a page can leave something in, or reads what is there. */
const use = (page: Page, write: boolean) =>
  page.evaluate(async (write) => {
    const { cookieStore } = window as unknown as { cookieStore: { set(name: string, value: string): Promise<void> } };
    if (write) {
      await cookieStore.set('left', 'behind');
      localStorage.setItem('left', 'behind');
      sessionStorage.setItem('left', 'behind');
      await (await caches.open('left')).put('/left', new Response('behind'));
      await new Promise((resolve) => {
        indexedDB.open('left').onsuccess = resolve;
      });
      await (await navigator.storage.getDirectory()).getFileHandle('left', { create: true });
    }
    const files: string[] = [];
    for await (const [name] of await navigator.storage.getDirectory()) files.push(name);
    return {
      cookie: document.cookie,
      stored: [Object.keys(localStorage), Object.keys(sessionStorage)],
      caches: await caches.keys(),
      databases: (await indexedDB.databases()).map(({ name }) => name),
      files,
      permission: (await navigator.permissions.query({ name: 'geolocation' })).state,
      title: document.title,
      named: (window as unknown as { ran?: true }).ran,
    };
  }, write);

/** Of V8; pages of one process share it, and with it the compiled code. */
async function isolateOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const { id } = await session.send('Runtime.getIsolateId');
  await session.detach();
  return id;
}

describe('a page', () => {
  it('finds nothing that an earlier one has left, and is drawn by the same process', async () => {
    const first = await newPage(browser);
    await first.context().grantPermissions(['geolocation']);
    await first.context().route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: 'of a route' }));
    await first.addInitScript(() => Object.assign(window, { ran: true }));
    await first.goto(url);
    expect(await use(first, true)).toEqual({
      cookie: 'left=behind',
      stored: [['left'], ['left']],
      caches: ['left'],
      databases: ['left'],
      files: ['left'],
      permission: 'granted',
      title: '',
      named: true,
    });
    const isolate = await isolateOf(first);
    await first.close();
    asked.length = 0;

    const second = await newPage(browser);
    await second.goto(url);
    expect(await use(second, false)).toEqual(clean);
    expect([asked[0], second.context()]).toEqual([undefined, first.context()]);
    expect(await isolateOf(second)).toBe(isolate);
    await second.close();
  });

  it('shares nothing with one that is open, nor with one of other options', async () => {
    const open = await newPage(browser);
    await open.goto(url);
    await use(open, true);
    const others = await Promise.all([newPage(browser), newPage(browser), newPage(browser, { locale: 'de-DE' })]);
    expect(new Set([open, ...others].map((page) => page.context())).size).toBe(4);
    for (const other of others) {
      await other.goto(url);
      expect(await use(other, false)).toEqual(clean);
    }
    // A page that a script opened is of the same person.
    const [opened] = await Promise.all([open.waitForEvent('popup'), open.evaluate((to) => void window.open(to), url)]);
    await open.close();
    const next = await newPage(browser);
    expect(next.context()).not.toBe(opened.context());
  });
});
