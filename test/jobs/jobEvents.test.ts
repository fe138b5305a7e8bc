import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Job } from '../../server/contract/job.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { until } from '../support/until.js';
import { describeOnEachDatabase } from './eachDatabase.js';
import { emptied, queuedJob } from './jobParts.js';
import { idleStatus, workerOn } from './scriptedWorker.js';

describeOnEachDatabase('job events', (kind) => {
  let jobs: Jobs;
  const worker = { id: randomUUID(), host: 'here' };

  beforeAll(async () => {
    jobs = await openJobs(await kind.create());
  });
  afterAll(() => jobs?.close());
  beforeEach(async () => {
    await jobs.database.executeSql(emptied);
    await jobs.workers.register(worker.id, workerOn('here'), idleStatus);
  });
  const accept = async (key: string): Promise<Job> =>
    (await jobs.store.insert(queuedJob(), key, (sql, id) => jobs.queue.add(sql, id))).job;

  it('reach the listeners of this job only, and none that has left', async () => {
    const job = await accept('one');
    await accept('other');
    const states: string[] = [];
    const everybody: { id: string; state: string }[] = [];
    const unsubscribe = jobs.events.subscribe(job.id, (event) => states.push(event.job.state));
    jobs.events.subscribeToAll((event) => everybody.push(event.job));
    const first = await jobs.leases.takeNext(worker);
    await until(() => states.at(-1) === 'retrieving');
    unsubscribe();
    await jobs.leases.end(first!.lease, { state: 'completed' });
    const second = await jobs.leases.takeNext(worker);
    await jobs.leases.end(second!.lease, { state: 'completed' });
    // Events of different jobs come in any order.
    await until(() => everybody.some(({ id, state }) => id === second!.job.id && state === 'completed'));
    expect(new Set(states)).toEqual(new Set(['queued', 'retrieving'].filter((state) => states.includes(state))));
    expect(new Set(everybody.map(({ id }) => id))).toEqual(new Set([job.id, second!.job.id]));
  });

  it('report a waiting job that moves up, under a higher number', async () => {
    const [, second] = [await accept('one'), await accept('two')];
    const places: (number | undefined)[] = [];
    const numbers: number[] = [second.lastEventId];
    jobs.events.subscribe(second.id, ({ sequence, job }) => {
      places.push(job.queuePosition);
      numbers.push(sequence);
    });
    const taken = await jobs.leases.takeNext(worker);
    await jobs.leases.end(taken!.lease, { state: 'completed' });
    await until(() => places.at(-1) === 0);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(numbers.at(-1)).toBeGreaterThan(second.lastEventId);
  });

  it('say that the queue moved and that somebody wants to cancel', async () => {
    let moves = 0;
    const cancelled: string[] = [];
    jobs.events.onQueueMoved(() => moves++);
    jobs.events.onCancelRequested((id) => cancelled.push(id));
    const job = await accept('one');
    await until(() => moves > 0);
    await jobs.leases.takeNext(worker);
    await jobs.leases.requestCancel(job.id);
    await until(() => cancelled.length > 0);
    expect(cancelled).toEqual([job.id]);
  });
});
