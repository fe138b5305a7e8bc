import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openMode, runAndSee } from '../browser/viewerPage.js';
import { uidsOf } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';

const hook = path.resolve(import.meta.dirname, '../support/countAttempts.cjs');

let folder: string;
/** `--require` for `NODE_OPTIONS`. */
let counting: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-egress-'));
  await copyFile(hook, path.join(folder, 'countAttempts.cjs'));
  counting = `--require ${folder}/countAttempts.cjs`;
  // The browser, its pages and their workers find no name but that of this machine.
  browser = await launchChromium(['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']);
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const name of await readdir(folder)) if (name.endsWith('.txt')) await rm(path.join(folder, name));
});

/** What each process has noted so far, without its first line; by its program's name. */
async function attempts(): Promise<Record<string, readonly string[]>> {
  const noted: Record<string, readonly string[]> = {};
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.txt'))) {
    const [program = '', ...lines] = (await readFile(path.join(folder, name), 'utf8')).trim().split('\n');
    const key = path.basename(program);
    noted[key] = [...(noted[key] ?? []), ...lines];
  }
  return noted;
}

describe('the counter', () => {
  it.each([
    ["fetch('http://seg.example/')", ['dns.lookup seg.example']],
    ["fetch('http://192.0.2.7/', { signal: AbortSignal.timeout(50) })", ['connect 192.0.2.7']],
    ["require('node:dns').promises.resolveTxt('seg.example')", ['dns.resolveTxt seg.example']],
    ["require('node:dgram').createSocket('udp4').send('x', 53, '192.0.2.7', () => process.exit())", ['send 192.0.2.7']],
    ["fetch('http://127.0.0.1:1/')", []],
    ["fetch('http://localhost:1/')", []],
  ])('sees %s', async (code, expected) => {
    const env = { PATH: process.env.PATH, NODE_OPTIONS: counting };
    await promisify(execFile)(process.execPath, ['-e', `Promise.resolve(${code}).catch(() => {});`], { env });
    expect([...new Set((await attempts()).typed)]).toEqual(expected);
  });
});

describe('the product, a job, the pages and the panel, where no other name is found', () => {
  it('work, and nothing tries to leave this machine', async () => {
    const instances = await smallPhantom('no egress');
    const { studyInstanceUID } = uidsOf(instances[0]!);
    const product: Product = await startProduct({
      instances,
      // A database on a server would be one more address.
      embeddedDatabase: true,
      settings: { NODE_OPTIONS: counting },
    });
    const asked = new Set<string>();
    try {
      const addresses = ['/promptseg', '/jobs', '/rules', '/models', '/help', '/api', '/'];
      for (const address of [...addresses, `/cornerstone?StudyInstanceUIDs=${studyInstanceUID}`]) {
        const page = await newPage(browser);
        page.on('request', (request) => asked.add(new URL(request.url()).host));
        expect((await page.goto(product.url + address, { waitUntil: 'load' }))?.status()).toBe(200);
        if (address.startsWith('/cornerstone')) await page.locator('canvas').first().waitFor();
        await page.context().close();
      }
      const { page } = await openMode(browser, product.url, studyInstanceUID, 'segment-by-text');
      page.on('request', (request) => asked.add(new URL(request.url()).host));
      await runAndSee(page, 'left lung');
      await page.context().close();
    } finally {
      await product.stop();
    }
    // `blob:` and `data:` have no host.
    expect([...asked].filter((host) => host !== '' && host !== new URL(product.url).host)).toEqual([]);
    const noted = await attempts();
    expect(Object.keys(noted)).toEqual(expect.arrayContaining(['promptseg.mjs', 'workerMain.js']));
    expect(Object.entries(noted).filter(([, lines]) => lines.length > 0)).toEqual([]);
  });
});
