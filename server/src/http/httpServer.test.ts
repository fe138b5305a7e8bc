import { once } from 'node:events';
import { Agent, request, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { close, createHttpServer, listen } from './httpServer.js';

let server: Server;
let url: string;
let connections = 0;

beforeEach(async () => {
  server = createHttpServer((_request, response) => response.end('ok'));
  connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  url = await listen(server, { host: '127.0.0.1', port: 0 });
});

afterEach(() => close(server));

describe('a kept-alive connection', () => {
  it.each([
    ['nginx and AWS load balancers', 60],
    ['Go programs: Traefik, Caddy', 90],
    ['Chromium', 300],
    ['Google load balancers, and the longest that fetch of Node.js takes up', 600],
  ])('outlives the idle time of %s', async (_client, seconds) => {
    const offered = /timeout=(\d+)/.exec((await fetch(url)).headers.get('keep-alive') ?? '')?.[1];
    expect(Number(offered)).toBeGreaterThan(seconds);
    expect(server.keepAliveTimeout).toBe(Number(offered) * 1000);
  });

  it('serves one request after the other', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let sent = 0; sent < 5; sent += 1) {
      const [response] = await once(request(url, { agent }).end(), 'response');
      expect(await text(response)).toBe('ok');
    }
    agent.destroy();
    expect(connections).toBe(1);
  });

  it('does not keep a stopping server waiting', async () => {
    await fetch(url);
    await close(server);
    expect(server.listening).toBe(false);
  });
});

describe('when all connections are taken', () => {
  const most = 3;
  let limited: Server;
  let open: Socket[];
  let port: number;

  beforeEach(async () => {
    limited = createHttpServer(
      (request, response) => {
        if (request.url === '/stream') response.writeHead(200).write('open');
        else response.end('ok');
      },
      { most },
    );
    port = Number(new URL(await listen(limited, { host: '127.0.0.1', port: 0 })).port);
    open = [];
  });
  afterEach(async () => {
    for (const socket of open) socket.destroy();
    await close(limited);
  });

  /** Sends the text, and returns once the server has the connection. */
  async function send(text: string): Promise<Socket> {
    const accepted = once(limited, 'connection');
    const socket = connect(port, '127.0.0.1');
    open.push(socket);
    socket.on('error', () => {});
    await accepted;
    socket.write(text);
    return socket;
  }
  /** `once` of node:events would reject at a reset, which is an end like any other here. */
  const ended = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));
  const received = async (socket: Socket): Promise<string> => String((await once(socket, 'data'))[0]);
  const head = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n`;

  it('the one that has waited longest for the rest of a head is closed, and the new one is served', async () => {
    const first = await send(head('/'));
    const others = [await send('GET /'), await send('')];
    const closedFirst = ended(first);
    const honest = await send(`${head('/')}\r\n`);
    expect(await received(honest)).toMatch(/^HTTP\/1\.1 200/);
    await closedFirst;
    expect(others.map(({ destroyed }) => destroyed)).toEqual([false, false]);
  });

  it('one that idles after its response goes before one that began to wait later', async () => {
    const idle = await send(`${head('/')}\r\n`);
    await received(idle);
    const others = [await send('GET /'), await send('GET /')];
    const closedIdle = ended(idle);
    expect(await received(await send(`${head('/')}\r\n`))).toMatch(/^HTTP\/1\.1 200/);
    await closedIdle;
    expect(others.map(({ destroyed }) => destroyed)).toEqual([false, false]);
  });

  it('those that are served stay, and the new one is refused until one of them ends', async () => {
    const streams: Socket[] = [];
    for (let count = 0; count < most; count++) {
      const stream = await send(`${head('/stream')}\r\n`);
      expect(await received(stream)).toMatch(/^HTTP\/1\.1 200/);
      streams.push(stream);
    }
    const refused = await send(`${head('/')}\r\n`);
    await ended(refused);
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([false, false, false]);
    const connections = (): Promise<number> =>
      new Promise((resolve) => limited.getConnections((_error, count) => resolve(count)));
    streams[0]!.destroy();
    while ((await connections()) === most) await sleep(5);
    expect(await received(await send(`${head('/')}\r\n`))).toMatch(/^HTTP\/1\.1 200/);
  });
});

it('says that its port is in use', async () => {
  const second = createHttpServer(() => {});
  const { port } = new URL(url);
  await expect(listen(second, { host: '127.0.0.1', port: Number(port) })).rejects.toMatchObject({
    code: 'port-in-use',
  });
});

describe('a client that reads nothing of a response', () => {
  it('is disconnected, and one whose response only takes long is not', async () => {
    const ended: string[] = [];
    const patient = createHttpServer(
      (request, response) => {
        response.once('close', () => ended.push(String(request.url)));
        if (request.url === '/endless') Readable.from(endless()).pipe(response);
        else response.flushHeaders();
      },
      { patience: 50 },
    );
    const port = Number(new URL(await listen(patient, { host: '127.0.0.1', port: 0 })).port);
    const ask = (path: string): Socket => {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      socket.pause().write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      return socket;
    };
    const sockets = [ask('/computed'), ask('/endless'), ask('/endless')];
    while (ended.length < 2) await sleep(5);
    expect(ended).toEqual(['/endless', '/endless']);
    for (const socket of sockets) socket.destroy();
    await close(patient);
  });
});

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(2 ** 20);
}
