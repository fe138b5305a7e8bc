import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { Job } from '#contract/job.js';
import { asNobody } from '../../http/principalOf.js';
import type { ChangedDraft } from '../records/draftStore.js';
import { followAll, followQuerySchema } from './followAll.js';
import { aFollowedJob, announcedJobs } from './followed.testSupport.js';

const job = (lastEventId: number, studyInstanceUID = '1.2'): Job =>
  aFollowedJob(randomUUID(), lastEventId, studyInstanceUID);

let server: Server;
let jobs: ReturnType<typeof announcedJobs>;
let draftListeners: Set<(changed: ChangedDraft | undefined) => void>;
/** What the records hold, and what happens while they are read. */
let missed: readonly Job[];
let whileReading: () => void;
let askedSince: number[];

const announce = (changed: Job): void => jobs.announce(changed);

const announceDraft = (changed: ChangedDraft | undefined): void => {
  for (const listener of draftListeners) listener(changed);
};

beforeEach(async () => {
  jobs = announcedJobs();
  draftListeners = new Set();
  missed = [];
  whileReading = () => {};
  askedSince = [];
  const route = followAll(
    {
      async changedSince(sequence) {
        askedSince.push(sequence);
        whileReading();
        return [...missed];
      },
    },
    { subscribeToAll: (listener) => jobs.subscribe(listener) },
    { of: async (each) => ({ ...each, estimate: { endsInSeconds: 5 } }) },
    {
      subscribeToAll(listener) {
        draftListeners.add(listener);
        return () => draftListeners.delete(listener);
      },
    },
  );
  server = createServer(
    express().get('/events', asNobody, (request, response) =>
      route(followQuerySchema.parse(request.query).study, request, response),
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Reads the stream until it holds so many events of jobs, and leaves. */
async function read(count: number, lastEventId?: number, onOpen: () => void = () => {}, query = '') {
  const leave = new AbortController();
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/events${query}`, {
    headers: lastEventId === undefined ? {} : { 'Last-Event-ID': String(lastEventId) },
    signal: leave.signal,
  });
  onOpen();
  let text = '';
  const decoder = new TextDecoder();
  const events = () => [...text.matchAll(/^id: (\d+)\nevent: job\ndata: (.*)$/gm)];
  const reader = response.body!.getReader();
  while (events().length < count || !text.includes('event: server')) {
    const { value } = await reader.read();
    text += decoder.decode(value, { stream: true });
  }
  leave.abort();
  return {
    text,
    ids: events().map(([, id]) => Number(id)),
    jobs: events().map(([, , data]) => JSON.parse(data!) as Job),
  };
}

describe('the events of all jobs', () => {
  it('begin with the server, then send each change with its estimate', async () => {
    const { text, ids, jobs } = await read(2, undefined, () => {
      announce(job(7));
      announce(job(8));
    });
    expect(text).toMatch(/event: server\ndata: {"startedAt":"\d{4}-.*\n\n.*id: 7\n/s);
    expect(ids).toEqual([7, 8]);
    expect(jobs[0]?.estimate).toEqual({ endsInSeconds: 5 });
    expect(askedSince).toEqual([]);
  });

  it('resume with what changed since, and lose nothing that happens meanwhile', async () => {
    missed = [job(5), job(6)];
    whileReading = () => announce(job(7));
    expect((await read(3, 4)).ids).toEqual([5, 6, 7]);
    // A little before, for changes that happened at once.
    expect(askedSince).toEqual([4 - 50]);
  });

  it('are those of one study where the client asks for it, also of those that it missed', async () => {
    missed = [job(5, '1.3'), job(6)];
    const onOpen = () => {
      announce(job(7, '1.3'));
      announce(job(8));
    };
    expect((await read(2, 4, onOpen, '?study=1.2')).ids).toEqual([6, 8]);
  });

  it('come with the changes of the drafts of the study, in between and without a number', async () => {
    const onOpen = () => {
      announceDraft({ id: 'other', studyInstanceUID: '1.3' });
      announceDraft({ id: 'own', studyInstanceUID: '1.2' });
      announceDraft(undefined);
      announce(job(9));
    };
    const { text } = await read(1, undefined, onOpen, '?study=1.2');
    expect(text).toContain('\n\nevent: draft\ndata: {"id":"own"}\n\nevent: draft\ndata: {}\n\nid: 9\nevent: job\n');
    expect(text).not.toContain('other');
  });

  it('are not listened to any more when the client has left', async () => {
    await read(1, undefined, () => announce(job(1)));
    // The test's own limit ends the wait.
    while (jobs.listeners.size + draftListeners.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  });
});
