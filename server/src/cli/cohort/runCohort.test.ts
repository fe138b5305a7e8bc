import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job, SegmentationRequest } from '#contract/job.js';
import { PromptsegError } from '../../platform/errors.js';
import type { Member } from './chooseSeries.js';
import { CohortFolder } from './cohortFolder.js';
import type { CohortServer } from './cohortServer.js';
import { type CohortProgress, runCohort } from './runCohort.js';

let out: string;
beforeEach(async () => {
  out = await mkdtemp(path.join(tmpdir(), 'promptseg-cohort-'));
});
afterEach(() => rm(out, { recursive: true }));

const members = (count: number): readonly Member[] =>
  Array.from({ length: count }, (_, n) => ({ studyInstanceUID: `1.2.${n + 1}`, seriesInstanceUID: `1.2.${n + 1}.1` }));
const away = () => new PromptsegError('server-unreachable', 'No Promptseg server responds.');

/** A server that completes a job at each pause. */
class FakeServer implements CohortServer {
  readonly jobs: Job[] = [];
  mostOpen = 0;
  /** Called before each submission; throws instead of accepting. */
  before: (request: SegmentationRequest) => void = () => {};
  /** Called after each: the connection may break when the job is accepted. */
  after: () => void = () => {};
  isDown = false;

  submit = async (request: SegmentationRequest): Promise<Job> => {
    if (this.isDown) throw away();
    this.before(request);
    const id = `00000000-0000-4000-8000-${String(this.jobs.length).padStart(12, '0')}`;
    const job = {
      ...{ id, state: 'queued', request, targets: [], createdAt: new Date().toISOString() },
      ...{ stageTimes: {}, notes: [], findings: [], lastEventId: 1 },
    } as unknown as Job;
    this.jobs.push(job);
    this.mostOpen = Math.max(this.mostOpen, this.jobs.filter(({ state }) => state === 'queued').length);
    this.after();
    return job;
  };
  job = async (id: string): Promise<Job> => {
    if (this.isDown) throw away();
    const job = this.jobs.find((each) => each.id === id);
    if (job === undefined) throw new PromptsegError('job-not-found', 'No such job.');
    return job;
  };
  find = async ({ seriesInstanceUID }: SegmentationRequest): Promise<Job | undefined> => {
    if (this.isDown) throw away();
    return this.jobs.find(({ request }) => request.seriesInstanceUID === seriesInstanceUID);
  };
  completed = async () => [];
  workers = async () => 1;
  thumbnail = async () => new Uint8Array();

  /** Ends the oldest open job. */
  work(state: 'completed' | 'failed' = 'completed'): void {
    const next = this.jobs.findIndex((job) => job.state === 'queued');
    if (next >= 0) this.jobs[next] = { ...this.jobs[next]!, state };
  }
}

async function run(
  server: FakeServer,
  count: number,
  { pause = () => server.work(), again = false }: { pause?: () => void; again?: boolean } = {},
): Promise<readonly CohortProgress[]> {
  const seen: CohortProgress[] = [];
  await runCohort(
    { chosenBy: 'test', request: { prompts: ['liver'] }, members: members(count) },
    {
      server,
      folder: new CohortFolder(out),
      again,
      onProgress: (progress) => void seen.push(progress),
      pause: async () => pause(),
    },
  );
  return seen;
}

describe('runCohort', () => {
  it('has a job for each series, at the lowest priority, and leaves the queue to others', async () => {
    const server = new FakeServer();
    const seen = await run(server, 40);
    expect(server.jobs.map(({ request }) => request.seriesInstanceUID).toSorted()).toEqual(
      members(40)
        .map(({ seriesInstanceUID }) => seriesInstanceUID)
        .toSorted(),
    );
    expect(new Set(server.jobs.map(({ request }) => request.priority))).toEqual(new Set(['backfill']));
    expect(server.mostOpen).toBe(16);
    expect(seen.at(-1)).toEqual({ ended: 40, all: 40 });
    await run(server, 40);
    expect(server.jobs).toHaveLength(40);
  });

  it('that was killed at any moment continues, with no second job for any series', async () => {
    const server = new FakeServer();
    class Killed extends Error {}
    let runs = 0;
    for (let isOver = false; !isOver; runs++) {
      let left = 3;
      const die = () => {
        if (--left < 0) throw new Killed();
      };
      // Before the request arrives, after it was accepted, and between.
      server.before = runs % 3 === 0 ? die : () => {};
      server.after = runs % 3 === 1 ? die : () => {};
      const pause = () => {
        server.work();
        if (runs % 3 === 2) die();
      };
      try {
        await run(server, 30, { pause });
        isOver = true;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
    expect(runs).toBeGreaterThan(5);
    expect(server.jobs).toHaveLength(30);
    expect(new Set(server.jobs.map(({ state }) => state))).toEqual(new Set(['completed']));
  });

  it('waits for a server that is down, and finds the job whose response was lost', async () => {
    const server = new FakeServer();
    let pauses = 0;
    server.after = () => {
      server.after = () => {};
      server.isDown = true;
      throw away();
    };
    const seen = await run(server, 3, {
      pause: () => {
        if (++pauses > 4) server.isDown = false;
        if (!server.isDown) server.work();
      },
    });
    expect(server.jobs).toHaveLength(3);
    expect(seen.flatMap(({ message }) => message ?? [])).toEqual([
      expect.stringMatching(/^The server does not respond\./),
      'The server responds again.',
    ]);
  });

  it('waits where it has too many jobs, and records what is refused', async () => {
    const server = new FakeServer();
    let refusals = 0;
    server.before = ({ seriesInstanceUID }) => {
      if (seriesInstanceUID === '1.2.2.1')
        throw new PromptsegError('series-not-found', 'The archive does not have this series.');
      if (refusals++ < 3) throw new PromptsegError('too-many-jobs', 'Too many.');
    };
    await run(server, 3);
    expect(server.jobs).toHaveLength(2);
    expect(await new CohortFolder(out).readSeries('1.2.2.1')).toEqual({
      state: 'refused',
      code: 'series-not-found',
      reason: 'The archive does not have this series.',
    });
  });

  it('repeats what failed only if that is wanted, and what the server has no record of', async () => {
    const server = new FakeServer();
    await run(server, 2, { pause: () => server.work('failed') });
    await run(server, 2);
    expect(server.jobs).toHaveLength(2);
    await run(server, 2, { again: true });
    expect(server.jobs.map(({ state }) => state)).toEqual(['failed', 'failed', 'completed', 'completed']);

    await new CohortFolder(out).writeSeries('1.2.1.1', {
      state: 'submitted',
      job: '99999999-0000-4000-8000-000000000000',
    });
    await run(server, 2);
    expect(server.jobs).toHaveLength(5);
  });
});
