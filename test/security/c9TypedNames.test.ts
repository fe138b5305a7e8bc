import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '../../scripts/test/postgres.mjs';
import { runOnce } from '../../scripts/test/postgresServer.mjs';
import type { Job } from '../../server/contract/job.js';
import { deleteTextsBefore, deleteWorkitemsBefore } from '../../server/src/jobs/retention.js';
import { until } from '../support/until.js';
import { listedSeries, type ServerUnderTest, startServerUnderTest } from './serverUnderTest.js';

const marker = 'ZZMARKER';
const prompt = `left lung, bone of Frau ${marker} born 1944-02-29`;
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let postgres: TestPostgres;
let databaseUrl: string;
let server: ServerUnderTest;
let receiver: Server;
const received: { readonly path: string; readonly body: string }[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createDatabase();
  receiver = createServer(async (request, response) => {
    received.push({ path: request.url ?? '', body: await text(request) });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const hook = (name: string, more = '') =>
    `  ${name}:\n    url: ${url}/${name}\n    secret: {environment: HOOK_SECRET}\n${more}`;
  server = await startServerUnderTest({
    files: { 'webhooks.yaml': `version: 1\nwebhooks:\n${hook('plain')}${hook('asks', '    prompts: true\n')}` },
    settings: (folder) => ({
      DATABASE_URL: databaseUrl,
      HOOK_SECRET: secret,
      PROMPTSEG_WEBHOOKS_FILE: `${folder}/webhooks.yaml`,
    }),
  });
});
afterAll(async () => {
  await server?.stop();
  receiver?.close();
  await postgres?.stop();
});

async function endedJob(): Promise<Job> {
  const { status, text: body } = await server.send('POST', '/api/v1/segmentations', {
    ...listedSeries,
    prompts: [prompt],
    allowPartial: true,
  });
  expect(status).toBe(202);
  const { id } = JSON.parse(body) as Job;
  await server.send('DELETE', `/api/v1/segmentations/${id}`);
  return until(async () => {
    const job = JSON.parse((await server.send('GET', `/api/v1/segmentations/${id}`)).text) as Job;
    return job.endedAt !== undefined && job;
  });
}
async function everyTable(): Promise<string> {
  const tables = await runOnce(
    databaseUrl,
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('promptseg', 'pgboss')`,
  );
  const dumps: string[] = [];
  for (const { name } of tables.rows as { name: string }[])
    dumps.push(JSON.stringify((await runOnce(databaseUrl, `SELECT each::text FROM ${name} AS each`)).rows));
  return dumps.join(' ');
}

describe('C9: names that somebody typed', () => {
  it('leave in a webhook only where its settings ask for prompts', async () => {
    const job = await endedJob();
    const of = (path: string) => received.find((each) => each.path === path && each.body.includes(job.id));
    await until(() => of('/plain') !== undefined && of('/asks') !== undefined);
    expect(of('/asks')?.body).toContain(prompt);
    const plain = of('/plain')!.body;
    expect(plain).not.toContain(marker);
    expect(plain).not.toContain('1944');
    expect(JSON.parse(plain)).toMatchObject({
      type: `segmentation.${job.state}`,
      data: { id: job.id, request: listedSeries, model: { id: job.model?.id } },
    });
  });

  it('are erased with the record of their job and its feedback', async () => {
    const { id } = await endedJob();
    await runOnce(
      databaseUrl,
      `INSERT INTO promptseg.feedback (job_id, finding_index, given_at, feedback, subject)
       VALUES ('${id}', 0, now(), '{"verdict": "rejected", "reason": "${marker}"}', '{}')`,
    );
    const others = JSON.parse((await server.send('GET', '/api/v1/segmentations')).text).segmentations as Job[];
    for (const job of others)
      expect(await server.send('DELETE', `/api/v1/segmentations/${job.id}/record`)).toMatchObject({ status: 204 });
    expect(await server.send('GET', `/api/v1/segmentations/${id}`)).toMatchObject({
      status: 404,
      code: 'job-not-found',
    });
    expect(await server.send('DELETE', `/api/v1/segmentations/${id}/record`)).toMatchObject({ status: 404 });
    expect((await server.send('GET', '/api/v1/feedback.csv')).text).not.toContain(marker);
    expect(await everyTable()).not.toContain(marker);
  });

  it('of a job that has not ended are not erased beneath it', async () => {
    const id = randomUUID();
    await runOnce(
      databaseUrl,
      `INSERT INTO promptseg.jobs (id, sequence, state, study_instance_uid, request_key, created_at, job)
       VALUES ('${id}', nextval('promptseg.job_event_sequence'), 'queued', '1.2', 'open', now(), '{}')`,
    );
    expect(await server.send('DELETE', `/api/v1/segmentations/${id}/record`)).toMatchObject({
      status: 409,
      code: 'job-open',
    });
    await runOnce(databaseUrl, `DELETE FROM promptseg.jobs WHERE id = '${id}'`);
  });

  it('in feedback, sets of prompts and workitems are deleted after their time', async () => {
    await runOnce(
      databaseUrl,
      `INSERT INTO promptseg.feedback (job_id, finding_index, given_at, feedback, subject)
         VALUES (gen_random_uuid(), 0, '2020-01-01', '{"verdict": "rejected"}', '{}'),
           (gen_random_uuid(), 0, '2026-01-01', '{"verdict": "accepted"}', '{}');
       INSERT INTO promptseg.prompt_sets (name, content, changed_at)
         VALUES ('old', '{}', '2020-01-01'), ('new', '{}', '2026-01-01');
       INSERT INTO promptseg.workitems (uid, dataset, changed_at)
         VALUES ('1.2.1', '{}', '2020-01-01'), ('1.2.2', '{}', '2026-01-01')`,
    );
    const database = {
      executeSql: async (sql: string, values: readonly unknown[] = []) =>
        runOnce(databaseUrl, sql.replace('$1', `'${String(values[0])}'`)),
    } as unknown as Parameters<typeof deleteTextsBefore>[0];
    const before = new Date('2025-01-01');
    const count = async (table: string) =>
      Number((await runOnce(databaseUrl, `SELECT count(*) AS n FROM promptseg.${table}`)).rows[0].n);
    // Sets are shared by people who go on using them: no setting, no end.
    await deleteTextsBefore(database, { feedback: before });
    expect(await count('prompt_sets')).toBe(2);
    await deleteTextsBefore(database, { feedback: before, promptSets: before });
    await deleteWorkitemsBefore(database, before);
    expect([await count('feedback'), await count('prompt_sets'), await count('workitems')]).toEqual([1, 1, 1]);
  });
});
