import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '../../scripts/test/postgres.mjs';
import type { Job } from '../../server/contract/job.js';
import { createJobService, type JobService } from '../../server/src/jobs/jobService.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { type JobRunner, startJobRunner } from '../../server/src/jobs/worker/jobRunner.js';
import { type HeartbeatTiming, watchForLostWorkers } from '../../server/src/jobs/worker/lostWorkers.js';
import type { WorkerProcess } from '../../server/src/jobs/worker/workerProcess.js';
import { databaseWithTables } from '../support/sharedPostgres.js';
import { until } from '../support/until.js';
import { archiveWith, endOf, library, requestNumber, series } from './jobParts.js';
import { nothingFound, type ScriptedWorker, scriptedWorker, workerOn } from './scriptedWorker.js';

/** Several servers and workers on one PostgreSQL; each has connections of its own, as separate processes have. */
describe('several workers on one PostgreSQL', () => {
  const quick: HeartbeatTiming = { everyMs: 50, lostAfterMs: 500 };
  /** A worker that is as good as dead, or far too slow: it never says that it lives. */
  const never: HeartbeatTiming = { everyMs: 3_600_000, lostAfterMs: 500 };

  let postgres: TestPostgres;
  let url: string;
  let server: Jobs;
  let service: JobService;
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    url = await databaseWithTables(postgres.url);
    server = await open();
    service = createJobService({ jobs: server, archive: archiveWith(async () => series), library });
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function open(): Promise<Jobs> {
    const jobs = await openJobs({ kind: 'server', url });
    closing.push(() => jobs.close());
    return jobs;
  }
  async function startOn(host: string, worker: WorkerProcess, heartbeat = quick): Promise<JobRunner> {
    const jobs = await open();
    const runner = await startJobRunner({ jobs, library, worker, description: workerOn(host), heartbeat });
    closing.push(() => runner.stop());
    return runner;
  }
  const watch = (): void => void closing.push(watchForLostWorkers(server, quick));
  const accept = async (number = 0): Promise<Job> => (await service.submit(requestNumber(number))).job;
  const moreThanOne = (counts: Iterable<number>): number[] => [...counts].filter((count) => count > 1);

  it('share a hundred jobs, none run twice, nearly twice as fast as one', async () => {
    const runs = new Map<string, number>();
    const waiting = (): WorkerProcess => ({
      async run({ jobId, beforeStoring }) {
        runs.set(jobId, (runs.get(jobId) ?? 0) + 1);
        await sleep(80);
        await beforeStoring();
        return nothingFound;
      },
      cancel() {},
      kill() {},
      async stop() {},
    });
    const runAll = async (first: number): Promise<number> => {
      for (let number = first; number < first + 100; number++) await accept(number);
      const start = performance.now();
      const workers = [await startOn('a', waiting()), ...(first === 0 ? [] : [await startOn('b', waiting())])];
      await until(async () => (await server.store.unfinished()).length === 0);
      const took = performance.now() - start;
      for (const worker of workers) await worker.stop();
      return took;
    };
    const alone = await runAll(0);
    const together = await runAll(100);
    const ratio = (alone / together).toFixed(2);
    console.log(`100 jobs of 80 ms: one worker ${alone.toFixed(0)} ms, two ${together.toFixed(0)} ms: ${ratio}×`);
    expect(runs.size).toBe(200);
    expect(moreThanOne(runs.values())).toEqual([]);
    const { jobs: latest } = await server.lists.list({ limit: 100 });
    const hosts = latest.map(({ worker }) => worker?.host);
    expect(new Set(hosts)).toEqual(new Set(['a', 'b']));
  });

  it('take over the job of one that is lost; what that one still says is refused', async () => {
    const slow = scriptedWorker();
    await startOn('slow', slow, never);
    const { id } = await accept();
    await until(() => slow.started.length === 1);
    const other = scriptedWorker();
    await startOn('other', other);
    watch();
    await until(() => other.started.length === 1);
    expect(other.started[0]!.request.result).toEqual(slow.started[0]!.request.result);

    slow.started[0]!.onStage('encoding');
    await expect(slow.started[0]!.beforeStoring()).rejects.toMatchObject({ code: 'lease-lost' });
    slow.settle[0]!.resolve({ ...nothingFound, notes: ['from the slow one'] });
    other.started[0]!.onStage('segmenting');
    await other.started[0]!.beforeStoring();
    other.settle[0]!.resolve({ ...nothingFound, notes: ['from the other one'] });
    expect(await endOf(server.store, id)).toMatchObject({
      state: 'completed',
      worker: { host: 'other' },
      notes: ['The worker on slow was not heard any more. The job was started again.', 'from the other one'],
    });
  });

  it('list who is at work, and not who is lost', async () => {
    await startOn('slow', scriptedWorker(), never);
    const busy = scriptedWorker();
    await startOn('busy', busy);
    watch();
    await until(async () => (await server.workers.list()).map(({ host }) => host).join() === 'busy');
    const { id } = await accept();
    await until(() => busy.started.length === 1);
    expect(await server.workers.list()).toMatchObject([{ host: 'busy', jobId: id, executionProvider: 'cpu' }]);
  });

  it('come back under a new name when they were only slow', async () => {
    const slow = scriptedWorker();
    await startOn('slow', slow);
    const { id } = await accept();
    await until(() => slow.started.length === 1);
    // A worker that is writing its heartbeat at this very moment is not silent.
    await until(async () => (await server.leases.takeFromSilent(0)) === 1);
    // Its next heartbeat is refused: it gives up the run and is ready for jobs again, this one too.
    await until(() => slow.started.length === 2);
    slow.settle[1]!.resolve(nothingFound);
    expect((await endOf(server.store, id)).state).toBe('completed');
  });

  it('end a job that takes worker after worker down, and name what one of them may have stored', async () => {
    const { id } = await accept();
    let stored: string | undefined;
    for (let lost = 0; lost < 6; lost++) {
      const worker = scriptedWorker();
      await startOn('doomed', worker, never);
      await until(() => worker.started.length === 1);
      if (lost === 1) {
        await worker.started[0]!.beforeStoring();
        stored = worker.started[0]!.request.result.sopInstanceUID;
      }
      await server.leases.takeFromSilent(0);
    }
    const job = await endOf(server.store, id);
    expect(job).toMatchObject({ state: 'failed', problem: { code: 'worker-silent' } });
    expect(job.begunToStore).toBe(stored);
  });

  it('hear of a cancellation through another server', async () => {
    const worker = scriptedWorker();
    await startOn('far', worker);
    const { id } = await accept();
    await until(() => worker.started.length === 1);
    await service.cancel(id);
    expect((await endOf(server.store, id)).state).toBe('cancelled');
    expect(worker.cancelled[0]).toBe(id);
  });

  it('cancel the job of a lost worker instead of running it again', async () => {
    const slow = deaf();
    await startOn('slow', slow, never);
    const { id } = await accept();
    await until(() => slow.started.length === 1);
    await service.cancel(id);
    await server.leases.takeFromSilent(0);
    expect((await endOf(server.store, id)).state).toBe('cancelled');
  });

  it('report their progress to the listeners of every server', async () => {
    const worker = scriptedWorker();
    await startOn('far', worker);
    const another = await open();
    const { id } = await accept();
    const seen: string[] = [];
    another.events.subscribe(id, ({ job }) => seen.push(job.state));
    await until(() => worker.started.length === 1);
    worker.started[0]!.onStage('segmenting');
    await until(() => seen.at(-1) === 'segmenting');
    worker.settle[0]!.resolve(nothingFound);
    await until(() => seen.at(-1) === 'completed');
  });

  it('reach those who follow all jobs, also when a connection to the database breaks at that moment', async () => {
    const ends: string[] = [];
    server.events.subscribeToAll(({ job }) => job.state === 'cancelled' && ends.push(job.id));
    const another = await open();
    const { id } = await accept();
    await another.database.transaction(async (sql) => {
      await sql.executeSql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'`);
      await another.store.update(id, { state: 'cancelled' }, { sql });
    });
    await until(() => ends.includes(id));
  });

  it('give their job back when they are stopped', async () => {
    const first = scriptedWorker();
    const runner = await startOn('first', first);
    const { id } = await accept();
    await until(() => first.started.length === 1);
    await runner.stop();
    expect(await server.store.get(id)).toMatchObject({ state: 'queued', queuePosition: 0 });
    expect(await server.workers.list()).toEqual([]);
  });

  it('go on when the database was killed and is back, with the result of the job that ran meanwhile', async () => {
    const worker = scriptedWorker();
    await startOn('patient', worker);
    watch();
    const { id } = await accept();
    await until(() => worker.started.length === 1);
    const seen: string[] = [];
    server.events.subscribe(id, ({ job }) => seen.push(job.state));
    await postgres.kill();
    worker.settle[0]!.resolve(nothingFound);
    await expect(accept(1)).rejects.toMatchObject({ code: 'database-unreachable' });
    await sleep(700);
    await postgres.restart();
    expect((await endOf(server.store, id)).state).toBe('completed');
    await until(() => seen.at(-1) === 'completed');
    const next = await accept(1);
    await until(() => worker.started.length === 2);
    worker.settle[1]!.resolve(nothingFound);
    expect((await endOf(server.store, next.id)).state).toBe('completed');
  });
});

/** A worker process that does not hear of a cancel. */
function deaf(): ScriptedWorker {
  return { ...scriptedWorker(), cancel() {} };
}
