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
import { until } from '../support/until.js';
import { listedSeries, type ServerUnderTest, startServerUnderTest } from './serverUnderTest.js';

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
    for (let count = 0; count < 209; count++) many.push(await ask('a'));
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
    expect((await jobs.store.get(ofRule)).queuePosition).toBe(207);
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

describe('C10: limits of the server', () => {
  let server: ServerUnderTest;
  beforeAll(async () => {
    server = await startServerUnderTest();
  });
  afterAll(() => server?.stop());

  it('an upload for a job that is not there is refused before its body, and holds no place', async () => {
    const idle = Array.from({ length: 10 }, () => {
      const request = http.request(`${server.url}/api/v1/segmentations/${randomUUID()}/edited`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/dicom', 'Content-Length': 1000 },
      });
      request.on('error', () => {});
      request.flushHeaders();
      return { request, arrived: once(request, 'response') as Promise<[IncomingMessage]> };
    });
    // Three at once are the most for one client.
    const statuses: (number | undefined)[] = [];
    for (const { request, arrived } of idle) {
      const [response] = await arrived;
      statuses.push(response.statusCode);
      request.destroy();
    }
    expect(statuses.filter((status) => status !== 404 && status !== 429)).toEqual([]);
    expect(statuses).toContain(404);
    const after = await server.send('POST', `/api/v1/segmentations/${randomUUID()}/edited`, 'x', {
      'Content-Type': 'application/dicom',
    });
    expect(after).toMatchObject({ status: 404, code: 'job-not-found' });
  });

  it('17 objects that one client stores at once, and sends nothing of: one is refused, and none later', async () => {
    const stores = Array.from({ length: 17 }, () => {
      const request = http.request(`${server.url}/dicom-web/studies`, {
        method: 'POST',
        agent: false,
        headers: { 'Content-Type': 'multipart/related; boundary=b', 'Content-Length': 1000 },
      });
      request.on('error', () => {});
      request.flushHeaders();
      return { request, arrived: once(request, 'response') as Promise<[IncomingMessage]> };
    });
    const [refused] = await Promise.race(stores.map(({ arrived }) => arrived));
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '10']);
    for (const { request } of stores) request.destroy();
    await until(async () => {
      const { status } = await server.send('POST', '/dicom-web/studies', '--b--', {
        'Content-Type': 'multipart/related; boundary=b',
      });
      return status === 200;
    });
  });

  it('51 event streams of one address: the last is refused, the server goes on', async () => {
    const streams: IncomingMessage[] = [];
    for (let count = 0; count < 51; count++) {
      const [response] = (await once(http.get(`${server.url}/api/v1/segmentations/events`), 'response')) as [
        IncomingMessage,
      ];
      streams.push(response);
    }
    expect(streams.filter(({ statusCode }) => statusCode === 200).length).toBe(50);
    expect([streams.at(-1)?.statusCode, streams.at(-1)?.headers['retry-after']]).toEqual([429, '10']);
    for (const stream of streams) stream.destroy();
    expect(await server.send('GET', '/healthz')).toMatchObject({ status: 200 });
  });

  it('C12: whatever holds patient data is not kept by browsers', async () => {
    const { text } = await server.send('POST', '/api/v1/segmentations', { ...listedSeries, prompts: ['left lung'] });
    const { id } = JSON.parse(text) as { id: string };
    for (const address of [
      '/api/v1/segmentations',
      `/api/v1/segmentations/${id}`,
      `/api/v1/segmentations/${id}/picture.png`,
      '/api/v1/prompt-sets',
      '/api/v1/feedback.csv',
      '/api/v1/rules',
      '/ups-rs/workitems',
      '/dicom-web/studies',
    ]) {
      const { headers } = await server.send('GET', address);
      expect([address, headers.get('Cache-Control')]).toEqual([address, expect.stringContaining('no-store')]);
    }
  });
});
