import { createHash } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Job } from '../../server/contract/job.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { call, submit, uidsOf, waitFor } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';

/**
 * Web pages that are open in a browser on the machine, in real Chromium: one of another origin, one on another port of
 * this machine, and one whose name was pointed at this server after it had loaded (DNS rebinding). Each tries what
 * could be done without the guard.
 */
let product: Product;
let browser: Browser;
let attacker: HttpServer;
let attackerPort: number;
let page: Page;
let patient: string;
let job: Job;

beforeAll(async () => {
  const instances = await smallPhantom('Victim');
  product = await startProduct({ instances });
  // Orthanc's id of a patient is a digest of the PatientID: nobody needs to read it.
  const digest = createHash('sha1')
    .update(parseInstance(instances[0]!).string('x00100020') ?? '')
    .digest('hex');
  patient = (digest.match(/.{8}/g) ?? []).join('-');
  const { body } = await submit(product, { ...uidsOf(instances[0]!), prompts: ['left lung'] });
  job = await waitFor(product, body.id);
  attacker = createServer((_request, response) =>
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>attacker</title><a id=link>study</a>'),
  );
  await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
  attackerPort = (attacker.address() as AddressInfo).port;
  browser = await launchChromium([
    '--host-resolver-rules=MAP *.attacker.test 127.0.0.1',
    // The questions that Chromium asks before a public page reaches this machine depend on its version; here the server
    // is to hold alone.
    '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,' +
      'PrivateNetworkAccessSendPreflights',
  ]);
});
beforeEach(async () => {
  await page?.close();
  page = await newPage(browser);
});
afterAll(async () => {
  await browser?.close();
  attacker?.close();
  await product?.stop();
});

/** What a script can do without asking anybody; gives what it could read. */
async function tryEverything(target: string): Promise<readonly string[]> {
  return page.evaluate(
    async ({ target, patient, job }) => {
      const read: string[] = [];
      const posts: [string, string | undefined, string | undefined][] = [
        ['/dicom-web/..%2ftools%2fbulk-delete', JSON.stringify({ Resources: [patient] }), undefined],
        [`/dicom-web/..%2fpatients%2f${patient}`, undefined, undefined],
        ['/dicom-web/..%2ftools%2fshutdown', undefined, undefined],
        ['/dicom-web/..%2finstances', 'DICM', 'text/plain'],
        ['/dicom-web/servers/evil/stow', '{}', 'text/plain'],
        ['/dicom-web/studies', '--b--', 'text/plain'],
        [`/api/v1/segmentations/${job}/rerun`, undefined, undefined],
        [`/api/v1/segmentations/${job}/rerun`, '{}', 'text/plain'],
        ['/api/v1/rules', '{}', 'application/x-www-form-urlencoded'],
        ['/api/v1/rules/parked/1.2.3/release', undefined, undefined],
        ['/ups-rs/workitems/1.2.3/cancelrequest', undefined, undefined],
      ];
      for (const mode of ['no-cors', 'cors', 'same-origin'] as const)
        for (const [address, body, type] of posts)
          for (const referrerPolicy of ['unsafe-url', 'no-referrer'] as const)
            await fetch(target + address, {
              method: 'POST',
              mode,
              referrerPolicy,
              credentials: 'include',
              ...(body !== undefined && { body }),
              ...(type !== undefined && { headers: { 'content-type': type } }),
            })
              .then(async (response) => response.ok && read.push(`POST ${address}: ${await response.text()}`))
              .catch(() => {});
      for (const method of ['PUT', 'DELETE', 'PATCH'])
        for (const address of ['/dicom-web/servers/evil', `/api/v1/segmentations/${job}/result`, '/api/v1/rules'])
          await fetch(target + address, { method, headers: { 'content-type': 'application/json' }, body: '{}' })
            .then(({ ok }) => ok && read.push(`${method} ${address}`))
            .catch(() => {});
      for (const address of [
        '/dicom-web/studies',
        '/api/v1/segmentations',
        '/api/v1/workers',
        '/metrics',
        '/jobs',
        '/',
      ])
        for (const mode of ['cors', 'no-cors', 'same-origin'] as const)
          await fetch(target + address, { mode })
            .then(
              async (response) => response.ok && read.push(`GET ${address}: ${(await response.text()).slice(0, 100)}`),
            )
            .catch(() => {});
      navigator.sendBeacon(`${target}/api/v1/segmentations/${job}/rerun`);
      const opened = (label: string, source: EventTarget, good: string) =>
        new Promise<void>((resolve) => {
          source.addEventListener(good, () => {
            read.push(label);
            resolve();
          });
          source.addEventListener('error', () => resolve());
        });
      const events = new EventSource(`${target}/api/v1/segmentations/events`);
      await opened('EventSource', events, 'open');
      events.close();
      await opened('WebSocket', new WebSocket(`${target.replace('http', 'ws')}/api/v1/segmentations/events`), 'open');
      const picture = new Image();
      picture.src = `${target}/api/v1/segmentations/${job}/picture.png`;
      await opened('picture', picture, 'load');
      for (const type of ['', 'module']) {
        const script = document.createElement('script');
        if (type) script.type = type;
        script.src = `${target}/app-config.js`;
        document.head.append(script);
        await opened(`script ${type}`, script, 'load');
      }
      const sheet = document.createElement('link');
      sheet.rel = 'stylesheet';
      sheet.href = `${target}/jobs/jobs.css`;
      document.head.append(sheet);
      await opened('style sheet', sheet, 'load');
      return read;
    },
    { target, patient, job: job.id },
  );
}

async function expectUntouched(): Promise<void> {
  expect((await product.archive.ask(`/patients/${patient}`)).status).toBe(200);
  expect((await (await product.archive.ask('/patients')).json()) as unknown).toHaveLength(1);
  expect(await (await product.archive.ask('/dicom-web/servers')).json()).toEqual([]);
  const { body } = await call<{ segmentations: Job[] }>(product, 'GET', '/segmentations');
  expect(body.segmentations.map(({ id, state, result }) => [id, state, result])).toEqual([
    [job.id, job.state, job.result],
  ]);
  expect((await fetch(`${product.url}/readyz`)).status).toBe(200);
}

describe('C3, C3b, C11: a page of another origin', () => {
  it.each([
    ['another site', () => `http://www.attacker.test:${attackerPort}/`],
    ['another port of this machine', () => `http://127.0.0.1:${attackerPort}/`],
    ['another name of this machine', () => `http://localhost:${new URL(product.url).port}/jobs`],
  ])('reads and changes nothing: %s', async (_, address) => {
    await page.goto(address());
    expect(await tryEverything(product.url)).toEqual([]);
    await expectUntouched();
  });

  it('reads and changes nothing from a sandboxed frame, whose origin is "null"', async () => {
    await page.goto(`http://www.attacker.test:${attackerPort}/`);
    const outcome = await page.evaluate(
      ({ target, job }) =>
        new Promise((resolve) => {
          addEventListener('message', ({ data }) => resolve(data));
          const frame = document.createElement('iframe');
          frame.sandbox.add('allow-scripts');
          frame.srcdoc = `<script>Promise.allSettled([
            fetch('${target}/api/v1/segmentations/${job}/rerun', { method: 'POST', mode: 'no-cors' }),
            fetch('${target}/api/v1/segmentations').then((response) => response.text()),
          ]).then(([, read]) => parent.postMessage(read.status, '*'))</script>`;
          document.body.append(frame);
        }),
      { target: product.url, job: job.id },
    );
    expect(outcome).toBe('rejected');
    await expectUntouched();
  });

  it('sends no form', async () => {
    for (const [address, encoding] of [
      ['/dicom-web/..%2ftools%2fbulk-delete', 'text/plain'],
      [`/api/v1/segmentations/${job.id}/rerun`, 'application/x-www-form-urlencoded'],
      ['/dicom-web/studies', 'multipart/form-data'],
    ] as const) {
      const sender = await newPage(browser);
      await sender.goto(`http://www.attacker.test:${attackerPort}/`);
      const response = sender.waitForResponse((each) => each.url().startsWith(product.url));
      await sender.evaluate(
        ({ action, encoding, patient }) => {
          const form = document.createElement('form');
          Object.assign(form, { method: 'POST', action, enctype: encoding });
          const field = document.createElement('input');
          Object.assign(field, { name: `{"Resources":["${patient}"],"a":"`, value: '"}' });
          form.append(field);
          document.body.append(form);
          form.submit();
        },
        { action: product.url + address, encoding, patient },
      );
      expect((await response).status()).toBe(403);
      await sender.close();
    }
    await expectUntouched();
  });

  it('reaches nothing at the port of Orthanc itself', async () => {
    await page.goto(`http://www.attacker.test:${attackerPort}/`);
    await page.evaluate(
      async ({ orthanc, patient }) => {
        const body = JSON.stringify({ Resources: [patient] });
        for (const address of ['/tools/bulk-delete', '/tools/shutdown', '/instances'])
          await fetch(orthanc + address, { method: 'POST', mode: 'no-cors', credentials: 'include', body }).catch(
            () => {},
          );
      },
      { orthanc: product.archive.url, patient },
    );
    await expectUntouched();
  });

  it('puts none of our pages into a frame', async () => {
    await page.goto(`http://www.attacker.test:${attackerPort}/`);
    for (const address of ['/jobs', '/rules', '/cornerstone', '/', '/api/v1/segmentations', '/dicom-web/studies']) {
      const response = page.waitForResponse(product.url + address);
      await page.evaluate((src) => {
        document.querySelector('iframe')?.remove();
        document.body.append(Object.assign(document.createElement('iframe'), { src }));
      }, product.url + address);
      expect([address, (await response).status()]).toEqual([address, 403]);
    }
  });

  it('may link to a study, which opens', async () => {
    await page.goto(`http://www.attacker.test:${attackerPort}/`);
    const { studyInstanceUID } = job.request;
    await page.evaluate(
      (href) => Object.assign(document.getElementById('link')!, { href }).click(),
      `${product.url}/cornerstone?StudyInstanceUIDs=${studyInstanceUID}`,
    );
    await page.locator('canvas').first().waitFor();
    expect(new URL(page.url()).origin).toBe(product.url);
  });
});

describe('C4: a page whose name points at this server', () => {
  it('is not served, and reads and changes nothing', async () => {
    const rebound = `http://rebind.attacker.test:${new URL(product.url).port}`;
    for (const address of ['/jobs', '/rules', '/', '/api/v1/segmentations', '/dicom-web/studies'])
      expect([address, (await page.goto(rebound + address))?.status()]).toEqual([address, 421]);
    // Such a page has loaded before its name was pointed elsewhere; the same origin in the browser's eyes.
    await page.route(`${rebound}/loaded-before`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>attacker</title>' }),
    );
    await page.goto(`${rebound}/loaded-before`);
    expect(await tryEverything(rebound)).toEqual([]);
    await expectUntouched();
  });
});
