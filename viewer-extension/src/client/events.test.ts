import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job } from '../../../server/contract/job.js';
import { aCompletedJob, aJob } from '../testing/jobs.js';
import { type FollowOptions, follow } from './events.js';

type Responder = (response: ServerResponse, request: IncomingMessage) => void;

let server: Server;
let url: string;
let responders: Responder[];
let requests: IncomingMessage[];

beforeEach(async () => {
  responders = [];
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    const respond = responders.shift();
    if (respond === undefined) throw new Error('more requests than responses');
    respond(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const frame = (job: Job) => `id: ${job.lastEventId}\nevent: job\ndata: ${JSON.stringify(job)}\n\n`;
const server1 = 'event: server\ndata: {"startedAt":"2026-01-01T00:00:00.000Z"}\n\n';
const stream: (...chunks: string[]) => Responder =
  (...chunks) =>
  async (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (const chunk of chunks) {
      response.write(chunk);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  };
const refuse: (status: number, body?: object) => Responder = (status, body) => (response) => {
  response
    .writeHead(status, { 'Content-Type': 'application/problem+json' })
    .end(body ? JSON.stringify(body) : '<html>');
};

function followed(options: Partial<FollowOptions> = {}) {
  const states: string[] = [];
  const connections: (string | false)[] = [];
  const abort = new AbortController();
  const end = follow(url, {
    signal: abort.signal,
    headers: () => ({ Authorization: 'Bearer token' }),
    onJob: ({ state }) => {
      states.push(state);
      if (state === 'completed') abort.abort();
    },
    onConnected: (startedAt) => connections.push(startedAt),
    onLost: () => connections.push(false),
    retryDelayMs: 1,
    ...options,
  });
  return { states, connections, abort, end };
}

describe('following jobs', () => {
  it('gives each change, with the authorization sent, and says from when on the stream flows', async () => {
    responders = [
      stream(server1, frame(aJob({ state: 'retrieving', lastEventId: 2 })), ': alive\n\n', frame(aCompletedJob())),
    ];
    const { states, connections, end } = followed();
    await end;
    expect(states).toEqual(['retrieving', 'completed']);
    expect(connections).toEqual(['2026-01-01T00:00:00.000Z']);
    expect(requests[0]!.headers).toMatchObject({ authorization: 'Bearer token', accept: 'text/event-stream' });
  });

  it('gives the changes of drafts on the same stream', async () => {
    const draft = (data: object) => `event: draft\ndata: ${JSON.stringify(data)}\n\n`;
    responders = [stream(server1, draft({ id: 'a' }), draft({}), frame(aCompletedJob()))];
    const drafts: (string | undefined)[] = [];
    await followed({ onDraft: (id) => drafts.push(id) }).end;
    expect(drafts).toEqual(['a', undefined]);
  });

  it('reads an event that arrives in pieces, split within a letter', async () => {
    const bytes = Buffer.from(frame(aCompletedJob({ notes: ['Größe'] })));
    const cut = bytes.indexOf(Buffer.from('ö')) + 1;
    responders = [
      (response) => {
        response.writeHead(200);
        response.write(bytes.subarray(0, cut));
        setTimeout(() => response.end(bytes.subarray(cut)), 10);
      },
    ];
    const notes: string[] = [];
    const abort = new AbortController();
    await followed({
      signal: abort.signal,
      onJob: (job) => {
        notes.push(...job.notes);
        abort.abort();
      },
    }).end;
    expect(notes).toEqual(['Größe']);
  });

  it('tries again when the stream ends, breaks, or does not come about, and reports both', async () => {
    responders = [
      stream(server1, frame(aJob({ state: 'segmenting', lastEventId: 4 }))),
      (response) => response.destroy(),
      refuse(503),
      stream(server1.replace('2026', '2027'), frame(aCompletedJob())),
    ];
    const { states, connections, end } = followed();
    await end;
    expect(states).toEqual(['segmenting', 'completed']);
    expect(connections).toEqual(['2026-01-01T00:00:00.000Z', false, false, false, '2027-01-01T00:00:00.000Z']);
  });

  it('ends with the reason where the server refuses for good', async () => {
    responders = [refuse(404, { detail: 'No such address.', nextStep: 'Check it.' })];
    await expect(followed().end).rejects.toMatchObject({
      status: 404,
      problem: { detail: 'No such address.', nextStep: 'Check it.' },
    });
  });

  it('stops at once on request, while streaming and while waiting', async () => {
    responders = [(response) => void response.writeHead(200).write(server1)];
    const streaming = followed();
    while (streaming.connections.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    streaming.abort.abort();
    await streaming.end;

    responders = [refuse(503)];
    const waiting = followed({ retryDelayMs: 1_000_000 });
    while (waiting.connections.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    waiting.abort.abort();
    await waiting.end;
    expect(requests).toHaveLength(2);
  });
});
