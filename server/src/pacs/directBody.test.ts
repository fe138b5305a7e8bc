import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readBytes, sendRequest } from './archiveHttp.js';

const servers: net.Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** What a server sends is a body of this size: each byte depends on its place, and none is saved by compression. */
const body = Buffer.from(Uint8Array.from({ length: 9_000_001 }, (_, n) => Math.imul(n ^ (n >>> 7), 0x2c1b3c6d) >>> 24));

/** The response of a server that speaks as `respond` does. */
async function responseOf(respond: (socket: Socket) => void, signal?: AbortSignal) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => respond(socket));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return sendRequest({ method: 'GET', url, headers: {}, signal });
}

const header = (...lines: string[]): string => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;
const withLength = header(`Content-Length: ${body.length}`);
const chunked = Buffer.concat([
  Buffer.from(header('Transfer-Encoding: chunked')),
  Buffer.from(`${body.length.toString(16)}\r\n`),
  body,
  Buffer.from('\r\n0\r\n\r\n'),
]);

const ways: readonly [string, (socket: Socket) => void][] = [
  ['with a length, on a connection that stays open', (socket) => socket.write(withLength, () => socket.write(body))],
  [
    'with a length, in one write with its header',
    (socket) => socket.write(Buffer.concat([Buffer.from(withLength), body])),
  ],
  [
    'with a length, and something behind it',
    (socket) => socket.write(Buffer.concat([Buffer.from(withLength), body, body])),
  ],
  ['that ends with the connection', (socket) => socket.write(header(), () => socket.end(body))],
  ['in chunks of HTTP', (socket) => socket.write(chunked)],
];

describe('a body', () => {
  it.each(ways)('is read whole: %s', async (_, respond) => {
    expect((await readBytes(await responseOf(respond), body.length)).equals(body)).toBe(true);
  });

  it.each(ways)('is read whole by a reader that falls behind: %s', async (_, respond) => {
    const response = await responseOf(respond);
    await new Promise((resolve) => setTimeout(resolve, 50));
    let read = 0;
    for await (const chunk of response.body) {
      if (read < 2 ** 20) await new Promise((resolve) => setTimeout(resolve, 5));
      if (!body.subarray(read, read + chunk.length).equals(chunk)) throw new Error(`another body from ${read} on`);
      read += chunk.length;
    }
    expect(read).toBe(body.length);
  });

  it('that is compressed is read whole by a decompressor that falls behind', async () => {
    const compressed = gzipSync(body, { level: 1 });
    expect(compressed.length).toBeGreaterThan(body.length / 2);
    const lines = [`Content-Length: ${compressed.length}`, 'Content-Encoding: gzip'];
    const response = await responseOf((socket) => socket.write(header(...lines), () => socket.write(compressed)));
    expect((await readBytes(response, body.length)).equals(body)).toBe(true);
  });

  it('of no bytes is read from a connection that stays open', async () => {
    const response = await responseOf((socket) => socket.write(header('Content-Length: 0')));
    expect(await readBytes(response, 0)).toHaveLength(0);
  });

  it.each([
    ['ends', withLength, (socket: Socket) => socket.end()],
    ['is reset', withLength, (socket: Socket) => socket.resetAndDestroy()],
    ['is reset, without a length', header(), (socket: Socket) => socket.resetAndDestroy()],
  ])('that breaks off is an error: the connection %s', async (_, head, leave) => {
    const response = await responseOf((socket) => {
      socket.write(head);
      socket.write(body.subarray(0, 1000), () => setTimeout(() => leave(socket), 50));
    });
    const reading = readBytes(response, body.length);
    await expect(reading).rejects.toEqual(expect.objectContaining({ code: 'archive-broken-answer' }));
  });

  it('that stops coming ends with its signal', async () => {
    const cancelling = new AbortController();
    const response = await responseOf((socket) => {
      socket.write(withLength);
      socket.write(body.subarray(0, 1000), () => setTimeout(() => cancelling.abort(), 50));
    }, cancelling.signal);
    const reading = readBytes(response, body.length);
    await expect(reading).rejects.toEqual(expect.objectContaining({ code: 'cancelled' }));
  });

  it('that is left closes the connection', async () => {
    let closed: Promise<unknown> | undefined;
    const response = await responseOf((socket) => {
      closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(withLength);
      socket.write(body);
    });
    for await (const _ of response.body) break;
    await closed;
  });
});
