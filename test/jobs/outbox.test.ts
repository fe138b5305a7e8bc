import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestPostgres } from '../../scripts/test/postgres.mjs';
import type { Job } from '../../server/contract/job.js';
import type { EndState } from '../../server/contract/jobState.js';
import type { DatabaseLocation } from '../../server/src/database/database.js';
import { createJobService } from '../../server/src/jobs/jobService.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import type { OutboxTiming } from '../../server/src/jobs/outbox/workOutbox.js';
import { workOutbox } from '../../server/src/jobs/outbox/workOutbox.js';
import { PromptsegError, toProblem } from '../../server/src/platform/errors.js';
import { until } from '../support/until.js';
import { differences } from './differences.js';
import { describeOnEachDatabase } from './eachDatabase.js';
import {
  archiveWith,
  emptied,
  foundBone,
  library,
  missingBone,
  requestNumber,
  series,
  storedBone,
} from './jobParts.js';
import { idleStatus, workerOn } from './scriptedWorker.js';

const timing: OutboxTiming = {
  leaseMs: 60_000,
  pollMs: 20,
  firstRetryMs: 10,
  longestRetryMs: 50,
  giveUpAfterMs: 60_000,
};
const unknownTarget = new PromptsegError('destination-unknown', 'Nobody knows it.');
const away = new PromptsegError('destination-unreachable', 'It does not respond.');

describeOnEachDatabase('what goes out when a job ends', (kind) => {
  let location: DatabaseLocation;
  let jobs: Jobs;
  const worker = { id: randomUUID(), host: 'here' };
  let number = 0;
  const closing: (() => Promise<unknown>)[] = [];

  const submit = async (destinations?: string[]): Promise<Job> => {
    const service = createJobService({
      jobs,
      archive: archiveWith(async () => series),
      library,
      destinations: ['research', 'ward'],
    });
    return (await service.submit({ ...requestNumber(++number), ...(destinations && { destinations }) })).job;
  };
  async function endOne(state: EndState, withResult = state === 'completed'): Promise<void> {
    const taken = await jobs.leases.takeNext(worker);
    await jobs.leases.end(taken!.lease, { state, ...(withResult && { result: storedBone }) });
  }
  const completed = async (...destinations: string[]): Promise<string> => {
    const { id } = await submit(destinations);
    await endOne('completed');
    return id;
  };
  const statesOf = async (id: string): Promise<Record<string, string>> =>
    Object.fromEntries(
      ((await jobs.store.get(id)).deliveries ?? []).map(({ destination, state }) => [destination, state]),
    );
  function perform(targets: string[], work: (target: string, signal: AbortSignal) => Promise<void>) {
    const running = workOutbox({
      outbox: jobs.deliveries,
      targets,
      perform: ({ target }, signal) => work(target, signal),
      unknownTarget,
      timing,
    });
    closing.push(() => running.stop());
    return running;
  }

  beforeAll(async () => {
    location = await kind.create();
    jobs = await openJobs(location);
  });
  beforeEach(async () => {
    await jobs.database.executeSql(emptied);
    await jobs.workers.register(worker.id, workerOn('here'), idleStatus);
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  afterAll(() => jobs?.close());

  it('is one delivery per destination besides the source, once the job has stored its result', async () => {
    const { id } = await submit(['source', 'ward', 'research']);
    expect((await jobs.store.get(id)).deliveries).toBeUndefined();
    await endOne('completed');
    expect((await jobs.store.get(id)).deliveries).toEqual([
      { destination: 'research', state: 'waiting', attempts: 0, nextAttemptAt: expect.stringMatching(/Z$/) },
      { destination: 'ward', state: 'waiting', attempts: 0, nextAttemptAt: expect.stringMatching(/Z$/) },
    ]);
    expect((await jobs.lists.list({ limit: 1 })).jobs[0]?.deliveries).toHaveLength(2);
  });

  it('is nothing for a job that failed, found nothing or named no destination', async () => {
    const ids = [await submit(['ward']), await submit(['ward']), await submit()].map(({ id }) => id);
    await endOne('failed');
    await endOne('completed', false);
    await endOne('completed');
    for (const id of ids) expect((await jobs.store.get(id)).deliveries).toBeUndefined();
    expect(await jobs.deliveries.countByTarget()).toEqual(new Map());
  });

  it('waits until everything found is accepted, if the request holds it back; then it goes out once', async () => {
    const service = createJobService({
      ...{ jobs, archive: archiveWith(async () => series), library, destinations: ['ward'] },
    });
    const request = { ...requestNumber(++number), destinations: ['source', 'ward'] };
    const { job: other } = await service.submit(request);
    const { job } = await service.submit({ ...request, holdUntilAccepted: true });
    expect(job.id).not.toBe(other.id);
    await service.cancel(other.id);
    const taken = await jobs.leases.takeNext(worker);
    const findings = [foundBone, missingBone, foundBone];
    await jobs.leases.end(taken!.lease, { state: 'completed', result: storedBone, findings });
    const accept = (index: number) => jobs.feedback.give(job.id, index, { verdict: 'accepted' });
    const seen = [await jobs.store.get(job.id), await accept(0), await accept(1)];
    await jobs.feedback.give(job.id, 2, { verdict: 'rejected' });
    seen.push(await jobs.store.get(job.id));
    expect(seen.map(({ review, deliveries }) => [review?.state, deliveries])).toEqual([
      ['draft', undefined],
      ['draft', undefined],
      ['draft', undefined],
      ['rejected', undefined],
    ]);
    const released = await accept(2);
    expect([released.review?.state, await statesOf(job.id)]).toEqual(['accepted', { ward: 'waiting' }]);
    await accept(0);
    await jobs.feedback.giveToAll(job.id, { verdict: 'accepted' });
    expect(await jobs.deliveries.countByTarget()).toMatchObject(new Map([['ward', { waiting: 1 }]]));
    const { rows } = await jobs.database.executeSql(
      `SELECT kind FROM promptseg.audit_trail WHERE kind = 'delivery-released' AND event LIKE '%${job.id}%'`,
    );
    expect(rows).toHaveLength(1);
    const arrived: string[] = [];
    perform(['ward'], async (target) => void arrived.push(target));
    await until(async () => (await statesOf(job.id)).ward === 'delivered');
    expect(arrived).toEqual(['ward']);
  });

  it('is refused at once where the settings do not name the destination, with those that they do', async () => {
    await expect(submit(['wrad', 'ward'])).rejects.toMatchObject({
      code: 'destination-unknown',
      details: { unknown: ['wrad'], known: ['source', 'research', 'ward'] },
    });
  });

  it('makes another job of the same request to another destination, and one of the same in another order', async () => {
    const service = createJobService({
      jobs,
      archive: archiveWith(async () => series),
      library,
      destinations: ['a', 'b'],
    });
    const created = async (destinations?: string[]): Promise<boolean> =>
      (await service.submit({ ...requestNumber(1000), ...(destinations && { destinations }) })).created;
    expect([await created(), await created(['source']), await created(['b', 'a']), await created(['a', 'b'])]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('is delivered, sent as an event after the end, and never sent as another end', async () => {
    const ends: string[] = [];
    closing.push(async () => stop());
    const stop = jobs.events.onEnded(({ id }) => ends.push(id));
    const seen: string[] = [];
    const id = await completed('ward');
    jobs.events.subscribe(id, ({ job }) => seen.push(job.deliveries?.[0]?.state ?? ''));
    perform(['ward'], async () => {});
    await until(() => seen.at(-1) === 'delivered');
    expect((await jobs.store.get(id)).deliveries).toEqual([
      { destination: 'ward', state: 'delivered', attempts: 1, deliveredAt: expect.stringMatching(/Z$/) },
    ]);
    await until(() => ends.length > 0);
    expect(ends).toEqual([id]);
  });

  it('is tried again and again while the destination is down, and does not hold up another', async () => {
    let up = false;
    const id = await completed('research', 'ward');
    perform(['research', 'ward'], async (target) => {
      if (target === 'ward' && !up) throw away;
    });
    const wardOf = async () => (await jobs.store.get(id)).deliveries?.find(({ destination }) => destination === 'ward');
    await until(async () => ((await wardOf())?.attempts ?? 0) >= 3);
    expect((await statesOf(id)).research).toBe('delivered');
    expect(await wardOf()).toMatchObject({ problem: { code: 'destination-unreachable' } });
    up = true;
    await until(async () => (await wardOf())?.state === 'delivered');
    expect((await wardOf())?.problem).toBeUndefined();
  });

  it('is given up where it was refused, or not accepted for too long; a retry begins again', async () => {
    const id = await completed('research', 'ward');
    let refuse = true;
    perform(['research', 'ward'], async (target) => {
      if (refuse) throw target === 'ward' ? new PromptsegError('destination-refused', 'No.') : away;
    });
    await until(async () => (await statesOf(id)).ward === 'failed');
    await jobs.database.executeSql(
      `UPDATE promptseg.deliveries SET trying_since = now() - interval '1 hour' WHERE target = 'research'`,
    );
    await until(async () => (await statesOf(id)).research === 'failed');
    refuse = false;
    expect(await jobs.deliveries.retry(id, 'ward')).toBe('failed');
    await until(async () => (await statesOf(id)).ward === 'delivered');
    expect((await jobs.store.get(id)).deliveries?.[1]).toMatchObject({ attempts: 1 });
    expect(await jobs.deliveries.retry(id, 'ward')).toBe('delivered');
    expect(await jobs.deliveries.retry(id, 'nowhere')).toBeUndefined();
  });

  it('is never taken by two servers at once', async () => {
    for (let count = 0; count < 10; count++) await completed('ward');
    const taken = await Promise.all(Array.from({ length: 12 }, () => jobs.deliveries.take('ward', 60_000)));
    const ids = taken.flatMap((step) => (step === undefined ? [] : [step.id]));
    expect(new Set(ids).size).toBe(ids.length);
    for (let step = await jobs.deliveries.take('ward', 60_000); step; ) {
      expect(ids).not.toContain(step.id);
      ids.push(step.id);
      step = await jobs.deliveries.take('ward', 60_000);
    }
    expect(ids).toHaveLength(10);
  });

  it('goes to another server where the first one died, and the first one can change nothing any more', async () => {
    const id = await completed('ward');
    const dead = await jobs.deliveries.take('ward', 0);
    const next = await jobs.deliveries.take('ward', 60_000);
    expect(next).toMatchObject({ id: dead!.id, attempts: 2 });
    expect([await jobs.deliveries.extend(dead!, 60_000), await jobs.deliveries.succeed(dead!)]).toEqual([false, false]);
    expect(await statesOf(id)).toEqual({ ward: 'delivering' });
    expect(await jobs.deliveries.succeed(next!)).toBe(true);
  });

  it('is given back at once by a server that stops', async () => {
    const id = await completed('ward');
    let began = false;
    const running = perform(
      ['ward'],
      (_target, signal) =>
        new Promise((_resolve, reject) => {
          began = true;
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    await until(() => began);
    await running.stop();
    expect((await jobs.store.get(id)).deliveries).toMatchObject([{ state: 'waiting', attempts: 0 }]);
  });

  it('is given up where for long no server has known its destination', async () => {
    const id = await completed('ward');
    const problem = toProblem(unknownTarget);
    expect(await jobs.deliveries.abandon(['research'], 60_000, problem)).toBe(0);
    await jobs.database.executeSql(`UPDATE promptseg.deliveries SET next_attempt_at = now() - interval '2 minutes'`);
    expect(await jobs.deliveries.abandon(['ward'], 60_000, problem)).toBe(0);
    expect(await jobs.deliveries.abandon(['research'], 60_000, problem)).toBe(1);
    expect((await jobs.store.get(id)).deliveries).toMatchObject([{ state: 'failed', problem }]);
  });

  it('outlives everything between the end of the job and the delivery', async () => {
    const id = await completed('ward');
    await jobs.deliveries.take('ward', 1);
    await jobs.close();
    jobs = await openJobs(location);
    await jobs.workers.register(randomUUID(), workerOn('here'), idleStatus);
    perform(['ward'], async () => {});
    await until(async () => (await statesOf(id)).ward === 'delivered');
  });
});

describe('what goes out when a job ends, on a PostgreSQL that is killed', () => {
  it('is delivered when the database is back', async () => {
    const postgres = await startTestPostgres();
    const jobs = await openJobs({ kind: 'server', url: await postgres.createDatabase() });
    const worker = { id: randomUUID(), host: 'here' };
    await jobs.workers.register(worker.id, workerOn('here'), idleStatus);
    const archive = archiveWith(async () => series);
    const service = createJobService({ jobs, archive, library, destinations: ['ward'] });
    const { job } = await service.submit({ ...requestNumber(1), destinations: ['ward'] });
    const { lease } = (await jobs.leases.takeNext(worker))!;
    await jobs.leases.end(lease, { state: 'completed', result: storedBone });

    let began = 0;
    let goOn = (): void => {};
    const running = workOutbox({
      outbox: jobs.deliveries,
      targets: ['ward'],
      perform: async () => {
        began++;
        if (began === 1) await new Promise<void>((resolve) => (goOn = resolve));
      },
      unknownTarget,
      timing: { ...timing, leaseMs: 200 },
    });
    await until(() => began === 1);
    await postgres.kill();
    goOn();
    await postgres.restart();
    const delivery = async () => (await jobs.store.get(job.id)).deliveries?.[0];
    await until(async () => (await delivery())?.state === 'delivered');
    expect(await differences(jobs.database)).toEqual([]);
    await running.stop();
    await jobs.close();
    await postgres.stop();
  });
});
