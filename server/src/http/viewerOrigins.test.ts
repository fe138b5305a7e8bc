import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { readConfig } from '../platform/config.js';
import { sendProblems } from './problems.js';
import { requestGuard } from './requestGuard.js';
import { allowViewers } from './viewerOrigins.js';

const { allowedHosts, viewerOrigins } = readConfig(
  {},
  { PROMPTSEG_VIEWER_ORIGINS: 'http://127.0.0.1:8042, https://PACS.example:443/ http://[::1]:8042' },
);

let server: Server;
beforeAll(async () => {
  const application = express();
  application.use(requestGuard(allowedHosts, viewerOrigins), allowViewers(viewerOrigins));
  application.use((_request, response) => void response.json('here'));
  application.use(sendProblems);
  server = createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());

interface Response {
  readonly status: number | undefined;
  /** The CORS headers, without `Access-Control-`, and Vary. */
  readonly cors: Record<string, unknown>;
}

/** @param path sent as it is */
function send(method: string, path: string, headers: Record<string, string>): Promise<Response> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const sending = request({ port, host: '127.0.0.1', method, path, headers }, (response) => {
      response.resume();
      const cors = Object.entries(response.headers).flatMap(([name, value]) =>
        name === 'vary' || name.startsWith('access-control-') ? [[name.replace('access-control-', ''), value]] : [],
      );
      resolve({ status: response.statusCode, cors: Object.fromEntries(cors) });
    });
    sending.once('error', reject).end();
  });
}

const viewer = { origin: 'http://127.0.0.1:8042', 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' };
const allowed = {
  status: 200,
  cors: {
    'allow-origin': viewer.origin,
    'allow-credentials': 'true',
    'expose-headers': 'Content-Disposition',
    vary: 'Origin',
  },
};

describe('PROMPTSEG_VIEWER_ORIGINS', () => {
  it('are written as browsers write them', () => {
    expect(viewerOrigins).toEqual(['http://127.0.0.1:8042', 'https://pacs.example', 'http://[::1]:8042']);
    expect(readConfig({}, {}).viewerOrigins).toEqual([]);
  });

  it.each([
    '*',
    'null',
    'pacs.example',
    'https://*.example',
    'https://pacs.example/ohif',
    'https://me@pacs.example',
    'ftp://pacs.example',
    'http://pacs.example:99999',
    'http://pacs.example?x',
  ])('refuses %s', (PROMPTSEG_VIEWER_ORIGINS) => {
    expect(() => readConfig({}, { PROMPTSEG_VIEWER_ORIGINS })).toThrow(/PROMPTSEG_VIEWER_ORIGINS.*not an origin/);
  });
});

describe('a page of a named origin', () => {
  it.each(['GET', 'POST', 'PUT', 'DELETE'])('may %s the API, and load the plugins', async (method) => {
    expect(await send(method, '/api/v1/segmentations', viewer)).toEqual(allowed);
    expect(await send(method, '/plugins/segment-by-text.js', { ...viewer, 'sec-fetch-site': 'cross-site' })).toEqual(
      allowed,
    );
  });

  it('may from a browser that names no site, over plain HTTP', async () => {
    expect(await send('GET', '/api/v1/queue', { origin: viewer.origin })).toEqual(allowed);
    expect(await send('GET', '/api/v1/queue', { origin: 'https://pacs.example' })).toMatchObject({ status: 200 });
  });

  it('learns from a preflight request what it may send', async () => {
    const preflight = {
      ...viewer,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'x-other',
    };
    expect(await send('OPTIONS', '/api/v1/segmentations', preflight)).toEqual({
      status: 204,
      cors: {
        'allow-origin': viewer.origin,
        'allow-credentials': 'true',
        'allow-methods': 'GET,POST,PUT,DELETE',
        'allow-headers': 'Authorization,Content-Type',
        'expose-headers': 'Content-Disposition',
        'max-age': '600',
        vary: 'Origin',
      },
    });
  });

  it.each([
    '/',
    '/jobs',
    '/dicom-web/studies',
    '/ups-rs/workitems',
    '/auth/sign-in',
    '/metrics',
    '/api',
    '/api/v10/queue',
    '/api/v1',
    '/plugins',
    '/pluginsX/file.js',
    '/x/api/v1/queue',
    '//api/v1/queue',
  ])('may not use %s', async (path) => {
    for (const method of ['GET', 'POST', 'OPTIONS'])
      expect([method, await send(method, path, viewer)]).toMatchObject([method, { status: 403 }]);
  });

  it.each([
    ['of its own site', { 'sec-fetch-site': 'same-origin' }],
    ['of no site', { 'sec-fetch-site': 'none' }],
    ['a form', { 'sec-fetch-mode': 'navigate' }],
    ['one whose response it may not read', { 'sec-fetch-mode': 'no-cors' }],
    ['a WebSocket', { 'sec-fetch-mode': 'websocket' }],
  ])('may send none that says to be %s', async (_, headers) => {
    expect(await send('POST', '/api/v1/segmentations', { ...viewer, ...headers })).toMatchObject({ status: 403 });
  });
});

describe('a page of another origin', () => {
  it.each([
    'http://127.0.0.1:8043',
    'http://127.0.0.1',
    'https://127.0.0.1:8042',
    'http://localhost:8042',
    'http://127.0.0.1:8042.evil.example',
    'http://127.0.0.1:8042/',
    'HTTP://127.0.0.1:8042',
    'https://pacs.example.',
    'https://pacs.example:443',
    'https://evil.pacs.example',
    'null',
  ])('%s may use nothing, and is given no CORS header', async (origin) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const { status, cors } = await send(method, '/api/v1/segmentations', { ...viewer, origin });
      expect([method, status, cors]).toEqual([method, 403, {}]);
    }
  });

  it('may use nothing where no origin is sent', async () => {
    const { origin: _, ...without } = viewer;
    expect((await send('GET', '/api/v1/segmentations', without)).status).toBe(403);
  });
});

it('a copy for our own page is none for another one', async () => {
  expect(await send('GET', '/plugins/segment-by-text.js', {})).toEqual({ status: 200, cors: { vary: 'Origin' } });
});
