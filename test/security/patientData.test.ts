import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '../../scripts/test/postgres.mjs';
import { runOnce } from '../../scripts/test/postgresServer.mjs';
import type { Job } from '../../server/contract/job.js';
import { deleteTextsBefore, deleteWorkitemsBefore } from '../../server/src/jobs/retention.js';
import { eventually } from '../support/eventually.js';
import { databaseWithTables, dropDatabase, sharedPostgres } from '../support/sharedPostgres.js';
import { until } from '../support/until.js';
import { listedSeries, type ServerUnderTest, startServerUnderTest } from './serverUnderTest.js';

/** No name, model or word has it: what is found of it was leaked. */
const marker = 'ZZMARKER';
const typed = `${marker} Frau ${marker} born 1944-02-29`;
const prompt = `left lung, bone of Frau ${marker} born 1944-02-29`;
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const yaml = { 'Content-Type': 'application/yaml' };
const dicomJson = { 'Content-Type': 'application/dicom+json' };
const id = randomUUID();

const rule = (prompt: string) => ({
  name: 'marked',
  match: { attribute: 'Modality', equals: 'CT' },
  prompts: [prompt],
});
const workitem = (prompt: string) => [
  {
    '00741210': {
      vr: 'SQ',
      Value: [{ '0040A160': { vr: 'UT', Value: [prompt] } }],
    },
  },
];

let server: ServerUnderTest;
/** Where the run has no PostgreSQL server. */
let own: TestPostgres | undefined;
let databaseUrl: string;
let receiver: Server;
const received: { readonly path: string; readonly body: string }[] = [];

beforeAll(async () => {
  if (sharedPostgres === undefined) own = await startTestPostgres();
  databaseUrl = await databaseWithTables(own?.url ?? sharedPostgres!);
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
      PROMPTSEG_LOG_LEVEL: 'trace',
    }),
    embeddedDatabase: true,
  });
});
afterAll(async () => {
  await server?.stop();
  receiver?.close();
  if (databaseUrl !== undefined) await dropDatabase(databaseUrl);
  await own?.stop();
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

describe('C7: patient data in the log', () => {
  it.each([
    ['U+0000', '\0'],
    ['half of a surrogate pair', '\ud800'],
  ])('%s is refused in every body, by one sentence, before the database sees it', async (_name, character) => {
    const bad = `${typed}${character}`;
    const responses = await Promise.all([
      server.send('POST', '/api/v1/prompt-sets', { name: bad, prompts: ['bone'] }),
      server.send('POST', '/api/v1/prompt-sets', { name: 'a', prompts: [bad] }),
      server.send('PUT', `/api/v1/prompt-sets/${id}`, { name: 'a', prompts: [bad] }),
      server.send('POST', '/api/v1/segmentations', { ...listedSeries, prompts: [bad] }),
      server.send('POST', '/api/v1/segmentations', { ...listedSeries, prompts: ['bone'], [bad]: 1 }),
      server.send('PUT', `/api/v1/segmentations/${id}/feedback/0`, { verdict: 'rejected', reason: bad }),
      server.send('POST', '/api/v1/prompts/resolve', { prompts: [bad] }),
      server.send('POST', '/api/v1/prompts/suggest', { text: bad }),
      server.send('POST', '/api/v1/rules', rule(bad)),
      server.send('PUT', '/api/v1/rules', { version: 1, rules: [rule(bad)] }),
      server.send('POST', '/api/v1/rules/validate', rule(bad)),
      server.send('POST', '/api/v1/rules/test', { rule: rule(bad), studyInstanceUID: '1.2.3' }),
      server.send('POST', '/api/v1/rules/backfills', { from: '2026-01-01', to: '2026-01-02', rules: [bad] }),
      server.send('POST', '/ups-rs/workitems', workitem(bad)),
      server.send('POST', '/ups-rs/workitems', JSON.stringify(workitem(bad)), dicomJson),
    ]);
    for (const response of responses) expect(response).toMatchObject({ status: 400, code: 'request-invalid' });
    expect(new Set(responses.map(({ text }) => JSON.parse(text).detail)).size).toBe(1);
  });

  it('U+0000 by an escape in YAML is a rule that is not valid', async () => {
    const escaped = `name: marked\nmatch: {attribute: Modality, equals: CT}\nprompts: ["${marker} \\0"]\n`;
    expect(await server.send('POST', '/api/v1/rules', escaped, yaml)).toMatchObject({
      status: 422,
      code: 'rule-invalid',
    });
  });

  it.each([
    `/api/v1/segmentations?model=${marker}%00`,
    `/api/v1/segmentations?study=1.2%00${marker}`,
    `/api/v1/models/${marker}%00/vocabulary`,
    `/api/v1/models/head/vocabulary?q=${marker}%00`,
    `/api/v1/models/head/vocabulary?q=${marker}%ED%A0%80`,
    `/api/v1/feedback.csv?model=${marker}%00`,
    `/api/v1/rules/${marker}%00`,
    `/api/v1/rules/${marker}%00/versions`,
    `/api/v1/rules/${marker}%00/history`,
    `/api/v1/segmentations/${id}%00`,
    `/api/v1/segmentations/${id}/picture.png?result=1.2%00`,
    `/api/v1/segmentations?since=0000-01-01T00:00:00Z`,
    `/api/v1/segmentations?until=9999-12-31T23:59:59-14:00`,
    `/api/v1/feedback.csv?since=0000-01-01T00:00:00Z`,
    `/ups-rs/workitems?PatientName=${marker}%00`,
    `/ups-rs/workitems/1.2%00`,
    `/ups-rs/workitems?${marker}%00=1`,
    `/jobs/${marker}%00`,
    `/${marker}%00`,
    `/${marker}%E4`,
  ])('GET %s is 400', async (address) => {
    expect(await server.send('GET', address)).toMatchObject({ status: 400, code: 'request-invalid' });
  });

  it.each(['99999999999999999999', '1e9', '-1', 'NaN', '0x10', `${marker}`, '9007199254740993'])(
    'Last-Event-ID: %s is 400',
    async (value) => {
      const headers = { 'Last-Event-ID': value };
      for (const address of ['/api/v1/segmentations/events', `/api/v1/segmentations/${id}/events`])
        expect(await server.send('GET', address, undefined, headers)).toMatchObject({
          status: 400,
          code: 'request-invalid',
        });
    },
  );

  it('a day that no database knows is 400', async () => {
    const body = { from: '0000-01-01', to: '0000-01-02' };
    expect(await server.send('POST', '/api/v1/rules/backfills', body)).toMatchObject({ status: 400 });
  });

  it('errors of the database are 500 without a word of its input, in the response and in the log', async () => {
    // A constraint that nothing fulfils: PostgreSQL repeats the whole row in its message's details.
    const tables = ['prompt_sets', 'jobs', 'rule_versions', 'workitems', 'routing_backfills'];
    for (const table of tables)
      await runOnce(databaseUrl, `ALTER TABLE promptseg.${table} ADD CONSTRAINT never CHECK (false) NOT VALID`);
    const responses = await Promise.all([
      server.send('POST', '/api/v1/prompt-sets', { name: typed, prompts: [typed] }),
      server.send('POST', '/api/v1/segmentations', {
        ...listedSeries,
        prompts: [`left lung, ${typed}`],
        allowPartial: true,
      }),
      server.send('POST', '/api/v1/rules?confirm=true', rule(typed)),
      server.send('POST', '/ups-rs/workitems', readyWorkitem(typed)),
    ]);
    expect(responses.map(({ status, code }) => [status, code])).toEqual(responses.map(() => [500, 'internal']));
    for (const response of responses) expect(response.text).not.toContain(marker);
    for (const table of tables) await runOnce(databaseUrl, `ALTER TABLE promptseg.${table} DROP CONSTRAINT never`);
    // The errors are there, with their code: 23514 is check_violation.
    const noted = async () => (await server.log()).split('"code":"23514"').length - 1;
    await eventually(noted).toBeGreaterThanOrEqual(responses.length);
    expect(await server.log()).not.toContain(marker);
  });

  it('nothing of it is in the log or the metrics, whatever was asked', async () => {
    await server.send('POST', '/api/v1/segmentations', { ...listedSeries, prompts: [typed] });
    await server.send('POST', '/api/v1/segmentations', {
      ...listedSeries,
      prompts: [`left lung, ${typed}`],
      allowPartial: true,
    });
    await server.send('POST', '/api/v1/segmentations', `{"prompts": ["${typed}`, {
      'Content-Type': 'application/json',
    });
    await server.send('POST', '/api/v1/rules', `${typed}: [`, yaml);
    await server.send('GET', `/api/v1/models/${marker}/vocabulary`);
    await server.send('GET', `/dicom-web/studies?PatientName=${marker}`);
    expect(await server.log()).not.toContain(marker);
    expect((await server.send('GET', '/metrics')).text).not.toContain(marker);
  });
});

function readyWorkitem(prompt: string) {
  const code = (value: string) => ({
    '00080100': { vr: 'SH', Value: [value] },
    '00080102': { vr: 'SH', Value: ['99PROMPTSEG'] },
  });
  return [
    {
      '00100010': { vr: 'PN', Value: [{ Alphabetic: marker }] },
      '00404021': {
        vr: 'SQ',
        Value: [
          {
            '0020000D': { vr: 'UI', Value: [listedSeries.studyInstanceUID] },
            '0020000E': { vr: 'UI', Value: [listedSeries.seriesInstanceUID] },
          },
        ],
      },
      '00741210': {
        vr: 'SQ',
        Value: [
          {
            '0040A043': { vr: 'SQ', Value: [code('PROMPT')] },
            '0040A160': { vr: 'UT', Value: [`left lung, ${prompt}`] },
          },
        ],
      },
    },
  ];
}
