import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Job } from '../../server/contract/job.js';
import type { Stage } from '../../server/contract/jobState.js';
import type { DatabaseLocation } from '../../server/src/database/database.js';
import { createJobService, type JobService } from '../../server/src/jobs/jobService.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { type JobRunner, startJobRunner } from '../../server/src/jobs/worker/jobRunner.js';
import type { WorkerJob } from '../../server/src/jobs/worker/workerProcess.js';
import type { Archive } from '../../server/src/pacs/archive.js';
import { PromptsegError } from '../../server/src/platform/errors.js';
import type { UnderstoodPrompts } from '../../server/src/story/understandPrompts.js';
import { until } from '../support/until.js';
import { describeOnEachDatabase } from './eachDatabase.js';
import { archiveWith, bone, emptied, endOf as endIn, library, request, requestNumber, series } from './jobParts.js';
import { nothingFound, type ScriptedWorker, scriptedWorker, workerLost, workerOn } from './scriptedWorker.js';

const box = {
  kind: 'box' as const,
  corners: [
    [1, 2, 3],
    [30, 40, 3],
  ] as const,
};

/** What a worker was asked to find. */
function understoodIn(job: WorkerJob | undefined): UnderstoodPrompts {
  if (job === undefined || !('understood' in job.request)) throw new Error('no text was asked');
  return job.request.understood;
}

describeOnEachDatabase('a server with its worker', (kind) => {
  let location: DatabaseLocation;
  let jobs: Jobs;
  let worker: ScriptedWorker;
  let runner: JobRunner;
  let service: JobService;

  async function start(archive: Archive = archiveWith(async () => series)): Promise<void> {
    worker = scriptedWorker();
    const heartbeat = { everyMs: 100, lostAfterMs: 60_000 };
    runner = await startJobRunner({ jobs, library, worker, description: workerOn('here'), heartbeat });
    service = createJobService({ jobs, archive, library });
  }
  async function restartEverything(): Promise<void> {
    await runner.stop();
    await jobs.close();
    jobs = await openJobs(location);
    await start();
  }
  beforeAll(async () => {
    location = await kind.create();
    jobs = await openJobs(location);
  });
  beforeEach(async () => {
    await jobs.database.executeSql(emptied);
    await start();
  });
  afterEach(() => runner.stop());
  afterAll(() => jobs?.close());
  const endOf = (id: string): Promise<Job> => endIn(jobs.store, id);

  it('runs a job through its stages and keeps its record', async () => {
    const { job, created } = await service.submit(request);
    expect(created).toBe(true);
    expect(job).toMatchObject({ state: 'queued', targets: [{ id: 'bone', code: bone.concept.type }] });
    const seen: string[] = [];
    jobs.events.subscribe(job.id, ({ job: { state } }) => seen.at(-1) !== state && seen.push(state));
    await until(() => worker.started.length === 1);
    const stages: Stage[] = ['retrieving', 'preparing', 'segmenting', 'encoding', 'storing', 'verifying'];
    for (const stage of stages) {
      worker.started[0]!.onStage(stage);
      await until(() => seen.at(-1) === stage);
    }
    const stored = {
      studyInstanceUID: '1.2',
      ...worker.started[0]!.request.result,
      sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
      seriesDescription: 'bone',
      bytes: 1000,
      alsoStored: [],
    };
    worker.settle[0]!.resolve({ ...nothingFound, stored, notes: ['used all images'] });
    const done = await endOf(job.id);
    await until(() => seen.at(-1) === 'completed');
    expect(seen.filter((state) => state !== 'queued')).toEqual([...stages, 'completed']);
    expect(done).toMatchObject({
      state: 'completed',
      result: stored,
      notes: ['used all images'],
      executionProvider: 'cpu',
    });
    expect(Object.keys(done.stageTimes).sort()).toEqual([...stages].sort());
  });

  it('runs the targets that the job was accepted with, whatever its worker would make of the text', async () => {
    const { job } = await service.submit(request);
    // As a resolver of another version had left it.
    await jobs.database.executeSql(
      `UPDATE promptseg.jobs SET understood = jsonb_set(understood, '{targets,0,name}', '"bone as promised"')
       WHERE id = $1`,
      [job.id],
    );
    await until(() => worker.started.length === 1);
    worker.settle[0]!.reject(workerLost());
    await until(() => worker.started.length === 2);
    const { targets, refused } = understoodIn(worker.started[1]);
    expect(targets).toEqual([{ id: 'bone', name: 'bone as promised', prompt: 'bone', concept: bone.concept }]);
    expect(refused).toEqual([]);
    worker.settle[1]!.resolve(nothingFound);
    await endOf(job.id);
    const { rows } = await jobs.database.executeSql('SELECT understood FROM promptseg.jobs WHERE id = $1', [job.id]);
    expect(rows).toEqual([{ understood: null }]);
  });

  it('resolves the text of a record that an older program made without its targets', async () => {
    const { job } = await service.submit(request);
    await jobs.database.executeSql('UPDATE promptseg.jobs SET understood = NULL WHERE id = $1', [job.id]);
    await until(() => worker.started.length === 1);
    worker.settle[0]!.reject(workerLost());
    await until(() => worker.started.length === 2);
    expect(understoodIn(worker.started[1]).targets).toMatchObject([{ id: 'bone', prompt: 'bone' }]);
    worker.settle[1]!.resolve(nothingFound);
    await endOf(job.id);
  });

  it('runs boxes as any other job: the same boxes again after a lost worker, and in a repeated job', async () => {
    const asked = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', name: 'skeleton', boxes: [box] };
    const { job, created } = await service.refine({ ...asked, window: { level: 40, width: 400 } });
    expect(created).toBe(true);
    expect(job).toMatchObject({
      state: 'queued',
      request: { prompts: ['skeleton'] },
      refinement: { boxes: [box], window: { level: 40, width: 400 } },
      targets: [{ id: 'bone' }],
      model: { id: 'boxes', reason: 'It takes boxes.' },
    });
    await until(() => worker.started.length === 1);
    worker.settle[0]!.reject(workerLost());
    await until(() => worker.started.length === 2);
    const [first, second] = worker.started.map(({ request }) => request);
    expect(second).toEqual(first);
    expect(second).toMatchObject({
      boxes: [box],
      throughSlices: true,
      window: { level: 40, width: 400 },
      made: { target: { name: 'bone', prompt: 'skeleton', concept: bone.concept }, output: {} },
    });
    worker.settle[1]!.resolve(nothingFound);
    expect(await endOf(job.id)).toMatchObject({ state: 'completed', refinement: { boxes: [box] } });

    const again = await service.rerun(job.id);
    expect(again.job).toMatchObject({ rerunOf: job.id, refinement: job.refinement, request: job.request });
    await until(() => worker.started.length === 3);
    worker.settle[2]!.resolve(nothingFound);
    await endOf(again.job.id);
  });

  it('makes the same UIDs for every run of one job, and others for another job', async () => {
    const first = await service.submit(request);
    await until(() => worker.started.length === 1);
    worker.settle[0]!.reject(workerLost());
    await until(() => worker.started.length === 2);
    expect(worker.started[1]!.request.result).toEqual(worker.started[0]!.request.result);
    worker.settle[1]!.resolve(nothingFound);
    const done = await endOf(first.job.id);
    expect(done.notes).toEqual(['The worker process ended (SIGKILL). The job was started again.']);
    await service.submit(request);
    await until(() => worker.started.length === 3);
    expect(worker.started[2]!.request.result).not.toEqual(worker.started[0]!.request.result);
    worker.settle[2]!.resolve(nothingFound);
  });

  it('gives up on a job that loses its worker three times', async () => {
    const { job } = await service.submit(request);
    for (const attempt of [0, 1, 2]) {
      await until(() => worker.started.length === attempt + 1);
      worker.settle[attempt]!.reject(workerLost());
    }
    expect(await endOf(job.id)).toMatchObject({ state: 'failed', problem: { code: 'worker-lost' } });
    expect(worker.started).toHaveLength(3);
  });

  it('returns the open job for the same request', async () => {
    const first = await service.submit(request);
    const second = await service.submit({ ...request, prompts: ['Bone'] });
    expect(second).toMatchObject({ created: false, job: { id: first.job.id } });
    await until(() => worker.started.length === 1);
    worker.settle[0]!.resolve(nothingFound);
    await endOf(first.job.id);
    expect((await service.submit(request)).created).toBe(true);
    await until(() => worker.started.length === 2);
    worker.settle[1]!.resolve(nothingFound);
  });

  it('cancels a queued job before it begins, and the next one moves up', async () => {
    const [a, b, c] = await Promise.all(
      ['bone', 'skeleton', 'bones'].map((prompt) => service.submit({ ...request, prompts: [prompt] })),
    );
    await until(() => worker.started.length === 1);
    const running = worker.started[0]!.jobId;
    const waiting = [a!, b!, c!].map(({ job }) => job.id).filter((id) => id !== running);
    expect((await service.cancel(waiting[0]!)).state).toBe('cancelled');
    expect((await jobs.store.get(waiting[1]!)).queuePosition).toBe(1);
    worker.settle[0]!.resolve(nothingFound);
    await until(() => worker.started.length === 2);
    expect(worker.started[1]!.jobId).toBe(waiting[1]);
    worker.settle[1]!.resolve(nothingFound);
    await endOf(waiting[1]!);
    expect(worker.started).toHaveLength(2);
  });

  it('cancels a running job until it begins to store, and says no from then on', async () => {
    const { job } = await service.submit(request);
    await until(() => worker.started.length === 1);
    await worker.started[0]!.beforeStoring();
    await expect(service.cancel(job.id)).rejects.toMatchObject({ code: 'job-being-stored' });
    worker.settle[0]!.resolve(nothingFound);
    await endOf(job.id);
    await expect(service.cancel(job.id)).rejects.toMatchObject({ code: 'job-ended' });

    const second = await service.submit(request);
    await until(() => worker.started.length === 2);
    worker.started[1]!.onStage('segmenting');
    await until(async () => (await jobs.store.get(second.job.id)).state === 'segmenting');
    await service.cancel(second.job.id);
    expect(await endOf(second.job.id)).toMatchObject({ state: 'cancelled', problem: { code: 'cancelled' } });
    // Once or more often: a cancel is heard by its notification, and seen again with the next heartbeat.
    expect([...new Set(worker.cancelled)]).toEqual([second.job.id]);
  });

  it('takes up a running job however often the server is stopped', async () => {
    const { job } = await service.submit(request);
    for (let restart = 0; restart < 4; restart++) {
      await until(() => worker.started.length === 1);
      await restartEverything();
    }
    await until(() => worker.started.length === 1);
    worker.settle[0]!.resolve(nothingFound);
    expect((await endOf(job.id)).state).toBe('completed');
  });

  it('takes up a running and a queued job after a restart', async () => {
    const running = await service.submit(request);
    await until(() => worker.started.length === 1);
    const queued = await service.submit({ ...request, prompts: ['skeleton'] });
    await restartEverything();
    await until(() => worker.started.length === 1);
    worker.settle[0]!.resolve(nothingFound);
    await until(() => worker.started.length === 2);
    worker.settle[1]!.resolve(nothingFound);
    expect((await endOf(running.job.id)).notes).toEqual(['The worker on here was stopped. The job was started again.']);
    expect((await endOf(queued.job.id)).notes).toEqual([]);
  });

  it('runs fifty jobs that come at once in the order in which they came', async () => {
    const accepted: string[] = [];
    for (let number = 0; number < 50; number++) accepted.push((await service.submit(requestNumber(number))).job.id);
    for (let number = 0; number < 50; number++) {
      await until(() => worker.started.length === number + 1);
      worker.settle[number]!.resolve(nothingFound);
    }
    await endOf(accepted.at(-1)!);
    expect(worker.started.map(({ jobId }) => jobId)).toEqual(accepted);
  });

  it('refuses at once what cannot work, and keeps no job', async () => {
    await expect(service.submit({ ...request, prompts: ['liver'] })).rejects.toMatchObject({
      code: 'prompt-not-understood',
    });
    await expect(service.submit({ ...request, model: 'other' })).rejects.toMatchObject({ code: 'model-not-found' });
    expect((await jobs.lists.list({ limit: 10 })).jobs).toEqual([]);
    await runner.stop();
    await start(archiveWith(async () => ({ ...series, modality: 'MR' })));
    await expect(service.submit(request)).rejects.toMatchObject({ code: 'modality-not-served' });
    await runner.stop();
    await start(archiveWith(async () => ({ ...series, modality: 'SEG' })));
    await expect(service.submit(request)).rejects.toMatchObject({ code: 'series-without-images' });
    await runner.stop();
    await start(
      archiveWith(() => Promise.reject(new PromptsegError('archive-unreachable', 'The archive does not respond.'))),
    );
    await expect(service.submit(request)).rejects.toMatchObject({ code: 'archive-unreachable' });
  });
});
