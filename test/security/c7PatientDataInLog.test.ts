import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '../../scripts/test/postgres.mjs';
import { runOnce } from '../../scripts/test/postgresServer.mjs';
import { eventually } from '../support/eventually.js';
import { listedSeries, type ServerUnderTest, startServerUnderTest } from './serverUnderTest.js';

/** No name, model or word has it: what is found of it was leaked. */
const marker = 'ZZMARKER';
const text = `${marker} Frau ${marker} born 1944-02-29`;
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
let postgres: TestPostgres;
let databaseUrl: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createDatabase();
  server = await startServerUnderTest({
    settings: () => ({ DATABASE_URL: databaseUrl, PROMPTSEG_LOG_LEVEL: 'trace' }),
  });
});
afterAll(async () => {
  await server?.stop();
  await postgres?.stop();
});

describe('C7: patient data in the log', () => {
  it.each([
    ['U+0000', '\0'],
    ['half of a surrogate pair', '\ud800'],
  ])('%s is refused in every body, by one sentence, before the database sees it', async (_name, character) => {
    const bad = `${text}${character}`;
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
      server.send('POST', '/api/v1/prompt-sets', { name: text, prompts: [text] }),
      server.send('POST', '/api/v1/segmentations', {
        ...listedSeries,
        prompts: [`left lung, ${text}`],
        allowPartial: true,
      }),
      server.send('POST', '/api/v1/rules?confirm=true', rule(text)),
      server.send('POST', '/ups-rs/workitems', readyWorkitem(text)),
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
    await server.send('POST', '/api/v1/segmentations', { ...listedSeries, prompts: [text] });
    await server.send('POST', '/api/v1/segmentations', {
      ...listedSeries,
      prompts: [`left lung, ${text}`],
      allowPartial: true,
    });
    await server.send('POST', '/api/v1/segmentations', `{"prompts": ["${text}`, { 'Content-Type': 'application/json' });
    await server.send('POST', '/api/v1/rules', `${text}: [`, yaml);
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
