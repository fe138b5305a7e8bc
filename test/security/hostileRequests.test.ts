import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routeNeeds } from '../../server/src/access/scopes.js';
import { until } from '../support/until.js';
import { rawRequest } from './rawRequest.js';
import { listedSeries, type ServerUnderTest, startServerUnderTest } from './serverUnderTest.js';

/** Requests that a parser of the server, or of whatever stands in front of it, might read in two ways. */
let open: ServerUnderTest;
/** Whom nobody is signed in to. */
let closed: ServerUnderTest;
beforeAll(async () => {
  open = await startServerUnderTest();
  closed = await startServerUnderTest({
    flags: ['--host', '0.0.0.0'],
    settings: () => ({ PROMPTSEG_AUTH: 'proxy', PROMPTSEG_TRUSTED_PROXIES: '192.0.2.1' }),
  });
});
afterAll(async () => {
  await open?.stop();
  await closed?.stop();
});

const host = 'Host: HOST';
const close = 'Connection: close';
const chunked = 'Transfer-Encoding: chunked';
const json = 'Content-Type: application/json';
/** An address of the route. */
const targetOf = (path: string): string => path.replace('{*path}', 'studies').replaceAll(/:\w+/g, '1.2.3');
const idOf = (text: string): string => (JSON.parse(text) as { id: string }).id;

describe('an address written in another way', () => {
  it.each([
    '/API/V1/Keys',
    '/api/v1/keys/',
    '/api/v1/%6beys',
    '/%61pi/v1/keys',
    '/api/v1//keys',
    '//api/v1/keys',
    '/./api/v1/keys',
    '/healthz/../api/v1/keys',
    '/auth/../api/v1/keys',
    '/auth/%2e%2e/api/v1/keys',
    '/auth/..%2fapi/v1/keys',
    '/api/v1/account/../keys',
    '/api/v1/keys;a=b',
    '/api/v1/keys%20',
    '/api/v1/keys?/healthz',
    '/api/v1/keys#/healthz',
    '/METRICS',
    '/metrics/',
    '/metrics//',
    '/%6detrics',
    '/metrics%2f',
    '/metrics;',
    '/UPS-RS/workitems',
    '/ups-rs//workitems',
    '/Dicom-Web/studies',
    '/dicom-web//studies',
    '/dicom-web/./studies',
    '/healthz/%2e%2e/dicom-web/studies',
    '/JOBS',
    '/jobs/..%2f..%2fpackage.json',
    '/plugins/..%2f..%2f..%2fpackage.json',
    '/..%2f..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..\\..\\etc\\passwd',
  ])('opens nothing to a stranger: %s', async (target) => {
    for (const method of ['GET', 'POST', 'HEAD']) {
      const lines = [`${method} ${target} HTTP/1.1`, host, close, 'Content-Length: 0'];
      const { status, text } = await rawRequest(closed.url, lines);
      expect([target, method, [400, 401, 403, 404].includes(status)]).toEqual([target, method, true]);
      expect(text).not.toMatch(/psk_|promptseg_jobs|root:|"dependencies"/);
    }
  });

  it.each(['/..%2f..%2fpackage.json', '/plugins/..%2f..%2fpackage.json', '/jobs/%2e%2e%2f%2e%2e%2fpackage.json'])(
    'reads no file elsewhere, without a log-in either: %s',
    async (target) => {
      const { text } = await rawRequest(open.url, [`GET ${target} HTTP/1.1`, host, close]);
      expect(text).not.toMatch(/"(dependencies|workspaces)"/);
    },
  );
});

describe('a method by another name', () => {
  it('is not taken from a header, the address or the body', async () => {
    const { text } = await open.send('POST', '/api/v1/segmentations', { ...listedSeries, prompts: ['left lung'] });
    const address = `/api/v1/segmentations/${idOf(text)}`;
    for (const header of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])
      for (const method of ['GET', 'POST'])
        await rawRequest(open.url, [`${method} ${address}?_method=DELETE HTTP/1.1`, host, close, `${header}: DELETE`]);
    await open.send('POST', address, { _method: 'DELETE' });
    const { state, cancelledBy } = JSON.parse((await open.send('GET', address)).text);
    expect([state, cancelledBy]).toEqual([expect.not.stringMatching(/cancel/), undefined]);
  });

  it.each(['TRACE', 'TRACK', 'DEBUG', 'PROPFIND', 'MKCOL', 'MOVE', 'PURGE', 'get', 'G'])(
    '%s is none',
    async (method) => {
      const { status } = await rawRequest(open.url, [`${method} /api/v1/models HTTP/1.1`, host, close]);
      expect([400, 404, 405]).toContain(status);
    },
  );

  it('is not on any route but those of the table', async () => {
    const isServed = (method: string, target: string): boolean =>
      routeNeeds.some(
        ([each, path]) =>
          each === method && new RegExp(`^${path.replace('{*path}', '.*').replaceAll(/:\w+/g, '[^/]+')}$`).test(target),
      );
    let refused = 0;
    for (const target of new Set(routeNeeds.map(([, path]) => targetOf(path))))
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT']) {
        if (isServed(method, target)) continue;
        const { status, text } = await rawRequest(open.url, [`${method} ${target} HTTP/1.1`, host, close]);
        expect([method, target, status]).toEqual([method, target, 404]);
        expect(text).not.toMatch(/access-control-allow|\r\nallow:/i);
        refused++;
      }
    expect(refused).toBeGreaterThan(300);
  });

  it('HEAD gets what GET gets, without a body, and ends', async () => {
    for (const [method, path, need] of routeNeeds) {
      if (method !== 'GET' || path.startsWith('/auth/') || path.includes('dicom-web')) continue;
      const target = targetOf(path);
      const { text } = await rawRequest(open.url, [`HEAD ${target} HTTP/1.1`, host, close]);
      expect([target, text.split('\r\n\r\n')[1]]).toEqual([target, '']);
      if (need === 'open') continue;
      expect([target, (await rawRequest(closed.url, [`HEAD ${target} HTTP/1.1`, host, close])).status]).toEqual([
        target,
        401,
      ]);
    }
  });

  it('OPTIONS allows no other page anything', async () => {
    for (const target of ['*', '/api/v1/rules', '/dicom-web/studies']) {
      const asked = ['Access-Control-Request-Method: DELETE', 'Access-Control-Request-Headers: authorization'];
      const { text } = await rawRequest(open.url, [`OPTIONS ${target} HTTP/1.1`, host, close, ...asked]);
      expect(text).not.toMatch(/access-control-allow/i);
    }
  });
});

describe('a body whose end can be seen in two places', () => {
  const post = (...lines: string[]) => ['POST /api/v1/prompts/resolve HTTP/1.1', host, close, json, ...lines];
  const body = '{"prompts":["bone"]}';
  const inChunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

  it('is read where there is one only', async () => {
    expect((await rawRequest(open.url, post(`Content-Length: ${body.length}`), body)).status).toBe(200);
    expect((await rawRequest(open.url, post(chunked), inChunks)).status).toBe(200);
  });

  it.each([
    ['a length and chunks', [`Content-Length: ${body.length}`, chunked], inChunks],
    ['chunks and a length', [chunked, 'Content-Length: 4'], inChunks],
    ['two lengths', ['Content-Length: 4', `Content-Length: ${body.length}`], body],
    ['a list of lengths', [`Content-Length: ${body.length}, ${body.length}`], body],
    ['a length with a sign', [`Content-Length: +${body.length}`], body],
    ['a length in hexadecimal', ['Content-Length: 0x14'], body],
    ['a length behind a space', [`Content-Length : ${body.length}`], body],
    ['another coding', ['Transfer-Encoding: xchunked'], inChunks],
    ['chunks that are not last', ['Transfer-Encoding: chunked, identity'], inChunks],
    ['chunks twice', [chunked, chunked], inChunks],
    ['a folded coding', ['Transfer-Encoding:', ' chunked', `Content-Length: ${body.length}`], inChunks],
    ['a size that is none', [chunked], `zz\r\n${body}\r\n0\r\n\r\n`],
    ['a negative size', [chunked], `-14\r\n${body}\r\n0\r\n\r\n`],
    ['a size beyond all numbers', [chunked], `${'f'.repeat(40)}\r\n${body}\r\n0\r\n\r\n`],
    ['a chunk longer than it says', [chunked], `3\r\n${body}\r\n0\r\n\r\n`],
    ['a line feed alone', [chunked], `${body.length.toString(16)}\n${body}\n0\n\n`],
  ])('is refused: %s', async (_what, lines, sent) => {
    const hidden = `GET /api/v1/rules HTTP/1.1\r\n${host}\r\n\r\n`;
    const { status, text } = await rawRequest(open.url, post(...lines), sent + hidden.replace('HOST', 'x'));
    expect(status).toBe(400);
    // What follows is no request of its own.
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it('of a search in the archive is refused, and does not become the next request to the archive', async () => {
    const hidden = 'DELETE /dicom-web/studies/1.2.3 HTTP/1.1\r\nHost: x\r\n\r\n';
    // What is no chunk is refused by the parser already.
    for (const lines of [[`Content-Length: ${hidden.length}`], [chunked]])
      expect([404, 400]).toContain(
        (await rawRequest(open.url, ['GET /dicom-web/studies HTTP/1.1', host, close, ...lines], hidden)).status,
      );
  });
});

describe('a body in other clothes', () => {
  const post = (body: Uint8Array, headers: Record<string, string>) =>
    open.send('POST', '/api/v1/prompts/resolve', body, { 'Content-Type': 'application/json', ...headers });

  it.each(['utf-16le', 'utf-16be', 'utf-16', 'utf-32', 'utf-7', 'latin1', 'x'])(
    'is read in UTF-8 only: %s',
    async (charset) => {
      // In UTF-16, U+2200 has the byte of a quotation mark: a check of bytes would take the rest for a text.
      const nested = `{"prompts":["∀"],"a":${'['.repeat(5000)}`;
      const body = Buffer.from(charset === 'utf-16le' ? Buffer.from(nested, 'utf16le') : nested);
      const response = await post(body, { 'Content-Type': `application/json; charset=${charset}` });
      expect([400, 415]).toContain(response.status);
      expect(response.code).toBe('request-invalid');
    },
  );

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('does not unfold into more than it may be: %s', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(20e6, ' '));
    expect(bomb.length).toBeLessThan(256_000);
    const response = await post(bomb, { 'Content-Encoding': encoding });
    expect([response.status, response.code]).toEqual([413, 'body-too-large']);
    const whole = compress(Buffer.from('{"prompts":["bone"]}'));
    expect((await post(whole, { 'Content-Encoding': encoding })).status).toBe(200);
  });

  it.each(['x', 'gzip, gzip', 'compress'])('is refused if nobody knows its encoding: %s', async (encoding) => {
    const response = await post(Buffer.from('{"prompts":["bone"]}'), { 'Content-Encoding': encoding });
    expect([response.status, response.code]).toEqual([400, 'request-invalid']);
  });
});

describe('a header that means something elsewhere', () => {
  it.each([
    ['NUL in a value', 'X-A: a\0b'],
    ['a line feed in a value', 'X-A: a\nX-Forwarded-User: ada'],
    ['a carriage return alone', 'X-A: a\rX-Forwarded-User: ada'],
    ['no name', ': a'],
    ['20 kB', `X-A: ${'a'.repeat(20_000)}`],
  ])('is refused: %s', async (_what, header) => {
    const { status } = await rawRequest(closed.url, ['GET /api/v1/models HTTP/1.1', host, close, header]);
    expect([400, 401, 431]).toContain(status);
  });

  it('a trailer says nothing of who asks', async () => {
    const lines = ['POST /api/v1/prompts/resolve HTTP/1.1', host, close, json, chunked, 'Trailer: X-Forwarded-User'];
    const { status } = await rawRequest(closed.url, lines, '0\r\nX-Forwarded-User: ada\r\n\r\n');
    expect(status).toBe(401);
  });

  it.each(['websocket', 'h2c', 'TLS/1.0', 'HTTP/3.0'])('no connection becomes one of %s', async (protocol) => {
    for (const target of ['/api/v1/segmentations/events', '/dicom-web/studies', '/healthz', '/']) {
      const upgrade = [
        `GET ${target} HTTP/1.1`,
        host,
        'Connection: Upgrade, HTTP2-Settings',
        `Upgrade: ${protocol}`,
        'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version: 13',
      ];
      const { status, text } = await rawRequest(open.url, upgrade, '', 'head');
      expect([target, status]).toEqual([target, 200]);
      expect(text).not.toMatch(/^HTTP\/1\.1 101|\r\nupgrade:/im);
    }
  });

  it('HTTP/1.0 needs a Host, too', async () => {
    expect((await rawRequest(open.url, ['GET /api/v1/models HTTP/1.0'])).status).toBe(400);
    expect((await rawRequest(open.url, ['GET /api/v1/models HTTP/1.0', host])).status).toBe(200);
    expect((await rawRequest(open.url, ['GET /api/v1/models HTTP/1.0', 'Host: evil.example'])).status).toBe(421);
    expect((await rawRequest(open.url, ['GET /api/v1/models', close])).status).toBe(400);
  });
});

describe('C6: with a log-in, everybody else who reaches the port', () => {
  const names: Readonly<Record<string, string>> = {
    '*path': 'studies',
    id: '00000000-0000-4000-8000-000000000000',
    draft: '00000000-0000-4000-8000-000000000000',
    earlier: '00000000-0000-4000-8000-000000000000',
    uid: '1.2.3',
    study: '1.2.3',
    series: '1.2.3',
    findingIndex: '0',
    destination: 'research',
    name: 'rule',
    link: 'abcdefghijklmnopqrstuv',
  };
  const routes = routeNeeds.filter(([, , need]) => need !== 'open');
  const pages = [
    '/',
    '/promptseg',
    '/help',
    '/jobs',
    '/rules',
    '/models',
    '/cornerstone',
    '/app-config.js',
    '/viewer',
  ].map((page) => ['GET', page, 'signed-in'] as const);

  it.each([...routes, ...pages])('gets nothing by %s %s', async (method, pattern) => {
    const target = pattern.replaceAll(
      /\{(\*\w+)\}|:(\w+)/g,
      (_, wild: string, name: string) => names[wild ?? name] ?? '',
    );
    for (const header of ['Accept: application/json', 'Last-Event-ID: 1', 'X-Forwarded-For: 127.0.0.1']) {
      const head = [`${method} ${target} HTTP/1.1`, 'Host: HOST', 'Connection: close', 'Content-Length: 0', header];
      const { status, text } = await rawRequest(closed.url, head);
      expect([status, text.includes('sign-in-needed')]).toEqual([401, true]);
    }
  });
});

describe('C10: limits of the server', () => {
  it('an upload for a job that is not there is refused before its body, and holds no place', async () => {
    const idle = Array.from({ length: 10 }, () => {
      const request = http.request(`${open.url}/api/v1/segmentations/${randomUUID()}/edited`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/dicom', 'Content-Length': 1000 },
      });
      request.on('error', () => {});
      request.flushHeaders();
      return { request, arrived: once(request, 'response') as Promise<[IncomingMessage]> };
    });
    // Three at once are the most for one client.
    const statuses: (number | undefined)[] = [];
    for (const { request, arrived } of idle) {
      const [response] = await arrived;
      statuses.push(response.statusCode);
      request.destroy();
    }
    expect(statuses.filter((status) => status !== 404 && status !== 429)).toEqual([]);
    expect(statuses).toContain(404);
    const after = await open.send('POST', `/api/v1/segmentations/${randomUUID()}/edited`, 'x', {
      'Content-Type': 'application/dicom',
    });
    expect(after).toMatchObject({ status: 404, code: 'job-not-found' });
  });

  it('17 objects that one client stores at once, and sends nothing of: one is refused, and none later', async () => {
    const stores = Array.from({ length: 17 }, () => {
      const request = http.request(`${open.url}/dicom-web/studies`, {
        method: 'POST',
        agent: false,
        headers: { 'Content-Type': 'multipart/related; boundary=b', 'Content-Length': 1000 },
      });
      request.on('error', () => {});
      request.flushHeaders();
      return { request, arrived: once(request, 'response') as Promise<[IncomingMessage]> };
    });
    const [refused] = await Promise.race(stores.map(({ arrived }) => arrived));
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '10']);
    for (const { request } of stores) request.destroy();
    await until(async () => {
      const { status } = await open.send('POST', '/dicom-web/studies', '--b--', {
        'Content-Type': 'multipart/related; boundary=b',
      });
      return status === 200;
    });
  });

  it('51 event streams of one address: the last is refused, the server goes on', async () => {
    const streams: IncomingMessage[] = [];
    for (let count = 0; count < 51; count++) {
      const [response] = (await once(http.get(`${open.url}/api/v1/segmentations/events`), 'response')) as [
        IncomingMessage,
      ];
      streams.push(response);
    }
    expect(streams.filter(({ statusCode }) => statusCode === 200).length).toBe(50);
    expect([streams.at(-1)?.statusCode, streams.at(-1)?.headers['retry-after']]).toEqual([429, '10']);
    for (const stream of streams) stream.destroy();
    expect(await open.send('GET', '/healthz')).toMatchObject({ status: 200 });
  });

  it('C12: whatever holds patient data is not kept by browsers', async () => {
    const { text } = await open.send('POST', '/api/v1/segmentations', { ...listedSeries, prompts: ['left lung'] });
    const { id } = JSON.parse(text) as { id: string };
    for (const address of [
      '/api/v1/segmentations',
      `/api/v1/segmentations/${id}`,
      `/api/v1/segmentations/${id}/picture.png`,
      '/api/v1/prompt-sets',
      '/api/v1/feedback.csv',
      '/api/v1/rules',
      '/ups-rs/workitems',
      '/dicom-web/studies',
    ]) {
      const { headers } = await open.send('GET', address);
      expect([address, headers.get('Cache-Control')]).toEqual([address, expect.stringContaining('no-store')]);
    }
  });
});
