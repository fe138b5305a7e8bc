import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PromptsegError } from '../errors.js';
import type { Archive, SeriesSummary } from '../pacs/archive.js';
import type { SegmentByTextResult } from '../segmentByText.js';
import type { ModelPackage } from '../segmenter/modelPackage.js';
import type { Stage } from '../stage.js';
import { type Database, openEmbeddedDatabase } from './database.js';
import { hasEnded, type Job } from './job.js';
import { type JobService, startJobService } from './jobService.js';
import { createJobStore, type JobStore } from './jobStore.js';
import type { WorkerJob, WorkerProcess } from './workerProcess.js';

const bone = {
  id: 'bone',
  name: 'bone',
  synonyms: ['skeleton'],
  modalities: ['CT'],
  concept: {
    category: { value: '91723000', scheme: 'SCT' as const, meaning: 'Anatomical Structure' },
    type: { value: '272673000', scheme: 'SCT' as const, meaning: 'Bone' },
    displayColour: [240, 230, 200] as [number, number, number],
  },
};
const model = {
  folder: 'models/test',
  sha256: 'f'.repeat(64),
  manifest: { id: 'test', version: '1.0.0', modalities: ['CT'] },
  vocabulary: { targets: [bone], groups: [] },
} as unknown as ModelPackage;

const series: SeriesSummary = {
  studyInstanceUID: '1.2',
  seriesInstanceUID: '1.2.3',
  modality: 'CT',
  description: '',
  numberOfInstances: 10,
};
const archiveWith = (found: () => Promise<SeriesSummary>): Archive => ({ findSeries: found }) as unknown as Archive;
const request = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', prompts: ['bone'] };
const nothing: SegmentByTextResult = { findings: [], executionProvider: 'cpu', sessionRunMs: 1, notes: [] };

/** A worker whose jobs end when the test says so. */
function scriptedWorker(): WorkerProcess & {
  started: WorkerJob[];
  settle: PromiseWithResolversOf[];
  cancelled: string[];
} {
  const started: WorkerJob[] = [];
  const settle: PromiseWithResolversOf[] = [];
  const cancelled: string[] = [];
  return {
    started,
    settle,
    cancelled,
    run: (job) =>
      new Promise((resolve, reject) => {
        started.push(job);
        settle.push({ resolve, reject });
      }),
    cancel: (id) => {
      cancelled.push(id);
      settle.at(-1)?.reject(new PromptsegError('cancelled', 'The job was cancelled.'));
    },
    stop: async () => {
      settle.at(-1)?.reject(new PromptsegError('worker-lost', 'The worker process ended.'));
      // The queue hears of it before it is stopped itself.
      await new Promise((resolve) => setTimeout(resolve, 200));
    },
  };
}
interface PromiseWithResolversOf {
  resolve(result: SegmentByTextResult): void;
  reject(error: Error): void;
}

let folder: string;
let database: Database;
let store: JobStore;
let worker: ReturnType<typeof scriptedWorker>;
let service: JobService;
let ended: Job[];

async function start(archive: Archive = archiveWith(async () => series)): Promise<void> {
  database = await openEmbeddedDatabase(folder);
  store = createJobStore(database);
  worker = scriptedWorker();
  ended = [];
  service = await startJobService({
    database,
    store,
    archive,
    library: { packages: [model], refused: [] },
    worker,
    onEnd: (job) => ended.push(job),
  });
}
async function stop(): Promise<void> {
  await service.stop();
  await database.close();
}
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-jobs-'));
  await start();
});
afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const endOf = async (id: string): Promise<Job> => {
  await until(async () => hasEnded(await store.get(id)));
  return store.get(id);
};

describe('job service', () => {
  it('runs a job through its stages and keeps its record', async () => {
    const { job, created } = await service.submit(request);
    expect(created).toBe(true);
    expect(job).toMatchObject({ state: 'queued', targets: [{ id: 'bone', code: bone.concept.type }] });
    const seen: string[] = [];
    store.subscribe(job.id, ({ job: { state } }) => seen.at(-1) !== state && seen.push(state));
    await until(() => worker.started.length === 1);
    const stages: Stage[] = ['retrieving', 'preparing', 'segmenting', 'encoding', 'storing', 'verifying'];
    for (const stage of stages) worker.started[0]!.onStage(stage);
    const stored = {
      studyInstanceUID: '1.2',
      ...worker.started[0]!.request.result,
      sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
      seriesDescription: 'bone',
      bytes: 1000,
    };
    worker.settle[0]!.resolve({ ...nothing, stored, notes: ['used all images'] });
    const done = await endOf(job.id);
    expect(seen).toEqual([...stages, 'completed']);
    expect(done).toMatchObject({
      state: 'completed',
      result: stored,
      notes: ['used all images'],
      executionProvider: 'cpu',
    });
    expect(Object.keys(done.stageTimes).sort()).toEqual([...stages].sort());
    expect(ended.map(({ id }) => id)).toEqual([job.id]);
  });

  it('makes the same UIDs for every run of one job, and others for another job', async () => {
    const first = await service.submit(request);
    await until(() => worker.started.length === 1);
    worker.settle[0]!.reject(new PromptsegError('worker-lost', 'The worker process ended (SIGKILL).'));
    await until(() => worker.started.length === 2);
    expect(worker.started[1]!.request.result).toEqual(worker.started[0]!.request.result);
    worker.settle[1]!.resolve(nothing);
    const done = await endOf(first.job.id);
    expect(done.notes).toEqual(['The worker process ended (SIGKILL). The job was started again.']);
    await service.submit(request);
    await until(() => worker.started.length === 3);
    expect(worker.started[2]!.request.result).not.toEqual(worker.started[0]!.request.result);
    worker.settle[2]!.resolve(nothing);
  });

  it('gives up on a job that loses its worker three times', async () => {
    const { job } = await service.submit(request);
    for (const attempt of [0, 1, 2]) {
      await until(() => worker.started.length === attempt + 1);
      worker.settle[attempt]!.reject(new PromptsegError('worker-lost', 'The worker process ended (SIGKILL).'));
    }
    expect(await endOf(job.id)).toMatchObject({ state: 'failed', problem: { code: 'worker-lost' } });
    expect(worker.started).toHaveLength(3);
  });

  it('answers the same request with the open job', async () => {
    const first = await service.submit(request);
    const second = await service.submit({ ...request, prompts: ['Bone'] });
    expect(second).toMatchObject({ created: false, job: { id: first.job.id } });
    await until(() => worker.started.length === 1);
    worker.settle[0]!.resolve(nothing);
    await endOf(first.job.id);
    expect((await service.submit(request)).created).toBe(true);
    await until(() => worker.started.length === 2);
    worker.settle[1]!.resolve(nothing);
  });

  it('cancels a queued job before it begins, and the next one moves up', async () => {
    const [a, b, c] = await Promise.all(
      ['bone', 'skeleton', 'bones'].map((prompt) => service.submit({ ...request, prompts: [prompt] })),
    );
    await until(() => worker.started.length === 1);
    const running = worker.started[0]!.jobId;
    const waiting = [a!, b!, c!].map(({ job }) => job.id).filter((id) => id !== running);
    expect((await service.cancel(waiting[0]!)).state).toBe('cancelled');
    expect((await store.get(waiting[1]!)).queuePosition).toBe(1);
    worker.settle[0]!.resolve(nothing);
    await until(() => worker.started.length === 2);
    expect(worker.started[1]!.jobId).toBe(waiting[1]);
    worker.settle[1]!.resolve(nothing);
    await endOf(waiting[1]!);
    expect(worker.started).toHaveLength(2);
  });

  it('cancels a running job until it begins to store, and says no from then on', async () => {
    const { job } = await service.submit(request);
    await until(() => worker.started.length === 1);
    worker.started[0]!.onStage('storing');
    await until(async () => (await store.get(job.id)).state === 'storing');
    await expect(service.cancel(job.id)).rejects.toMatchObject({ code: 'job-being-stored' });
    worker.settle[0]!.resolve(nothing);
    await endOf(job.id);
    await expect(service.cancel(job.id)).rejects.toMatchObject({ code: 'job-ended' });

    const second = await service.submit(request);
    await until(() => worker.started.length === 2);
    worker.started[1]!.onStage('segmenting');
    await until(async () => (await store.get(second.job.id)).state === 'segmenting');
    await service.cancel(second.job.id);
    expect(worker.cancelled).toEqual([second.job.id]);
    expect(await endOf(second.job.id)).toMatchObject({ state: 'cancelled', problem: { code: 'cancelled' } });
  });

  it('takes up a running job however often the server is stopped', async () => {
    const { job } = await service.submit(request);
    for (let restart = 0; restart < 4; restart++) {
      await until(() => worker.started.length === 1);
      await stop();
      await start();
    }
    await until(() => worker.started.length === 1);
    worker.settle[0]!.resolve(nothing);
    expect((await endOf(job.id)).state).toBe('completed');
  });

  it('takes up a running and a queued job after a restart', async () => {
    const running = await service.submit(request);
    await until(() => worker.started.length === 1);
    const queued = await service.submit({ ...request, prompts: ['skeleton'] });
    await stop();
    await start();
    await until(() => worker.started.length === 1);
    worker.settle[0]!.resolve(nothing);
    await until(() => worker.started.length === 2);
    worker.settle[1]!.resolve(nothing);
    expect((await endOf(running.job.id)).notes).toEqual(['The server was restarted; the job was started again.']);
    expect((await endOf(queued.job.id)).notes).toEqual([]);
  });

  it('refuses at once what cannot work, and keeps no job', async () => {
    await expect(service.submit({ ...request, prompts: ['liver'] })).rejects.toMatchObject({
      code: 'prompt-not-understood',
    });
    await expect(service.submit({ ...request, model: 'other' })).rejects.toMatchObject({ code: 'model-not-found' });
    expect(await store.list({ limit: 10 })).toEqual([]);
    await stop();
    await start(archiveWith(async () => ({ ...series, modality: 'MR' })));
    await expect(service.submit(request)).rejects.toMatchObject({ code: 'modality-not-served' });
    await stop();
    await start(archiveWith(async () => ({ ...series, modality: 'SEG' })));
    await expect(service.submit(request)).rejects.toMatchObject({ code: 'series-without-images' });
    await stop();
    await start(
      archiveWith(() => Promise.reject(new PromptsegError('archive-unreachable', 'The archive does not answer.'))),
    );
    await expect(service.submit(request)).rejects.toMatchObject({ code: 'archive-unreachable' });
  });
});
