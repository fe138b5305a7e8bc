import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Job } from '../../server/contract/job.js';
import type { DatabaseLocation } from '../../server/src/database/database.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { describeOnEachDatabase } from './eachDatabase.js';
import { emptied, queuedJob } from './jobParts.js';
import { idleStatus, workerOn } from './scriptedWorker.js';

const nothingElse = async (): Promise<void> => {};

describeOnEachDatabase('job store', (kind) => {
  let location: DatabaseLocation;
  let jobs: Jobs;
  const workerId = randomUUID();

  beforeAll(async () => {
    location = await kind.create();
    jobs = await openJobs(location);
  });
  afterAll(() => jobs?.close());
  beforeEach(async () => {
    await jobs.database.executeSql(emptied);
    await jobs.workers.register(workerId, workerOn('here'), idleStatus);
  });

  async function runningJob(key: string): Promise<Job> {
    const { job } = await jobs.store.insert(queuedJob(), key, nothingElse);
    const started = await jobs.store.start(job.id, workerId, {}, jobs.database);
    return started!.job;
  }

  it('keeps a job as it was inserted, first in the queue', async () => {
    const job = queuedJob();
    const { created } = await jobs.store.insert(job, 'a', nothingElse);
    expect(created).toBe(true);
    expect(await jobs.store.get(job.id)).toMatchObject({ ...job, queuePosition: 0 });
  });

  it('gives the open job for the same request, and a new one after its end', async () => {
    const first = await jobs.store.insert(queuedJob(), 'same', nothingElse);
    const second = await jobs.store.insert(queuedJob(), 'same', nothingElse);
    expect(second).toMatchObject({ created: false, job: { id: first.job.id } });
    await jobs.store.update(first.job.id, { state: 'completed' });
    expect((await jobs.store.insert(queuedJob(), 'same', nothingElse)).created).toBe(true);
  });

  it('keeps exactly one of twenty equal requests at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => jobs.store.insert(queuedJob(), 'race', nothingElse)),
    );
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(outcomes.map(({ job }) => job.id)).size).toBe(1);
  });

  it('keeps nothing where the queue does not take the job', async () => {
    const job = queuedJob();
    await expect(jobs.store.insert(job, 'b', () => Promise.reject(new Error('queue is full')))).rejects.toThrow(
      'queue is full',
    );
    await expect(jobs.store.get(job.id)).rejects.toMatchObject({ code: 'job-not-found' });
  });

  it('takes texts that PostgreSQL cannot hold, from a prompt or from an archive', async () => {
    const inserted = queuedJob();
    inserted.request.prompts = ['bone\0', 'half \uD83D of a pair', 'whole 🦴'];
    const { job } = await jobs.store.insert(inserted, 'not storable', nothingElse);
    expect(job.request.prompts).toEqual(['bone\uFFFD', 'half \uFFFD of a pair', 'whole 🦴']);
    expect((await jobs.store.update(job.id, { notes: ['a\0b'] }))?.notes).toEqual(['a\uFFFDb']);
  });

  it('numbers every change higher', async () => {
    const { job } = await jobs.store.insert(queuedJob(), 'c', nothingElse);
    const started = await jobs.store.start(job.id, workerId, {}, jobs.database);
    const changed = await jobs.store.update(job.id, { progress: { fraction: 0.5 } });
    expect(started!.job.lastEventId).toBeGreaterThan(job.lastEventId);
    expect(changed!.lastEventId).toBeGreaterThan(started!.job.lastEventId);
  });

  it('forgets the progress of the stage before', async () => {
    const { id } = await runningJob('d');
    await jobs.store.update(id, { progress: { fraction: 1 } });
    expect((await jobs.store.update(id, { state: 'preparing' }))?.progress).toBeUndefined();
  });

  it('never changes a job that has ended', async () => {
    const { id } = await runningJob('e');
    await jobs.store.update(id, { state: 'cancelled' });
    expect(await jobs.store.update(id, { state: 'completed' })).toBeUndefined();
    expect((await jobs.store.get(id)).state).toBe('cancelled');
  });

  it('starts only a job that waits', async () => {
    const { id } = await runningJob('f');
    expect(await jobs.store.start(id, workerId, {}, jobs.database)).toBeUndefined();
  });

  it('lets no job run that no worker holds, and no worker go that holds one', async () => {
    const { job } = await jobs.store.insert(queuedJob(), 'g', nothingElse);
    await expect(jobs.store.update(job.id, { state: 'segmenting' })).rejects.toThrow('held_while_it_runs');
    await runningJob('h');
    await expect(jobs.workers.remove(workerId)).rejects.toThrow('foreign key');
  });

  it('lists a study newest first, and the unfinished oldest first with their place in the queue', async () => {
    const [a, b, c] = [queuedJob('1.1'), queuedJob('1.1'), queuedJob('1.2')];
    for (const [index, job] of [a, b, c].entries()) await jobs.store.insert(job, `list ${index}`, nothingElse);
    expect((await jobs.lists.list({ studyInstanceUID: '1.1', limit: 10 })).jobs.map(({ id }) => id)).toEqual([
      b.id,
      a.id,
    ]);
    expect((await jobs.lists.list({ limit: 2 })).jobs).toHaveLength(2);
    await jobs.store.update(a.id, { state: 'failed' });
    expect((await jobs.store.unfinished()).map(({ id, queuePosition }) => [id, queuePosition])).toEqual([
      [b.id, 0],
      [c.id, 1],
    ]);
  });

  it('survives a restart', async () => {
    const { job } = await jobs.store.insert(queuedJob(), 'restart', nothingElse);
    await jobs.close();
    jobs = await openJobs(location);
    expect(await jobs.store.get(job.id)).toEqual(job);
  });
});
