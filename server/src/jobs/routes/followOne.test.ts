import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { Job } from '#contract/job.js';
import type { JobState } from '#contract/jobState.js';
import { asNobody } from '../../http/principalOf.js';
import { aFollowedJob, announcedJobs } from './followed.testSupport.js';
import { followOne } from './followOne.js';

const job = (state: JobState, lastEventId: number): Job => ({ ...aFollowedJob('a', lastEventId), state });

let server: Server;
let jobs: ReturnType<typeof announcedJobs>;
let stored: Job;
let whileReading: () => void;

const announce = (changed: Job): void => jobs.announce(changed);

beforeEach(async () => {
  jobs = announcedJobs();
  whileReading = () => {};
  const follow = followOne(
    {
      async get() {
        const read = stored;
        whileReading();
        return read;
      },
    },
    { subscribe: (_id, listener) => jobs.subscribe(listener) },
    { of: async (each) => each },
  );
  server = createServer(express().get('/events', asNobody, (request, response) => follow('a', request, response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** The states that the stream sends until the job ends. */
async function states(lastEventId?: number): Promise<JobState[]> {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, {
    headers: lastEventId === undefined ? {} : { 'Last-Event-ID': String(lastEventId) },
  });
  return [...(await response.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) => (JSON.parse(data!) as Job).state);
}

describe('the events of one job', () => {
  it('say that it left the queue, whose last number it was seen with', async () => {
    // The change drew its number, the job was read with it, and only then was the change committed.
    stored = job('queued', 7);
    whileReading = () => {
      announce(job('retrieving', 7));
      announce(job('segmenting', 9));
      announce(job('completed', 10));
    };
    expect(await states()).toEqual(['queued', 'retrieving', 'segmenting', 'completed']);
  });

  it('also where other jobs changed meanwhile, and the change has a lower number', async () => {
    stored = job('queued', 8);
    whileReading = () => {
      announce(job('retrieving', 6));
      announce(job('cancelled', 7));
    };
    expect(await states()).toEqual(['queued', 'retrieving', 'cancelled']);
  });

  it('are sent once, in order', async () => {
    stored = job('segmenting', 8);
    whileReading = () => {
      announce(job('preparing', 7));
      announce(job('segmenting', 8));
      announce(job('failed', 9));
      announce(job('failed', 9));
    };
    expect(await states()).toEqual(['segmenting', 'failed']);
  });

  it('go on after the last one that a client has seen', async () => {
    stored = job('completed', 8);
    expect(await states(7)).toEqual(['completed']);
    expect(await states(8)).toEqual([]);
    // It saw the job in the queue, with a later number of another job.
    expect(await states(9)).toEqual(['completed']);
  });
});
