import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Job } from '../../server/contract/job.js';
import { stages } from '../../server/contract/jobState.js';
import { createJobService, type JobService } from '../../server/src/jobs/jobService.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { createWaitEstimates } from '../../server/src/jobs/queue/waitEstimates.js';
import { deleteEndedBefore } from '../../server/src/jobs/retention.js';
import { type JobRunner, startJobRunner } from '../../server/src/jobs/worker/jobRunner.js';
import { PromptsegError } from '../../server/src/platform/errors.js';
import { until } from '../support/until.js';
import { describeOnEachDatabase } from './eachDatabase.js';
import { archiveWith, emptied, endOf as endIn, library, request, requestNumber, series } from './jobParts.js';
import { idleStatus, nothingFound, type ScriptedWorker, scriptedWorker, workerOn } from './scriptedWorker.js';

describeOnEachDatabase('jobs that wait', (kind) => {
  let jobs: Jobs;
  let service: JobService;
  let worker: ScriptedWorker;
  let runner: JobRunner | undefined;

  beforeAll(async () => {
    jobs = await openJobs(await kind.create());
  });
  beforeEach(async () => {
    await jobs.database.executeSql(emptied);
    service = createJobService({ jobs, archive: archiveWith(async () => series), library });
  });
  afterEach(async () => {
    await runner?.stop();
    runner = undefined;
  });
  afterAll(() => jobs?.close());

  const endOf = (id: string): Promise<Job> => endIn(jobs.store, id);
  async function work(): Promise<void> {
    worker = scriptedWorker();
    const heartbeat = { everyMs: 100, lostAfterMs: 60_000 };
    runner = await startJobRunner({ jobs, library, worker, description: workerOn('here'), heartbeat });
  }
  const away = () => new PromptsegError('archive-unreachable', 'The archive does not respond.');
  async function failOnce(job: Job): Promise<Job> {
    await until(() => worker.started.length === 1);
    worker.settle[0]!.reject(away());
    await until(async () => (await jobs.store.get(job.id)).state === 'queued');
    return jobs.store.get(job.id);
  }

  it('run in the order in which they came, those that a person waits for first', async () => {
    const ids: Record<string, string> = {};
    for (const [name, priority] of [
      ['routed 1', 'routed'],
      ['person 1', 'interactive'],
      ['routed 2', 'routed'],
      ['person 2', undefined],
    ] as const) {
      const { job } = await service.submit({
        ...requestNumber(Object.keys(ids).length),
        ...(priority && { priority }),
      });
      ids[name] = job.id;
    }
    const order = ['person 1', 'person 2', 'routed 1', 'routed 2'].map((name) => ids[name]);
    expect((await jobs.lists.openInTurn()).map(({ id }) => id)).toEqual(order);
    expect(await Promise.all(order.map(async (id) => (await jobs.store.get(id!)).queuePosition))).toEqual([0, 1, 2, 3]);
    const listed = (await jobs.lists.list({ limit: 10 })).jobs;
    expect(order.map((id) => listed.find((job) => job.id === id)?.queuePosition)).toEqual([0, 1, 2, 3]);
    const taken: string[] = [];
    for (const id of order) {
      const workerId = randomUUID();
      await jobs.workers.register(workerId, workerOn('here'), idleStatus);
      const next = await jobs.leases.takeNext({ id: workerId, host: 'here' });
      taken.push(next!.job.id);
      // One that is put back goes before its equals, but a routed one not before those that a person waits for.
      if (id === ids['routed 1']) await jobs.leases.putBack(next!.lease, { state: 'queued' });
    }
    expect(taken).toEqual([...order.slice(0, 3), ids['routed 1']]);
    expect((await jobs.lists.openInTurn()).filter(({ state }) => state === 'queued').map(({ id }) => id)).toEqual([
      ids['routed 2'],
    ]);
  });

  it('come fifty in a row and are run in turn', async () => {
    const inTurn: string[] = [];
    for (let number = 0; number < 50; number++) inTurn.push((await service.submit(requestNumber(number))).job.id);
    expect((await jobs.lists.openInTurn()).map(({ id }) => id)).toEqual(inTurn);
    await work();
    for (let index = 0; index < 50; index++) {
      await until(() => worker.started.length === index + 1);
      worker.settle[index]!.resolve(nothingFound);
    }
    await until(async () => (await jobs.lists.queueLength()).running === 0);
    expect(worker.started.map(({ jobId }) => jobId)).toEqual(inTurn);
  });

  it('wait for another attempt while others run, and then finish', async () => {
    await work();
    const { job } = await service.submit(request);
    const waiting = await failOnce(job);
    expect(waiting.failedAttempts).toEqual([
      { at: expect.any(String), code: 'archive-unreachable', reason: 'The archive does not respond.' },
    ]);
    expect(Date.parse(waiting.retryAt!)).toBeGreaterThan(Date.now());
    expect(waiting.queuePosition).toBeUndefined();
    expect(await jobs.lists.queueLength()).toEqual({ queued: 0, waitingForRetry: 1, waitingForRule: 0, running: 0 });

    const other = await service.submit(requestNumber(2));
    await until(() => worker.started.length === 2);
    worker.settle[1]!.resolve(nothingFound);
    expect((await endOf(other.job.id)).state).toBe('completed');

    await until(() => worker.started.length === 3);
    expect(worker.started[2]!.jobId).toBe(job.id);
    expect((await jobs.store.get(job.id)).retryAt).toBeUndefined();
    worker.settle[2]!.resolve(nothingFound);
    expect(await endOf(job.id)).toMatchObject({
      state: 'completed',
      failedAttempts: [{ code: 'archive-unreachable' }],
    });
  });

  it('can be cancelled while they wait for another attempt', async () => {
    await work();
    const { job } = await service.submit(request);
    await failOnce(job);
    expect(await service.cancel(job.id)).toMatchObject({ state: 'cancelled', problem: { code: 'cancelled' } });
    expect((await jobs.database.executeSql('SELECT * FROM pgboss.job')).rows).toEqual([]);
    expect((await jobs.store.get(job.id)).retryAt).toBeUndefined();
  });

  it('end as cancelled, not with another attempt, where the cancel and a passing trouble meet', async () => {
    const workerId = randomUUID();
    await jobs.workers.register(workerId, workerOn('here'), idleStatus);
    const { job } = await service.submit(request);
    const taken = await jobs.leases.takeNext({ id: workerId, host: 'here' });
    await service.cancel(job.id);
    expect(await jobs.workers.beat(workerId, idleStatus)).toEqual({ known: true, jobToCancel: job.id });
    await jobs.leases.putBack(taken!.lease, { state: 'queued' });
    expect(await jobs.store.get(job.id)).toMatchObject({ state: 'cancelled', problem: { code: 'cancelled' } });
    expect((await jobs.database.executeSql('SELECT * FROM pgboss.job')).rows).toEqual([]);
  });

  it('can be cancelled in every stage before their result is stored', async () => {
    await work();
    for (const [index, stage] of stages.entries()) {
      const { job } = await service.submit(requestNumber(index));
      await until(() => worker.started.length === index + 1);
      worker.started[index]!.onStage(stage);
      await until(async () => (await jobs.store.get(job.id)).state === stage);
      if (stage === 'storing' || stage === 'verifying') {
        await expect(service.cancel(job.id)).rejects.toMatchObject({ code: 'job-being-stored' });
        worker.settle[index]!.resolve(nothingFound);
        expect((await endOf(job.id)).state).toBe('completed');
      } else {
        await service.cancel(job.id);
        expect(await endOf(job.id)).toMatchObject({ state: 'cancelled', problem: { code: 'cancelled' } });
      }
    }
  });

  it('are returned for the same request, also while they wait for another attempt', async () => {
    await work();
    const { job } = await service.submit(request);
    await failOnce(job);
    expect(await service.submit({ ...request, priority: 'routed' })).toMatchObject({
      created: false,
      job: { id: job.id },
    });
  });

  it('are repeated when they have failed, and not before', async () => {
    await work();
    const { job } = await service.submit(request);
    await expect(service.rerun(job.id)).rejects.toMatchObject({ code: 'job-open' });
    await until(() => worker.started.length === 1);
    worker.settle[0]!.reject(new PromptsegError('store-refused', 'The archive did not store the result.'));
    expect((await endOf(job.id)).state).toBe('failed');
    const again = await service.rerun(job.id);
    expect(again).toMatchObject({ created: true, job: { rerunOf: job.id, request } });
    expect(await service.rerun(job.id)).toMatchObject({ created: false, job: { id: again.job.id } });
    await until(() => worker.started.length === 2);
    expect(worker.started[1]!.request.result).not.toEqual(worker.started[0]!.request.result);
    worker.settle[1]!.resolve(nothingFound);
    expect((await endOf(again.job.id)).state).toBe('completed');
    await expect(service.rerun(randomUUID())).rejects.toMatchObject({ code: 'job-not-found' });
  });

  it('say when they will begin, once enough of their kind have run', async () => {
    const estimates = createWaitEstimates(jobs);
    await work();
    const estimateOf = async (id: string) => (await estimates.of(await jobs.store.get(id))).estimate;
    const begin = async (number: number): Promise<string> => (await service.submit(requestNumber(number))).job.id;
    for (const number of [0, 1, 2]) {
      const id = await begin(number);
      await until(() => worker.started.length === number + 1);
      expect(await estimateOf(id)).toBeUndefined();
      worker.settle[number]!.resolve(nothingFound);
      await endOf(id);
    }
    // As if they had taken ten seconds each.
    await jobs.database.executeSql(
      `UPDATE promptseg.jobs
       SET job = job || jsonb_build_object('startedAt', '2026-01-01T00:00:00Z', 'endedAt', '2026-01-01T00:00:10Z')`,
    );
    const [running, first, second] = [await begin(3), await begin(4), await begin(5)];
    await until(async () => (await jobs.store.get(running)).state !== 'queued');
    await until(async () => (await estimateOf(second))?.startsInSeconds !== undefined);
    const found = [await estimateOf(running), await estimateOf(first), await estimateOf(second)];
    expect(found.map((estimate) => Math.ceil((estimate?.startsInSeconds ?? 0) / 10))).toEqual([0, 1, 2]);
    expect(found.map((estimate) => Math.ceil(estimate!.endsInSeconds / 10))).toEqual([1, 2, 3]);
    for (const index of [3, 4, 5]) {
      await until(() => worker.started.length === index + 1);
      worker.settle[index]!.resolve(nothingFound);
    }
    await endOf(second);
    expect(await estimateOf(second)).toBeUndefined();
  });

  it('are listed by state, model and time, page by page', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 5; number++) ids.push((await service.submit(requestNumber(number))).job.id);
    await service.cancel(ids[1]!);
    const idsOf = async (filter: Omit<Parameters<typeof jobs.lists.list>[0], 'limit'>) =>
      (await jobs.lists.list({ ...filter, limit: 10 })).jobs.map(({ id }) => id);
    const newestFirst = [...ids].reverse();
    expect(await idsOf({})).toEqual(newestFirst);
    expect(await idsOf({ states: ['cancelled'] })).toEqual([ids[1]]);
    expect(await idsOf({ states: ['completed', 'failed'] })).toEqual([]);
    expect(await idsOf({ model: 'test', states: ['queued'] })).toEqual(newestFirst.filter((id) => id !== ids[1]));
    expect(await idsOf({ model: 'other' })).toEqual([]);
    const third = new Date((await jobs.store.get(ids[2]!)).createdAt);
    expect(await idsOf({ since: third })).toEqual(expect.arrayContaining([ids[4], ids[3], ids[2]]));
    expect(await idsOf({ until: third })).not.toContain(ids[2]);

    const pages: string[][] = [];
    let before: number | undefined;
    do {
      const { jobs: page, nextCursor } = await jobs.lists.list({ limit: 2, ...(before !== undefined && { before }) });
      pages.push(page.map(({ id }) => id));
      before = nextCursor === undefined ? undefined : Number(nextCursor);
    } while (before !== undefined);
    expect(pages).toEqual([newestFirst.slice(0, 2), newestFirst.slice(2, 4), newestFirst.slice(4)]);
  });

  it('report what changed since an event', async () => {
    const { job: first } = await service.submit(requestNumber(1));
    const { job: second } = await service.submit(requestNumber(2));
    const { rows } = await jobs.database.executeSql('SELECT sequence FROM promptseg.jobs WHERE id = $1', [second.id]);
    const since = Number(rows[0]?.sequence);
    expect(await jobs.lists.changedSince(since, 10)).toEqual([]);
    await service.cancel(first.id);
    expect((await jobs.lists.changedSince(since, 10)).map(({ id, state }) => [id, state])).toEqual([
      [first.id, 'cancelled'],
    ]);
    expect((await jobs.lists.changedSince(0, 1)).map(({ id }) => id)).toEqual([first.id]);
  });

  it('keep no record for longer than they should, and lose none that is needed', async () => {
    const { job: open } = await service.submit(requestNumber(1));
    const { job: recent } = await service.submit(requestNumber(2));
    await service.cancel(recent.id);
    // More than one batch.
    await jobs.database.executeSql(
      `INSERT INTO promptseg.jobs (id, sequence, state, study_instance_uid, request_key, created_at, job)
       SELECT gen_random_uuid(), nextval('promptseg.job_event_sequence'), 'completed', '1.2', 'old ' || number, now(),
         '{"state": "completed", "endedAt": "2020-01-01T00:00:00.000Z"}'
       FROM generate_series(1, 1001) AS number`,
    );
    expect(await deleteEndedBefore(jobs.database, new Date(Date.now() - 60_000))).toBe(1001);
    expect((await jobs.lists.list({ limit: 10 })).jobs.map(({ id }) => id)).toEqual([recent.id, open.id]);
    expect(await deleteEndedBefore(jobs.database, new Date(Date.now() + 60_000))).toBe(1);
    expect((await jobs.store.get(open.id)).state).toBe('queued');
  });
});
