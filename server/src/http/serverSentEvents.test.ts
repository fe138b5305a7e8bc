import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express, { type Response } from 'express';
import { asNobody } from './principalOf.js';
import { openEventStream } from './serverSentEvents.js';

let server: Server;
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function listen(handle: (response: Response) => void): Promise<number> {
  const application = express();
  application.get('/events', asNobody, (_request, response) => handle(response));
  application.get('/healthz', (_request, response) => void response.end('ok'));
  server = createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** More than the buffers of a connection hold. */
const large = { event: 'job', data: 'x'.repeat(2 ** 24) };

describe('an event stream', () => {
  it('sends the next event when the client has taken the one before', async () => {
    const buffered: number[] = [];
    const port = await listen(async (response) => {
      const stream = openEventStream(response);
      for (let count = 0; count < 5; count++) {
        await stream.send(large);
        buffered.push(response.writableLength);
      }
      stream.end();
    });
    const [response] = (await once(request({ port, path: '/events' }).end(), 'response')) as [IncomingMessage];
    let length = 0;
    for await (const chunk of response) length += (chunk as Buffer).length;
    expect(length).toBeGreaterThan(5 * large.data.length);
    // Never two of them.
    expect(Math.max(...buffered)).toBeLessThan(large.data.length);
  });

  it('lets a client go that takes nothing', async () => {
    let sent: Promise<void> | undefined;
    let ofStream: ServerResponse | undefined;
    const begun = new Promise<void>((resolve) => {
      void listen((response) => {
        ofStream = response;
        sent = openEventStream(response, 1).send(large);
        resolve();
      }).then((port) => {
        const socket = connect(port, '127.0.0.1', () => socket.write('GET /events HTTP/1.1\r\nHost: a\r\n\r\n'));
        socket.on('error', () => {}).pause();
      });
    });
    await begun;
    await sent;
    expect(ofStream?.destroyed).toBe(true);
  });

  it('sends nothing after its end, to a client that has left', async () => {
    const done = new Promise<boolean>((resolve) => {
      void listen(async (response) => {
        const stream = openEventStream(response);
        await once(response, 'close');
        await stream.send(large);
        stream.end();
        resolve(response.writableLength === 0);
      }).then((port) => {
        const asked = request({ port, path: '/events' }, () => asked.destroy()).end();
        asked.on('error', () => {});
      });
    });
    expect(await done).toBe(true);
  });

  it('is not opened for a request that wants its headers only: the connection serves the next', async () => {
    const port = await listen((response) => openEventStream(response));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const [method, path] of [
      ['HEAD', '/events'],
      ['GET', '/healthz'],
    ]) {
      const [response] = (await once(request({ port, path, method, agent }).end(), 'response')) as [IncomingMessage];
      response.resume();
      expect([method, response.statusCode]).toEqual([method, 200]);
      await once(response, 'end');
    }
    agent.destroy();
  });
});
