import { once } from 'node:events';
import http, { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { nobody } from '../values/principal.js';
import { clientOf } from './clientOf.js';
import { bodyWithin } from './jsonBody.js';
import { openRequestLimit } from './openRequestLimit.js';
import { identify } from './principalOf.js';
import { sendProblems } from './problems.js';

let server: Server;
let url: string;
const clients: string[] = [];

beforeAll(async () => {
  const application = express();
  // The tests' own way to be somebody; the product asks no header.
  application.use((request, _response, next) => {
    const subject = request.get('Test-User');
    const principal = subject === undefined ? nobody : { ...nobody, kind: 'user' as const, subject };
    identify(request, { principal });
    clients.push(clientOf(request));
    next();
  });
  const limits = { perClient: 2, inAll: 3, code: 'too-many-streams', what: 'event streams' } as const;
  application.get('/stream', openRequestLimit(limits), (_request, response) => {
    response.writeHead(200).write('open');
  });
  application.post('/slow', bodyWithin(50), (request, response) => {
    request.resume();
    request.once('end', () => response.end());
  });
  const bodies = { perClient: 2, inAll: 3, code: 'too-many-uploads', what: 'request bodies', until: 'body' } as const;
  application.use('/body', openRequestLimit(bodies), (request, response) => {
    response.writeHead(200).write('reading');
    request.resume();
  });
  application.use(sendProblems);
  server = createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

async function open(user?: string, more: Record<string, string> = {}): Promise<IncomingMessage> {
  const headers = { ...(user !== undefined && { 'Test-User': user }), ...more };
  const [response] = (await once(http.get(`${url}/stream`, { headers, agent: false }), 'response')) as [
    IncomingMessage,
  ];
  return response;
}
async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}
async function closed(...responses: readonly IncomingMessage[]): Promise<void> {
  for (const response of responses) response.destroy();
  const connections = (): Promise<number> =>
    new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  while ((await connections()) > 0) await sleep(5);
}

describe('requests that stay open', () => {
  it('are capped for each client and in all, and a place is free again when one is closed', async () => {
    const [first, second] = [await open('a'), await open('a')];
    const third = await open('a');
    expect([third.statusCode, third.headers['retry-after']]).toEqual([429, '10']);
    expect(JSON.parse(await textOf(third))).toMatchObject({
      code: 'too-many-streams',
      detail: 'You have 2 event streams open, which is the limit.',
    });
    const other = await open('b');
    expect(other.statusCode).toBe(200);
    expect(JSON.parse(await textOf(await open('c'))).detail).toContain('This server has 3');
    await closed(first, second, other);
    const again = await open('a');
    expect(again.statusCode).toBe(200);
    await closed(again);
  });

  it('without a log-in count by the address of the connection, whatever its headers say', async () => {
    clients.length = 0;
    const streams: IncomingMessage[] = [];
    for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3'])
      streams.push(await open(undefined, { 'X-Forwarded-For': address, Forwarded: `for=${address}` }));
    expect(streams.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429]);
    expect(new Set(clients)).toEqual(new Set(['address 127.0.0.1']));
    await closed(...streams);
  });
});

describe('bodies that do not come', () => {
  const dribbled: IncomingMessage[] = [];
  /** One byte of ten. */
  async function dribble(user: string) {
    const headers = { 'Test-User': user, 'Content-Length': 10 };
    const request = http.request(`${url}/body`, { method: 'POST', agent: false, headers });
    request.on('error', () => {});
    request.write('1');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    dribbled.push(response);
    return { request, response };
  }

  it('are capped for each client and in all, until they have come, whatever their response does', async () => {
    const [first, second, refused] = [await dribble('a'), await dribble('a'), await dribble('a')];
    expect([first, second, refused].map(({ response }) => response.statusCode)).toEqual([200, 200, 429]);
    expect(JSON.parse(await textOf(refused.response)).detail).toContain('You have 2 request bodies open');
    const other = await dribble('b');
    expect([other.response.statusCode, (await dribble('c')).response.statusCode]).toEqual([200, 429]);
    // A request without a body does not count.
    const plain = http.get(`${url}/body`, { headers: { 'Test-User': 'a' }, agent: false });
    const [without] = (await once(plain, 'response')) as [IncomingMessage];
    expect(without.statusCode).toBe(200);

    first.request.end('234567890');
    const places = async (): Promise<number | undefined> => (await dribble('a')).response.statusCode;
    while ((await places()) !== 200) await sleep(5);
    await closed(...dribbled, without);
  });
});

it('a body that does not come is 408, and the connection is closed', async () => {
  const request = http.request(`${url}/slow`, { method: 'POST', agent: false, headers: { 'Content-Length': 10 } });
  request.on('error', () => {});
  request.write('1');
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect([response.statusCode, JSON.parse(await textOf(response)).code]).toEqual([408, 'request-too-slow']);
});
