import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { readConfig } from '../platform/config.js';
import { sendProblems } from './problems.js';
import { ownOrigin, requestGuard } from './requestGuard.js';

const { allowedHosts } = readConfig(
  {},
  { PROMPTSEG_ALLOWED_HOSTS: 'PACS.example, https://viewer.example [FD00:0:0::7] klinik-süd.example' },
);

let server: Server;
let port: number;
beforeAll(async () => {
  const application = express();
  application.use(requestGuard(allowedHosts));
  application.use((request, response) => void response.json(ownOrigin(request, allowedHosts)));
  application.use(sendProblems);
  server = createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => void server.close());

/** Sends exactly this, which no client library would, and gives the status and the body. */
function send(head: string, body = ''): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.end(`${head.replaceAll('PORT', String(port))}\r\n\r\n${body}`),
    );
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.once('error', reject);
    socket.once('close', () =>
      resolve({ status: Number(text.split(' ')[1]), body: text.slice(text.indexOf('\r\n\r\n') + 4) }),
    );
  });
}
const get = (host: string, ...headers: string[]) =>
  send(['GET / HTTP/1.1', `Host: ${host}`, 'Connection: close', ...headers].join('\r\n'));
const post = (host: string, ...headers: string[]) =>
  send(['POST / HTTP/1.1', `Host: ${host}`, 'Connection: close', 'Content-Length: 0', ...headers].join('\r\n'));

describe('C4: Host', () => {
  it.each([
    '127.0.0.1:PORT',
    '127.0.0.1',
    '127.8.9.10:1',
    'localhost:PORT',
    'LocalHost',
    'localhost.:PORT',
    '[::1]:PORT',
    'pacs.example',
    'Pacs.Example.:8443',
    'viewer.example',
    '[FD00::7]:80',
    'xn--klinik-sd-x9a.example',
  ])('%s is taken', async (host) => {
    expect((await get(host)).status).toBe(200);
  });

  it.each([
    'evil.example',
    'rebind.attacker.test:PORT',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.localhost',
    'evil.pacs.example',
    'pacs.example.evil.example',
    'pacs.examples',
    '128.0.0.1',
    '0.0.0.0:PORT',
    '[::]:PORT',
    '[::ffff:127.0.0.1]',
    '127.1',
    '2130706433',
    '0x7f000001',
    '127.0.0.1@evil.example',
    'evil.example@127.0.0.1',
    'localhost, evil.example',
    'localhost:PORT:80',
    'localhost:65536',
    'localhost/evil.example',
    'localhost?evil.example',
    'localhost#evil.example',
    'localhost\\evil.example',
    'localhost..',
    'ｌｏｃａｌｈｏｓｔ',
    'locаlhost',
  ])('%s is misdirected', async (host) => {
    const { status, body } = await get(host);
    expect(status).toBe(421);
    expect(JSON.parse(body)).toMatchObject({ code: 'host-not-allowed' });
  });

  it.each([
    ['no Host', 'GET / HTTP/1.1'],
    ['no Host, HTTP/1.0', 'GET / HTTP/1.0'],
    ['two', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example'],
    ['two, the good one last', 'GET / HTTP/1.1\r\nHost: evil.example\r\nhOST: 127.0.0.1'],
    ['twice the same', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1'],
    ['another host in the target', 'GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1'],
    ['its own host in the target', 'GET http://127.0.0.1:PORT/ HTTP/1.1\r\nHost: evil.example'],
    ['a folded line', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n evil.example'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : 127.0.0.1'],
  ])('is refused: %s', async (_, head) => {
    expect((await send(`${head}\r\nConnection: close`)).status).toBe(400);
  });

  it('gives the origin that was checked, with the scheme of the settings', async () => {
    const originOf = async (host: string): Promise<unknown> => JSON.parse((await get(host)).body);
    expect(await originOf('LOCALHOST.:81')).toEqual({ scheme: 'http', host: 'localhost:81' });
    expect(await originOf('Viewer.Example')).toEqual({ scheme: 'https', host: 'viewer.example' });
  });

  it('has no tunnel for CONNECT', async () => {
    expect((await send('CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1')).status).toBeNaN();
  });
});

describe('C3, C11: Origin and Sec-Fetch-Site', () => {
  it.each([
    ['a program', '127.0.0.1:PORT', []],
    ['Node.js', '127.0.0.1:PORT', ['Sec-Fetch-Mode: cors']],
    ['our page', '127.0.0.1:PORT', ['Origin: http://127.0.0.1:PORT', 'Sec-Fetch-Site: same-origin']],
    ['our page by name', 'localhost:PORT', ['Origin: http://LOCALHOST:PORT', 'Sec-Fetch-Site: same-origin']],
    ['our page by IPv6', '[::1]:PORT', ['Origin: http://[::1]:PORT']],
    ['our page, full domain name', 'localhost.:PORT', ['Origin: http://localhost.:PORT']],
    ['our page behind TLS', 'viewer.example', ['Origin: https://viewer.example', 'Sec-Fetch-Site: same-origin']],
    ['the port that goes without saying', 'viewer.example:443', ['Origin: https://viewer.example']],
    ['typed in', '127.0.0.1:PORT', ['Sec-Fetch-Site: none', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']],
  ])('%s passes', async (_, host, headers) => {
    expect((await get(host, ...headers)).status).toBe(200);
    expect((await post(host, ...headers)).status).toBe(200);
  });

  it.each([
    ['another origin', 'Origin: http://evil.example'],
    ['another port of this machine', 'Origin: http://127.0.0.1:1'],
    ['no port', 'Origin: http://127.0.0.1'],
    ['another name of this machine', 'Origin: http://localhost:PORT'],
    ['a sandboxed page, or a form without referrer', 'Origin: null'],
    ['an empty origin', 'Origin: '],
    ['a file', 'Origin: file://'],
    ['an extension', 'Origin: chrome-extension://127.0.0.1:PORT'],
    ['credentials before the host', 'Origin: http://127.0.0.1:PORT@evil.example'],
    ['a path', 'Origin: http://127.0.0.1:PORT/'],
    ['two origins', 'Origin: http://127.0.0.1:PORT http://evil.example'],
    ['two headers', 'Origin: http://127.0.0.1:PORT\r\nOrigin: http://evil.example'],
    ['a port that is none', 'Origin: http://127.0.0.1:99999'],
    ['another site', 'Sec-Fetch-Site: cross-site'],
    ['another port, to the browser the same site', 'Sec-Fetch-Site: same-site'],
    ['a word that browsers do not send', 'Sec-Fetch-Site: Same-Origin'],
    ['two words', 'Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site'],
    ['our Origin, but another site', 'Origin: http://127.0.0.1:PORT\r\nSec-Fetch-Site: cross-site'],
    ['a frame', 'Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe'],
    ['an image', 'Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image'],
    [
      'a WebSocket',
      'Origin: http://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13',
    ],
  ])('%s is refused for every method, with and without a body', async (_, header) => {
    const line = `Host: 127.0.0.1:PORT\r\nConnection: close\r\n${header}`;
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])
      expect([method, (await send(`${method} / HTTP/1.1\r\n${line}`)).status]).toEqual([method, 403]);
    expect((await send(`POST / HTTP/1.1\r\n${line}\r\nContent-Length: 0`)).status).toBe(403);
    expect((await send(`POST / HTTP/1.1\r\n${line}\r\nContent-Length: 2`, '{}')).status).toBe(403);
    expect(
      (await send(`POST / HTTP/1.1\r\n${line}\r\nTransfer-Encoding: chunked`, '2\r\n{}\r\n0\r\n\r\n')).status,
    ).toBe(403);
  });

  it('a link from another page is followed; a form of it is not', async () => {
    const link = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'];
    expect((await get('127.0.0.1:PORT', ...link)).status).toBe(200);
    expect((await post('127.0.0.1:PORT', ...link)).status).toBe(403);
    expect((await get('evil.example', ...link)).status).toBe(421);
  });
});

describe('PROMPTSEG_ALLOWED_HOSTS', () => {
  it('takes the address that the server was set to listen on', () => {
    expect(readConfig({ host: '192.168.1.5' }, {}).allowedHosts).toEqual([{ name: '192.168.1.5', scheme: 'http' }]);
    expect(readConfig({ host: 'fd00::7' }, {}).allowedHosts).toEqual([{ name: '[fd00::7]', scheme: 'http' }]);
    for (const host of ['0.0.0.0', '::']) expect(readConfig({ host }, {}).allowedHosts).toEqual([]);
  });

  it('takes names and addresses as browsers write them', () => {
    const namesOf = (hosts: string) =>
      readConfig({}, { PROMPTSEG_ALLOWED_HOSTS: hosts }).allowedHosts.map(({ name }) => name);
    expect(namesOf('https://PACS.example. [FD00:0::0:7] MÜNCHEN.example')).toEqual([
      'pacs.example',
      '[fd00::7]',
      'xn--mnchen-3ya.example',
      '127.0.0.1',
    ]);
    expect(readConfig({ host: 'FD00:0::7' }, {}).allowedHosts).toEqual([{ name: '[fd00::7]', scheme: 'http' }]);
  });

  it.each(['*', '*.example', 'pacs.example:8460', 'ftp://pacs.example', 'pacs.example/viewer', 'a b@c'])(
    'refuses %s',
    (PROMPTSEG_ALLOWED_HOSTS) => {
      expect(() => readConfig({}, { PROMPTSEG_ALLOWED_HOSTS })).toThrow(/PROMPTSEG_ALLOWED_HOSTS.*is not a name/);
    },
  );
});
