import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKeys } from '../../server/src/access/apiKeys.js';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import { createJobService, type JobService } from '../../server/src/jobs/jobService.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { mostOpenJobs } from '../../server/src/jobs/records/fairTurn.js';
import { nobody } from '../../server/src/values/principal.js';
import { describeOnEachDatabase } from '../jobs/eachDatabase.js';
import { archiveWith, library, requestNumber, series } from '../jobs/jobParts.js';
import { idleStatus, workerOn } from '../jobs/scriptedWorker.js';

describeOnEachDatabase('C10: jobs of one client', (kind) => {
  let jobs: Jobs;
  let service: JobService;
  let number = 0;

  beforeAll(async () => {
    jobs = await openJobs(await kind.create());
    service = createJobService({ jobs, archive: archiveWith(async () => series), library });
  });
  afterAll(() => jobs?.close());

  const ask = async (client: string | undefined, priority?: 'routed'): Promise<string> =>
    (await service.submit({ ...requestNumber(number++), ...(priority && { priority }) }, nobody, client)).job.id;
  async function take(): Promise<string | undefined> {
    const workerId = randomUUID();
    await jobs.workers.register(workerId, workerOn('here'), idleStatus);
    const next = await jobs.leases.takeNext({ id: workerId, host: 'here' });
    if (next !== undefined) await jobs.leases.end(next.lease, { state: 'failed' });
    return next?.job.id;
  }

  it('do not keep the next client waiting behind all of them', async () => {
    const many: string[] = [];
    for (let count = 0; count < 23; count++) many.push(await ask('a'));
    const next = await ask('b');
    const ofRule = await ask(undefined, 'routed');
    expect((await jobs.store.get(next)).queuePosition).toBe(1);
    const listed = (await jobs.lists.list({ limit: 500 })).jobs;
    expect(listed.find(({ id }) => id === next)?.queuePosition).toBe(1);
    expect((await jobs.lists.openInTurn()).slice(0, 3).map(({ id }) => id)).toEqual([many[0], next, many[1]]);

    expect([await take(), await take()]).toEqual([many[0], next]);
    // A client that asks again and again gets every other turn; with a third client, every third.
    const second = await ask('b');
    const third = await ask('c');
    expect([await take(), await take(), await take()]).toEqual([many[1], second, third]);
    expect((await jobs.store.get(ofRule)).queuePosition).toBe(21);
    // A job that is put back keeps its turn, before its equals.
    const workerId = randomUUID();
    await jobs.workers.register(workerId, workerOn('here'), idleStatus);
    const taken = await jobs.leases.takeNext({ id: workerId, host: 'here' });
    await jobs.leases.putBack(taken!.lease, { state: 'queued' });
    expect([taken!.job.id, await take()]).toEqual([many[2], many[2]]);
    for (const id of many.slice(3)) expect(await take()).toBe(id);
    expect([await take(), await take()]).toEqual([ofRule, undefined]);
  });

  it(`are ${mostOpenJobs} at most that are open`, async () => {
    await jobs.database.executeSql(
      `INSERT INTO promptseg.jobs (id, sequence, state, study_instance_uid, request_key, created_at, job, asked_by)
       SELECT gen_random_uuid(), nextval('promptseg.job_event_sequence'), 'queued', '1.2', 'many ' || n, now(),
         '{"request": {"prompts": ["bone"]}}', 'many' FROM generate_series(1, ${mostOpenJobs}) AS n`,
    );
    await expect(ask('many')).rejects.toMatchObject({ code: 'too-many-jobs' });
    expect(await ask('few')).toBeDefined();
    await jobs.database.executeSql(`DELETE FROM promptseg.jobs WHERE request_key = 'many 1'`);
    expect(await ask('many')).toBeDefined();
  });

  it('say who asked only while they are open', async () => {
    const id = await ask('somebody');
    const { rows: open } = await jobs.database.executeSql('SELECT asked_by FROM promptseg.jobs WHERE id = $1', [id]);
    await service.cancel(id);
    const { rows: ended } = await jobs.database.executeSql('SELECT asked_by FROM promptseg.jobs WHERE id = $1', [id]);
    expect([open[0]?.asked_by, ended[0]?.asked_by]).toEqual(['somebody', null]);
  });
});

describe('C10: accounts behind one address', () => {
  let application: SmallApplication;
  beforeAll(async () => {
    application = await smallApplication({ PROMPTSEG_AUTH: 'proxy', PROMPTSEG_TRUSTED_PROXIES: '127.0.0.1' });
  });
  afterAll(() => application?.close());
  const as = (user: string) => ({ 'x-forwarded-user': user, 'x-forwarded-groups': 'researcher' });

  it('have their own event streams', async () => {
    const open = async (user: string): Promise<IncomingMessage> => {
      const asked = http.get(`${application.url}/api/v1/segmentations/events`, { headers: as(user), agent: false });
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      return response;
    };
    const streams: IncomingMessage[] = [];
    for (let count = 0; count < 50; count++) streams.push(await open('ada'));
    expect(streams.every(({ statusCode }) => statusCode === 200)).toBe(true);
    streams.push(await open('ada'), await open('bob'));
    expect(streams.slice(-2).map(({ statusCode }) => statusCode)).toEqual([429, 200]);
    for (const stream of streams) stream.destroy();
  });

  it('have their own turns, and so has each key', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000);
    const { key, secret } = await createApiKeys(application.jobs.database).create(
      { name: 'cohort', scopes: ['jobs:write'], expiresAt },
      nobody,
    );
    const askers = [as('ada'), as('bob'), { authorization: `Bearer ${secret}` }] as Record<string, string>[];
    for (const [number, headers] of askers.entries()) {
      const body = JSON.stringify({ studyInstanceUID: '1.2', seriesInstanceUID: `1.2.${number}`, prompts: ['bone'] });
      const asked = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
      expect((await fetch(`${application.url}/api/v1/segmentations`, asked)).status).toBe(202);
    }
    const { rows } = await application.jobs.database.executeSql('SELECT asked_by FROM promptseg.jobs ORDER BY number');
    expect(rows.map(({ asked_by }) => asked_by)).toEqual(['user ada', 'user bob', `key ${key.id}`]);
  });
});
