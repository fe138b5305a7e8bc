import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { PromptsegError, toProblem } from '../../server/src/platform/errors.js';
import { createBackfillRunner } from '../../server/src/routing/backfill.js';
import { differences } from '../jobs/differences.js';
import { describeOnEachDatabase } from '../jobs/eachDatabase.js';
import { idleStatus, workerOn } from '../jobs/scriptedWorker.js';
import { killAt } from '../support/killAt.mjs';
import { never, routingOn, rules } from './routingOn.js';
import { rulesOf } from './routingParts.js';

describeOnEachDatabase('a series whose job failed', (kind) => {
  const t = routingOn(kind);
  const lost = toProblem(new PromptsegError('worker-lost', 'It failed.'));
  async function routed(): Promise<void> {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3);
    await t.readAll();
    await t.routeAll();
  }
  async function failNext(): Promise<void> {
    const worker = { id: randomUUID(), host: 'here' };
    await t.jobs.workers.register(worker.id, workerOn('here'), idleStatus);
    const taken = await t.jobs.leases.takeNext(worker);
    await t.jobs.leases.end(taken!.lease, { state: 'failed', problem: lost });
  }
  const makeDue = () => t.jobs.database.executeSql(`UPDATE pgboss.job SET start_after = now() WHERE name = 'routed'`);
  const agree = async () => expect(await differences(t.jobs.database)).toEqual([]);
  const states = async () => (await t.entries()).map(({ state }) => state);

  it('gets one new job, wherever the server that routes is killed', async () => {
    await routed();
    await failNext();
    let statement = 1;
    for (let followed = false; !followed || (await t.allJobs()).length < 2; statement++) {
      await makeDue();
      const undo = killAt(t.jobs.database, statement, () => Promise.reject(new Error('killed')));
      followed = await t.follow().then(
        () => true,
        (error: Error) => {
          expect(error.message).toBe('killed');
          return false;
        },
      );
      undo();
      await agree();
    }
    expect(statement).toBeGreaterThan(10);
    await makeDue();
    await t.follow();
    expect(await t.allJobs()).toHaveLength(2);
    expect(await states()).toEqual(['submitted']);
  });

  it('waits while its rule is off, and for nothing any more where the rule wants something else', async () => {
    await routed();
    await failNext();
    await t.follow();
    await makeDue();
    await t.follow(rulesOf({ enabled: false }));
    await agree();
    expect(await states()).toEqual(['waiting']);
    await makeDue();
    await t.follow(rulesOf({ prompts: ['skeleton'] }));
    await agree();
    expect(await states()).toEqual(['superseded']);
    expect(await t.allJobs()).toHaveLength(1);
  });

  it('waits for nothing any more where the series has grown, or its backfill is cancelled', async () => {
    await routed();
    await failNext();
    await t.follow();
    t.orthanc.receive('1.2.1', 2);
    await t.readAll();
    await t.routeAll();
    await agree();
    expect(await states()).toEqual(['submitted', 'superseded']);
    await t.jobs.leases.requestCancel((await t.allJobs())[0]!.id);

    for (const series of [1, 2]) t.orthanc.receive(`1.3.${series}`, 3, { study: '1.3', studyDate: '20260102' });
    const { id } = await t.routing.backfills.create({ from: '2026-01-01', to: '2026-01-02' });
    const runner = createBackfillRunner(t.routing.backfills, t.routing);
    while ((await t.routing.backfills.get(id)).counts.routed < 2) await runner.step(rules, never);
    await failNext();
    await t.follow();
    expect(await states()).toEqual(['submitted', 'waiting', 'cancelled', 'superseded']);
    await agree();
    await t.routing.backfills.cancel(id);
    await agree();
    expect(await states()).toEqual(['submitted', 'cancelled', 'cancelled', 'superseded']);
  });

  it('waits for nobody while it is parked, and for its next job when it is released', async () => {
    await routed();
    for (let failures = 1; failures <= 3; failures++) {
      await failNext();
      await t.follow();
      await makeDue();
      await t.follow();
    }
    await agree();
    expect(await states()).toEqual(['parked']);
    await t.routing.history.release('1.2.1', await t.routing.history.studiesOfParked('1.2.1'));
    await agree();
    await t.follow();
    await agree();
    expect(await t.allJobs()).toHaveLength(4);
  });
});
