import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createJobService } from '../../server/src/jobs/jobService.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import type { TakenStep } from '../../server/src/jobs/outbox/outbox.js';
import { sendEdited } from '../../server/src/jobs/outbox/sendOut.js';
import { workOutbox } from '../../server/src/jobs/outbox/workOutbox.js';
import { createResultsService } from '../../server/src/jobs/results/resultsService.js';
import type { Archive } from '../../server/src/pacs/archive.js';
import { PromptsegError, toProblem } from '../../server/src/platform/errors.js';
import { until } from '../support/until.js';
import { differences } from './differences.js';
import { describeOnEachDatabase } from './eachDatabase.js';
import { archiveWith, emptied, foundBone, library, requestNumber, series, storedBone } from './jobParts.js';
import { idleStatus, workerOn } from './scriptedWorker.js';

const away = toProblem(new PromptsegError('destination-unreachable', 'It does not respond.'));
const refused = toProblem(new PromptsegError('destination-refused', 'No.'));
const own = storedBone.sopInstanceUID;

describeOnEachDatabase('the delivery of an edited result', (kind) => {
  let jobs: Jobs;
  const worker = { id: randomUUID(), host: 'here' };
  let number = 0;

  async function completed(destinations: string[], holdUntilAccepted = false): Promise<string> {
    const service = createJobService({ jobs, archive: archiveWith(async () => series), library, destinations });
    const { id } = (await service.submit({ ...requestNumber(++number), destinations, holdUntilAccepted })).job;
    const { lease } = (await jobs.leases.takeNext(worker))!;
    await jobs.leases.end(lease, { state: 'completed', result: storedBone, findings: [foundBone] });
    return id;
  }
  /** The server's service for results, with nothing in place of the archive. */
  const resultsWith = (sopInstanceUID: string) =>
    createResultsService({
      store: jobs.store,
      archive: {} as Archive,
      deletion: { deleteObjects: async () => {} },
      results: { ask: async () => ({ ...storedBone, sopInstanceUID, findings: [], removed: [] }) as never },
      sendEdited: (sql, job, edited) => sendEdited(sql, job, edited, jobs.deliveries),
    });
  const edit = (id: string, sopInstanceUID: string) =>
    resultsWith(sopInstanceUID).storeEdited(id, undefined, new Uint8Array());
  const takeWard = (leaseMs = 60_000): Promise<TakenStep | undefined> => jobs.deliveries.take('ward', leaseMs);
  async function deliver(): Promise<string | null> {
    const step = (await takeWard())!;
    await jobs.deliveries.succeed(step, step.content!);
    return step.content;
  }
  const deliveryOf = async (id: string, name = 'ward') =>
    (await jobs.store.get(id)).deliveries?.find(({ destination }) => destination === name);
  const sentOf = async (id: string, name = 'ward') =>
    (await deliveryOf(id, name))?.sent?.map(({ sopInstanceUID }) => sopInstanceUID);
  async function auditedOf(id: string, event: string): Promise<number> {
    const { rows } = await jobs.database.executeSql(
      'SELECT FROM promptseg.audit_trail WHERE kind = $1 AND position($2 IN event) > 0',
      [event, id],
    );
    return rows.length;
  }

  beforeAll(async () => {
    jobs = await openJobs(await kind.create());
  });
  beforeEach(async () => {
    await jobs.database.executeSql(emptied);
    await jobs.workers.register(worker.id, workerOn('here'), idleStatus);
  });
  afterAll(() => jobs?.close());

  it('sends each edit once, also one that is stored while another is sent', async () => {
    const id = await completed(['ward']);
    const first = (await takeWard())!;
    expect(first.content).toBe(own);
    await edit(id, '1.2.6');
    expect([await takeWard(), (await deliveryOf(id))?.state]).toEqual([undefined, 'delivering']);
    await jobs.deliveries.succeed(first, own);
    const opened = await deliveryOf(id);
    expect(opened).toMatchObject({ state: 'waiting', attempts: 0, sent: [{ sopInstanceUID: own }] });
    expect(opened).not.toHaveProperty('deliveredAt');
    expect(await deliver()).toBe('1.2.6');
    await edit(id, '1.2.6');
    expect([await takeWard(), (await deliveryOf(id))?.state]).toEqual([undefined, 'delivered']);
    await edit(id, '1.2.7');
    await edit(id, '1.2.8');
    expect(await deliver()).toBe('1.2.8');
    const moment = expect.stringMatching(/Z$/);
    expect(await deliveryOf(id)).toEqual({
      ...{ destination: 'ward', state: 'delivered', attempts: 1, deliveredAt: moment },
      sent: [own, '1.2.6', '1.2.8'].map((sopInstanceUID) => ({ sopInstanceUID, at: moment })),
    });
    expect(await auditedOf(id, 'result-delivered')).toBe(3);
    expect(await differences(jobs.database)).toEqual([]);
  });

  it('sends the newest edit where the destination was down, had refused the result, or the server died', async () => {
    const id = await completed(['ward']);
    await jobs.deliveries.fail((await takeWard())!, away, 0);
    await edit(id, '1.2.6');
    const step = (await takeWard())!;
    expect([step.content, step.attempts]).toEqual(['1.2.6', 1]);
    await edit(id, '1.2.7');
    await jobs.deliveries.fail(step, refused);
    expect(await deliveryOf(id)).toMatchObject({ state: 'waiting', attempts: 0 });
    await jobs.deliveries.fail((await takeWard())!, away);
    expect((await deliveryOf(id))?.state).toBe('failed');
    await edit(id, '1.2.8');
    const dead = (await takeWard(0))!;
    await edit(id, '1.2.9');
    expect(await deliver()).toBe('1.2.9');
    expect(await jobs.deliveries.succeed(dead, '1.2.8')).toBe(false);
    expect(await sentOf(id)).toEqual(['1.2.9']);
    expect(await differences(jobs.database)).toEqual([]);
  });

  it('records nothing where the edit was deleted before, and sends it if it is stored again', async () => {
    const id = await completed(['ward']);
    await deliver();
    await edit(id, '1.2.6');
    await resultsWith('1.2.6').deleteEdited(id, '1.2.6');
    await jobs.deliveries.succeed((await takeWard())!, null);
    expect(await deliveryOf(id)).toMatchObject({ state: 'delivered', sent: [{ sopInstanceUID: own }] });
    expect(await auditedOf(id, 'result-delivered')).toBe(1);
    await edit(id, '1.2.6');
    expect(await deliver()).toBe('1.2.6');
    expect(await sentOf(id)).toEqual([own, '1.2.6']);
  });

  it('waits until the edit is accepted, if the request holds the results back', async () => {
    const id = await completed(['ward'], true);
    const accept = () => jobs.feedback.giveToAll(id, { verdict: 'accepted' });
    await edit(id, '1.2.6');
    expect(await deliveryOf(id)).toBeUndefined();
    await accept();
    expect(await deliver()).toBe('1.2.6');
    await edit(id, '1.2.7');
    expect([await takeWard(), (await deliveryOf(id))?.state]).toEqual([undefined, 'delivered']);
    await accept();
    await accept();
    expect(await deliver()).toBe('1.2.7');
    expect(await takeWard()).toBeUndefined();
    expect(await auditedOf(id, 'delivery-released')).toBe(2);
  });

  it('reaches every destination, the newest edit last, where many are stored at once while others go out', async () => {
    const destinations = ['research', 'ward'];
    const id = await completed(destinations);
    const running = workOutbox({
      outbox: jobs.deliveries,
      targets: destinations,
      perform: async ({ content }) => content,
      unknownTarget: new PromptsegError('destination-unknown', 'Nobody knows it.'),
      timing: { leaseMs: 300, pollMs: 5, firstRetryMs: 10, longestRetryMs: 50, giveUpAfterMs: 60_000 },
    });
    await Promise.all(Array.from({ length: 20 }, (_, count) => edit(id, `1.2.6.${count}`)));
    const { editedResults } = await jobs.store.get(id);
    expect(editedResults).toHaveLength(20);
    for (const name of destinations) {
      await until(async () => (await deliveryOf(id, name))?.state === 'delivered');
      const sent = (await sentOf(id, name))!;
      expect(sent.at(-1)).toBe(editedResults!.at(-1)!.sopInstanceUID);
      expect(new Set(sent).size).toBe(sent.length);
    }
    await running.stop();
    expect(await differences(jobs.database)).toEqual([]);
  });
});
