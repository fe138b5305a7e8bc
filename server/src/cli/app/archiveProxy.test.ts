import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { asNobody } from '../../http/principalOf.js';
import { sendProblems } from '../../http/problems.js';
import { requestGuard } from '../../http/requestGuard.js';
import { archiveProxy } from './archiveProxy.js';

const storeLimitBytes = 1000;
const allowedHosts = [{ name: 'viewer.example', scheme: 'https' as const }];

/** What reached the archive, each with its whole body. */
const arrived: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = [];
let interfere: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
const servers: Server[] = [];
let port: number;

beforeAll(async () => {
  const archivePort = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      arrived.push({ method, url, headers, body });
      if (interfere) return interfere(request, response);
      response.writeHead(200, { 'content-type': 'application/dicom+json' }).end('[]');
    });
  });
  const application = express();
  application.use(requestGuard(allowedHosts), asNobody);
  const archiveUrl = `http://127.0.0.1:${archivePort}/dicom-web`;
  application.use(
    '/dicom-web',
    archiveProxy({ archiveUrl, archiveAuthorization: 'Basic c2VydmVy', allowedHosts, storeLimitBytes }),
  );
  application.use(sendProblems);
  port = await listen(application);
});
beforeEach(() => {
  arrived.length = 0;
  interfere = undefined;
});
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Sends exactly this: client libraries tidy a path up before it leaves. */
function send(
  method: string,
  target: string,
  headers: readonly string[] = [],
  body = '',
): Promise<{ readonly status: number; readonly head: string; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const lines = [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...headers];
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.once('error', (error) => (text === '' ? reject(error) : undefined));
    socket.once('close', () => {
      const [head = '', ...rest] = text.split('\r\n\r\n');
      resolve({ status: Number(head.split(' ')[1]), head: head.toLowerCase(), body: rest.join('\r\n\r\n') });
    });
  });
}

const study = '/dicom-web/studies/1.2.840.1';
const series = `${study}/series/1.2.840.1.2`;
const instance = `${series}/instances/1.2.840.1.2.3`;

describe('what passes', () => {
  it.each([
    '/dicom-web/studies',
    '/dicom-web/studies?PatientName=M%C3%BCller*&limit=101&offset=0&fuzzymatching=false',
    '/dicom-web/studies?StudyDate=20200101-20211231&ModalitiesInStudy=CT%5CMR',
    '/dicom-web/series?Modality=SEG',
    '/dicom-web/instances',
    `${study}/series?includefield=00080021,00080031`,
    `${study}/instances`,
    `/dicom-web/studies/${'1'.repeat(64)}/series`,
    `${series}/instances`,
    study,
    series,
    instance,
    `${study}/metadata`,
    `${series}/metadata`,
    `${instance}/metadata`,
    `${instance}/frames/1`,
    `${instance}/frames/1,2,30`,
    `${instance}/frames/1%2C2`,
    `${study}/rendered`,
    `${instance}/rendered?window=40,400,linear&viewport=512,512`,
    `${instance}/frames/1/rendered`,
    `${study}/thumbnail`,
    `${instance}/frames/1/thumbnail`,
    `${instance}/pixeldata`,
  ])('GET and HEAD %s', async (target) => {
    expect((await send('GET', target)).status).toBe(200);
    expect((await send('HEAD', target)).status).toBe(200);
    expect(arrived.map(({ method, url }) => [method, url])).toEqual([
      ['GET', target],
      ['HEAD', target],
    ]);
  });

  it.each([
    ['Orthanc', `${instance}/bulk/00091002`],
    ['Orthanc, in a sequence', `${instance}/bulk/54000100/1/54001010`],
    ['dcm4chee', `${instance}/bulkdata/00420011`],
    ['dcm4chee, in a sequence', `${instance}/bulkdata/54000100/0/54001010`],
    ['Google Cloud Healthcare', `${instance}/bulkdata/00091002`],
    ['Google Cloud Healthcare, in a sequence', `${instance}/bulkdata/00400555/0/00091002`],
    [
      'AWS HealthImaging',
      `${instance}/bulkdata/b026324c6904b2a9cb4b88d6d61c81d1?imageSetId=459e50687f121185f747b67bb60d1bc8`,
    ],
    ['some archive, of a study', `${study}/bulkdata/a3/5f/0b1c2d.mht`],
    ['some archive, of a series', `${series}/bulkdata/overlay-1.raw.gz`],
    ['some archive, at the root', '/dicom-web/bulkdata/1.2.840.1.2.3'],
    ['PS3.18 2022, without a path', `${series}/bulkdata`],
  ])('bulk data of %s', async (_, target) => {
    expect((await send('GET', target, ['Accept: multipart/related; type=application/octet-stream'])).status).toBe(200);
    expect(arrived.map(({ url }) => url)).toEqual([target]);
  });

  it.each([
    ['bytes=0-99', 'bytes=0-99'],
    ['bytes=100-', 'bytes=100-'],
    ['bytes=-100', 'bytes=-100'],
    ['bytes=0-,0-,0-', undefined],
    [`bytes=${'0-1,'.repeat(1000)}0-1`, undefined],
    ['frames=1-2', undefined],
    ['bytes=a-b', undefined],
  ])('a range of a file, one: %.20s', async (range, passed) => {
    expect((await send('GET', instance, [`Range: ${range}`])).status).toBe(200);
    expect(arrived.map(({ headers }) => headers.range)).toEqual([passed]);
  });

  it.each(['/dicom-web/studies', study])('STOW to %s, with a length or in chunks', async (target) => {
    const type = 'Content-Type: multipart/related; type="application/dicom"; boundary=b';
    expect((await send('POST', target, [type, 'Content-Length: 5'], '--b--')).status).toBe(200);
    expect((await send('POST', target, [type, 'Transfer-Encoding: chunked'], '5\r\n--b--\r\n0\r\n\r\n')).status).toBe(
      200,
    );
    expect(arrived.map(({ method, url, body }) => [method, url, body])).toEqual(
      Array.from({ length: 2 }, () => ['POST', target, '--b--']),
    );
  });
});

/** Orthanc's REST API and the client in its DICOMweb plugin, and all the ways to them that were found or thought of. */
const doors = [
  '/dicom-web/servers',
  '/dicom-web/servers/evil',
  '/dicom-web/servers/evil/get',
  '/dicom-web/servers/evil/stow',
  '/dicom-web/app/client/index.html',
  '/dicom-web/',
  '/dicom-web',
  '/dicom-web?/studies',
  '/dicom-web/wado',
  '/dicom-web/patients',
  '/dicom-web/workitems',
  '/dicom-web/../system',
  '/dicom-web/..%2fsystem',
  '/dicom-web/..%2Fsystem',
  '/dicom-web/..%5csystem',
  '/dicom-web/..%5Csystem',
  '/dicom-web/..\\system',
  '/dicom-web/%2e%2e/system',
  '/dicom-web/%2E%2e/system',
  '/dicom-web/%2E./system',
  '/dicom-web/.%2e/system',
  '/dicom-web/%2e%2e%2fsystem',
  '/dicom-web/%252e%252e%252fsystem',
  '/dicom-web/..%252fsystem',
  '/dicom-web/..%25252fsystem',
  '/dicom-web/..;/system',
  '/dicom-web/..;x=y/system',
  '/dicom-web/;/../system',
  '/dicom-web/studies;/..%2f..%2fsystem',
  '/dicom-web/..%00/system',
  '/dicom-web/studies%00',
  '/dicom-web/studies%20',
  '/dicom-web/studies%0d%0aX:y',
  '/dicom-web/studies%23',
  '/dicom-web/studies#/../system',
  '/dicom-web/..%c0%afsystem',
  '/dicom-web/%c0%ae%c0%ae/system',
  '/dicom-web/..%e0%80%afsystem',
  '/dicom-web/..%uff0fsystem',
  '/dicom-web/..%u2216system',
  '/dicom-web/..%ef%bc%8fsystem',
  '/dicom-web/\u00e9',
  '/dicom-web/\u00b7\u00b7/system',
  '/dicom-web//studies',
  '/dicom-web//../system',
  '/dicom-web//127.0.0.1/system',
  '/dicom-web/./studies',
  '/dicom-web/studies/',
  '/dicom-web/studies/.',
  '/dicom-web/studies/..',
  '/dicom-web/studies/../../system',
  '/dicom-web/studies/..%2f..%2fsystem',
  '/dicom-web/studies/../servers',
  '/dicom-web/studies/..%2fservers',
  '/dicom-web/studies/*',
  '/dicom-web/studies/1..2',
  // Longer than any UID: the audit trail would not know which study was read.
  `/dicom-web/studies/${'1'.repeat(65)}/metadata`,
  `/dicom-web/studies/${'0'.repeat(60)}1.2.3/series`,
  '/dicom-web/studies/.1',
  '/dicom-web/studies/1.',
  '/dicom-web/studies/1.2/servers',
  '/dicom-web/studies/%31.2',
  '/dicom-web/STUDIES',
  `${study}/../../../system`,
  `${series}/instances/../../../../../system`,
  `${instance}/bulk/..`,
  `${instance}/bulk/../../../../../../../system`,
  `${instance}/bulk/..%2f..%2fsystem`,
  `${instance}/bulk/%2e%2e/system`,
  `${instance}/bulk//00091002`,
  `${instance}/bulk/.`,
  `${instance}/bulk/a..b`,
  `${instance}/bulk/a/`,
  `${instance}/bulk;x/00091002`,
  `${instance}/bulkdata/..;/system`,
  '/dicom-web/bulkdata/../../system',
  '/dicom-web/bulk/..%5c..%5csystem',
  `${instance}/frames`,
  `${instance}/frames/1,`,
  `${instance}/frames/1%2f..%2f..`,
  `${instance}/frames/../../../system`,
  `${instance}/file`,
  `${instance}/metadata/..`,
  '/dicom-web/studies?a=b\\..\\..\\system',
  '/dicom-web/studies?\u00e9',
  '/dicom-web/%73ervers',
  '/dicom-web/studies%2f..%2f..%2fsystem',
  '/dicom-web%2f..%2fsystem',
  '/dicom-web/%2f..%2fsystem',
  '/DICOM-WEB/..%2fsystem',
  '/Dicom-Web/servers',
];

describe('C1, C2: what does not reach the archive', () => {
  it.each(doors)('%s', async (target) => {
    const multipart = ['Content-Type: multipart/related; boundary=b', 'Content-Length: 0'];
    for (const [method, headers] of [
      ['GET', []],
      ['HEAD', []],
      ['DELETE', []],
      ['PUT', multipart],
      ['POST', multipart],
      ['POST', ['Content-Type: application/json', 'Content-Length: 0']],
    ] as const) {
      const { status, body } = await send(method, target, headers);
      // A `#` or a byte beyond ASCII is no request target: Node.js may refuse it before we see it.
      expect([method, status === 400 ? 404 : status]).toEqual([method, 404]);
      if (method === 'GET' && target.startsWith('/dicom-web/') && status === 404)
        expect(JSON.parse(body)).toMatchObject({ code: 'not-found', status: 404 });
    }
    expect(arrived).toEqual([]);
  });

  it.each([
    ['PUT', study],
    ['DELETE', study],
    ['DELETE', series],
    ['PATCH', study],
    ['OPTIONS', '/dicom-web/studies'],
    ['TRACE', '/dicom-web/studies'],
    ['PROPFIND', '/dicom-web/studies'],
    ['MKCOL', '/dicom-web/studies'],
    ['QUERY', '/dicom-web/studies'],
    ['POST', '/dicom-web/series'],
    ['POST', '/dicom-web/instances'],
    ['POST', series],
    ['POST', `${instance}/metadata`],
    ['POST', '/dicom-web/studies/..%2f..%2finstances'],
  ])('%s %s', async (method, target) => {
    const { status } = await send(method, target, ['Content-Type: multipart/related; boundary=b', 'Content-Length: 0']);
    expect([404, 400]).toContain(status);
    expect(arrived).toEqual([]);
  });

  it.each([
    'application/dicom',
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=b',
    'multipart/related',
    'multipart/relatedx; boundary=b',
    'text/plain; multipart/related; boundary=b',
  ])('STOW as %s', async (type) => {
    const { status } = await send('POST', '/dicom-web/studies', [`Content-Type: ${type}`, 'Content-Length: 2'], 'ab');
    expect(status).toBe(404);
    expect((await send('POST', '/dicom-web/studies', ['Content-Length: 0'])).status).toBe(404);
    expect(arrived).toEqual([]);
  });

  it.each([
    ['in its body', ['Content-Length: 35'], 'GET /system HTTP/1.1\r\nHost: orthanc\r\n'],
    ['in chunks', ['Transfer-Encoding: chunked'], '4\r\nGET \r\n0\r\n\r\n'],
    [
      'behind a wrong length',
      ['Content-Length: 0', 'Transfer-Encoding: chunked'],
      '0\r\n\r\nGET /system HTTP/1.1\r\n\r\n',
    ],
    ['behind two lengths', ['Content-Length: 0', 'Content-Length: 35'], 'GET /system HTTP/1.1\r\n\r\n'],
    ['by another encoding', ['Transfer-Encoding: identity'], 'GET /system HTTP/1.1\r\n\r\n'],
    ['by a misspelt header', ['Transfer-Encoding : chunked'], '0\r\n\r\nGET /system HTTP/1.1\r\n\r\n'],
  ])('a request that a GET brings along %s', async (_, headers, body) => {
    expect((await send('GET', '/dicom-web/studies', headers, body)).status).not.toBe(200);
    expect(arrived).toEqual([]);
  });
});

describe('headers', () => {
  const secrets = [
    'Forwarded: host=fw2.example;proto=https',
    'X-Forwarded-Host: fw2.example',
    'X-Forwarded-Proto: https',
    'X-Forwarded-For: 6.6.6.6',
    'X-Forwarded-Prefix: /x',
    'X-Forwarded-Server: fw2.example',
    'X-Original-URL: /system',
    'X-Rewrite-URL: /system',
    'X-HTTP-Method-Override: DELETE',
    'X-Real-IP: 6.6.6.6',
    'Cookie: __Host-promptseg=secret',
    'Authorization: Basic Y2xpZW50',
    'Proxy-Authorization: Basic Y2xpZW50',
    'Api-Key: secret',
    'Referer: http://127.0.0.1/viewer?StudyInstanceUIDs=1.2',
  ];

  it('C4: the archive gets the checked name and nothing else that a client says of itself', async () => {
    await send('GET', '/dicom-web/studies', ['Accept: application/dicom+json', ...secrets]);
    expect(arrived[0]?.headers).toEqual({
      accept: 'application/dicom+json',
      authorization: 'Basic c2VydmVy',
      connection: 'close',
      forwarded: 'host=127.0.0.1;proto=http',
      host: '127.0.0.1',
      'x-forwarded-host': '127.0.0.1',
      'x-forwarded-proto': 'http',
    });
  });

  it('the name is that of the settings, with their scheme', async () => {
    const head = 'GET /dicom-web/studies HTTP/1.1\r\nHost: Viewer.EXAMPLE.:8443\r\nConnection: close\r\n\r\n';
    await new Promise((resolve) => connect(port, '127.0.0.1').once('close', resolve).resume().end(head));
    expect(arrived[0]?.headers).toMatchObject({
      forwarded: 'host=viewer.example:8443;proto=https',
      host: 'viewer.example:8443',
    });
  });

  it('a client gets no cookie, redirection, log-in window or CORS of the archive, and nothing that runs', async () => {
    interfere = (_request, response) =>
      response
        .writeHead(200, {
          'content-type': 'text/html',
          'set-cookie': 'session=1',
          location: 'http://elsewhere.example/',
          refresh: '0; url=http://elsewhere.example/',
          'www-authenticate': 'Basic',
          'access-control-allow-origin': '*',
          'access-control-allow-credentials': 'true',
          'content-security-policy': "default-src *; script-src 'unsafe-inline'",
          etag: '"1"',
        })
        .end('<script>alert(1)</script>');
    const { head } = await send('GET', `${instance}/rendered`);
    const names = head
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(':')[0]);
    expect(names).toEqual(expect.arrayContaining(['content-type', 'etag', 'content-security-policy']));
    for (const name of ['set-cookie', 'location', 'refresh', 'www-authenticate', 'access-control-allow-origin'])
      expect(names).not.toContain(name);
    expect(head).toMatch(/content-security-policy: default-src 'none';.*sandbox/);
    expect(head).not.toContain('unsafe-inline\'"');
    expect(head.match(/content-security-policy/g)).toHaveLength(1);
  });
});

describe('PROMPTSEG_STORE_LIMIT', () => {
  const type = 'Content-Type: multipart/related; boundary=b';

  it('takes what is exactly as large', async () => {
    const body = 'x'.repeat(storeLimitBytes);
    expect((await send('POST', '/dicom-web/studies', [type, `Content-Length: ${body.length}`], body)).status).toBe(200);
    const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    expect((await send('POST', '/dicom-web/studies', [type, 'Transfer-Encoding: chunked'], chunks)).status).toBe(200);
    expect(arrived.map(({ body: { length } }) => length)).toEqual([storeLimitBytes, storeLimitBytes]);
  });

  it('refuses what says that it is larger before a byte reaches the archive', async () => {
    const { status, body } = await send('POST', '/dicom-web/studies', [type, `Content-Length: ${storeLimitBytes + 1}`]);
    expect(status).toBe(413);
    expect(JSON.parse(body)).toMatchObject({ code: 'upload-too-large' });
    expect(arrived).toEqual([]);
  });

  it('cuts off what turns out to be larger, so that the archive never sees its end', async () => {
    const chunk = `64\r\n${'x'.repeat(100)}\r\n`;
    const { status } = await send(
      'POST',
      '/dicom-web/studies',
      [type, 'Transfer-Encoding: chunked'],
      `${chunk.repeat(20)}0\r\n\r\n`,
    );
    expect(status).toBe(413);
    expect(arrived).toEqual([]);
    expect((await send('GET', '/dicom-web/studies')).status).toBe(200);
  });
});

it('cuts a response off where the archive breaks it off', async () => {
  interfere = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/dicom+json' });
    response.write('[{}', () => response.destroy());
  };
  await expect(
    fetch(`http://127.0.0.1:${port}/dicom-web/studies`).then((response) => response.text()),
  ).rejects.toThrow();
});
