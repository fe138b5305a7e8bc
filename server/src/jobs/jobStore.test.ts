import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Database, openEmbeddedDatabase } from './database.js';
import type { Job, JobEvent } from './job.js';
import { createJobStore, type JobStore } from './jobStore.js';

let folder: string;
let database: Database;
let store: JobStore;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-store-'));
  database = await openEmbeddedDatabase(folder);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await database.executeSql('TRUNCATE promptseg.jobs CASCADE');
  store = createJobStore(database);
});

let minutes = 0;
function queuedJob(study = '1.2.3'): Omit<Job, 'lastEventId'> {
  return {
    id: randomUUID(),
    state: 'queued',
    request: { studyInstanceUID: study, seriesInstanceUID: '1.2.3.4', prompts: ['bone'] },
    targets: [],
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, minutes++)).toISOString(),
    stageTimes: {},
    notes: [],
    findings: [],
  };
}
const nothingElse = async (): Promise<void> => {};

describe('job store', () => {
  it('keeps a job as it was inserted, first in the queue', async () => {
    const job = queuedJob();
    const { created } = await store.insert(job, 'a', nothingElse);
    expect(created).toBe(true);
    expect(await store.get(job.id)).toMatchObject({ ...job, queuePosition: 0 });
  });

  it('gives the open job for the same request, and a new one after its end', async () => {
    const first = await store.insert(queuedJob(), 'same', nothingElse);
    const second = await store.insert(queuedJob(), 'same', nothingElse);
    expect(second).toMatchObject({ created: false, job: { id: first.job.id } });
    await store.update(first.job.id, { state: 'completed' });
    expect((await store.insert(queuedJob(), 'same', nothingElse)).created).toBe(true);
  });

  it('keeps exactly one of twenty equal requests at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => store.insert(queuedJob(), 'race', nothingElse)),
    );
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(outcomes.map(({ job }) => job.id)).size).toBe(1);
  });

  it('keeps nothing where the queue does not take the job', async () => {
    const job = queuedJob();
    await expect(store.insert(job, 'b', () => Promise.reject(new Error('queue is full')))).rejects.toThrow(
      'queue is full',
    );
    await expect(store.get(job.id)).rejects.toMatchObject({ code: 'job-not-found' });
  });

  it('numbers every change higher and tells the listeners of this job only', async () => {
    const { job } = await store.insert(queuedJob(), 'c', nothingElse);
    const other = await store.insert(queuedJob(), 'd', nothingElse);
    const events: JobEvent[] = [];
    const unsubscribe = store.subscribe(job.id, (event) => events.push(event));
    await store.update(job.id, { state: 'retrieving' });
    await store.update(other.job.id, { state: 'retrieving' });
    await store.update(job.id, { progress: { fraction: 0.5, message: '1 of 2 images' } });
    unsubscribe();
    await store.update(job.id, { state: 'preparing' });
    expect(events.map(({ job: { state, progress } }) => [state, progress?.fraction])).toEqual([
      ['retrieving', undefined],
      ['retrieving', 0.5],
    ]);
    expect(events[1]!.sequence).toBeGreaterThan(events[0]!.sequence);
    expect(events[0]!.sequence).toBeGreaterThan(job.lastEventId);
  });

  it('forgets the progress of the stage before', async () => {
    const { job } = await store.insert(queuedJob(), 'e', nothingElse);
    await store.update(job.id, { state: 'retrieving' });
    await store.update(job.id, { progress: { fraction: 1 } });
    expect((await store.update(job.id, { state: 'preparing' }))?.progress).toBeUndefined();
  });

  it('never changes a job that has ended', async () => {
    const { job } = await store.insert(queuedJob(), 'f', nothingElse);
    await store.update(job.id, { state: 'cancelled' });
    expect(await store.update(job.id, { state: 'completed' })).toBeUndefined();
    expect((await store.get(job.id)).state).toBe('cancelled');
  });

  it('lists a study newest first, and the unfinished oldest first with their place in the queue', async () => {
    const [a, b, c] = [queuedJob('1.1'), queuedJob('1.1'), queuedJob('1.2')];
    for (const [index, job] of [a, b, c].entries()) await store.insert(job, `list ${index}`, nothingElse);
    expect((await store.list({ studyInstanceUID: '1.1', limit: 10 })).map(({ id }) => id)).toEqual([b.id, a.id]);
    expect(await store.list({ limit: 2 })).toHaveLength(2);
    await store.update(a.id, { state: 'failed' });
    expect((await store.unfinished()).map(({ id, queuePosition }) => [id, queuePosition])).toEqual([
      [b.id, 0],
      [c.id, 1],
    ]);
  });

  it('survives a restart', async () => {
    const { job } = await store.insert(queuedJob(), 'restart', nothingElse);
    await database.close();
    database = await openEmbeddedDatabase(folder);
    store = createJobStore(database);
    expect(await store.get(job.id)).toEqual(job);
  });
});
