import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Job } from '../../server/contract/job.js';
import type { DatabaseLocation } from '../../server/src/database/database.js';
import { createJobService } from '../../server/src/jobs/jobService.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import type { TakenStep } from '../../server/src/jobs/outbox/outbox.js';
import { postpone } from '../../server/src/jobs/queue/postpone.js';
import { eraseRecord } from '../../server/src/jobs/records/eraseRecord.js';
import type { StartedJob } from '../../server/src/jobs/records/jobStore.js';
import { deleteEndedBefore } from '../../server/src/jobs/retention.js';
import { PromptsegError, toProblem } from '../../server/src/platform/errors.js';
import { registerWebhooks } from '../../server/src/routing/webhooks/registerWebhooks.js';
import { system } from '../../server/src/values/principal.js';
import { killAt } from '../support/killAt.mjs';
import { differences } from './differences.js';
import { describeOnEachDatabase } from './eachDatabase.js';
import { archiveWith, emptied, library, requestNumber, series, storedBone } from './jobParts.js';
import { idleStatus, workerOn } from './scriptedWorker.js';

const killedProgram = path.resolve(import.meta.dirname, 'killedProgram.mjs');
const away = toProblem(new PromptsegError('destination-unreachable', 'It does not respond.'));
const hour = 3_600_000;
const completed = { state: 'completed', result: storedBone } as const;

describeOnEachDatabase('a record and its message', (kind) => {
  let location: DatabaseLocation;
  let jobs: Jobs;
  let number = 0;

  beforeAll(async () => {
    location = await kind.create();
    jobs = await openJobs(location);
  });
  beforeEach(() => clear());
  afterAll(() => jobs?.close());

  async function clear(): Promise<void> {
    await jobs.database.executeSql(emptied);
    await jobs.database.executeSql(`INSERT INTO promptseg.webhooks VALUES ('ris', '{}')`);
  }
  async function submit(...destinations: string[]): Promise<Job> {
    const archive = archiveWith(async () => series);
    const service = createJobService({ jobs, archive, library, destinations: ['research', 'ward', 'new'] });
    return (await service.submit({ ...requestNumber(++number), destinations })).job;
  }
  async function newWorker(): Promise<{ id: string; host: string }> {
    const worker = { id: randomUUID(), host: 'here' };
    await jobs.workers.register(worker.id, workerOn('here'), idleStatus);
    return worker;
  }
  async function started(...destinations: string[]): Promise<StartedJob> {
    await submit(...destinations);
    return (await jobs.leases.takeNext(await newWorker()))!;
  }
  async function ended(...destinations: string[]): Promise<string> {
    const { job, lease } = await started(...destinations);
    await jobs.leases.end(lease, completed);
    return job.id;
  }
  async function taken(): Promise<TakenStep> {
    await ended('ward');
    return (await jobs.deliveries.take('ward', hour))!;
  }
  async function givenUp(): Promise<string> {
    const step = await taken();
    await jobs.deliveries.fail(step, away);
    return step.jobId;
  }
  const overdue = async (): Promise<void> => {
    await ended('ward');
    await jobs.database.executeSql(`UPDATE promptseg.deliveries SET next_attempt_at = now() - interval '2 hours'`);
    await jobs.database.executeSql(
      'UPDATE pgboss.job SET start_after = next_attempt_at FROM promptseg.deliveries AS step WHERE step.id = job.id',
    );
  };

  /** Each prepares something, and gives the change of it. */
  const changes: Readonly<Record<string, () => Promise<() => Promise<unknown>>>> = {
    'a job is accepted': async () => () => submit('ward'),
    'a job is taken': async () => {
      await submit();
      const worker = await newWorker();
      return () => jobs.leases.takeNext(worker);
    },
    'a job is put back, to wait': async () => {
      const { lease } = await started();
      const retryAt = new Date(Date.now() + hour).toISOString();
      return () => jobs.leases.putBack(lease, { state: 'queued', retryAt });
    },
    'a job that waits is postponed': async () => {
      const { id } = await submit();
      return () => postpone(jobs, id, new Date(Date.now() + hour));
    },
    'a job that waits is cancelled': async () => {
      const { id } = await submit();
      return () => jobs.leases.requestCancel(id);
    },
    'a job ends, with results for two destinations': async () => {
      const { lease } = await started('ward', 'research');
      return () => jobs.leases.end(lease, completed);
    },
    'the worker of a job is lost': async () => {
      await started();
      return () => jobs.leases.takeFromSilent(0);
    },
    'a step is taken': async () => {
      await ended('ward');
      return () => jobs.deliveries.take('ward', hour);
    },
    'a step is extended': async () => {
      const step = await taken();
      return () => jobs.deliveries.extend(step, 2 * hour);
    },
    'a step succeeds': async () => {
      const step = await taken();
      return () => jobs.deliveries.succeed(step);
    },
    'a step fails, to be tried again': async () => {
      const step = await taken();
      return () => jobs.deliveries.fail(step, away, hour);
    },
    'a step is given up': async () => {
      const step = await taken();
      return () => jobs.deliveries.fail(step, away);
    },
    'a step is put back': async () => {
      const step = await taken();
      return () => jobs.deliveries.putBack(step);
    },
    'a step that was given up is started over': async () => {
      const id = await givenUp();
      return () => jobs.deliveries.retry(id, 'ward');
    },
    'a step of nobody is given up': async () => {
      await overdue();
      return () => jobs.deliveries.abandon([], hour, away);
    },
    'steps of a server that died are given back': async () => {
      await taken();
      return () => jobs.deliveries.takeFromAll();
    },
    'a job is erased while its result waits': async () => {
      const id = await ended('ward');
      return () => eraseRecord(jobs.database, id, system);
    },
    'a webhook is taken off': async () => {
      await ended();
      return () => registerWebhooks(jobs.database, []);
    },
  };

  it.each(Object.keys(changes))('agree wherever a program is killed while %s', async (name) => {
    for (let statement = 1; ; statement++) {
      await clear();
      const change = await changes[name]!();
      let killed = false;
      const undo = killAt(jobs.database, statement, async () => {
        killed = true;
        throw new Error('killed');
      });
      const outcome = await change().catch((error: Error) => error.message);
      undo();
      expect(outcome === 'killed').toBe(killed);
      expect(await differences(jobs.database)).toEqual([]);
      if (!killed) {
        expect(statement).toBeGreaterThan(1);
        return;
      }
    }
  });

  it('agree wherever the operating system ends the program that ends a job', async () => {
    // Every third statement: each start takes 1 to 2 s of processor time, and the test above dies at every statement.
    for (let statement = 1; ; statement += 3) {
      const { id } = await submit('new');
      if (kind.name === 'PGlite') await jobs.close();
      const args = [location, completed, statement].map((each) => JSON.stringify(each));
      const program = spawn(process.execPath, [killedProgram, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
      const closed = once(program, 'close');
      const [line] = await once(createInterface(program.stdout), 'line');
      if (line === 'reached') program.kill('SIGKILL');
      await closed;
      if (kind.name === 'PGlite') jobs = await openJobs(location);
      else await jobs.leases.takeFromSilent(0);
      expect(await differences(jobs.database)).toEqual([]);
      const { state, deliveries } = await jobs.store.get(id);
      if (line === 'ended') {
        expect([state, deliveries]).toMatchObject(['completed', [{ destination: 'new', state: 'waiting' }]]);
        expect(statement).toBeGreaterThan(5);
        return;
      }
      expect([line, state, deliveries]).toEqual(['reached', 'queued', undefined]);
      await jobs.leases.requestCancel(id);
    }
  });

  it('agree where everything is done to the same jobs at once, and each job is run by one worker', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => submit('ward')));
    const later = new Date(Date.now() + hour);
    const workers = await Promise.all(all.map(newWorker));
    const outcomes = await Promise.all([
      ...workers.map((worker) => jobs.leases.takeNext(worker)),
      ...all.slice(0, 6).map(({ id }) => jobs.leases.requestCancel(id)),
      ...all.slice(3, 9).map(({ id }) => postpone(jobs, id, later)),
      ...all.slice(5, 7).map(({ id }) => postpone(jobs, id, new Date())),
    ]);
    expect(await differences(jobs.database)).toEqual([]);
    const runs = outcomes.flatMap((each) => (each instanceof Object && 'lease' in each ? [each.job.id] : []));
    expect(new Set(runs).size).toBe(runs.length);
  });

  it('agree where everything is done to the same steps at once, and nobody has to wait for ever', async () => {
    for (let count = 0; count < 6; count++) await ended('ward');
    const ids = (await jobs.lists.list({ limit: 10 })).jobs.map(({ id }) => id);
    const some: TakenStep[] = [];
    for (let count = 0; count < 3; count++) some.push((await jobs.deliveries.take('ward', 0))!);
    await Promise.all([
      ...ids.flatMap((id) => [jobs.deliveries.retry(id, 'ward'), jobs.deliveries.take('ward', 0)]),
      ...some.flatMap((step) => [
        jobs.deliveries.extend(step, 0),
        jobs.deliveries.fail(step, away, 0),
        jobs.deliveries.succeed(step),
      ]),
      jobs.deliveries.abandon([], 0, away),
    ]);
    expect(await differences(jobs.database)).toEqual([]);
  });

  it('leave together with their job when it is old', async () => {
    await ended('ward');
    expect(await deleteEndedBefore(jobs.database, new Date(Date.now() + hour))).toBe(1);
    expect((await jobs.database.executeSql('SELECT FROM pgboss.job')).rows).toEqual([]);
  });
});
