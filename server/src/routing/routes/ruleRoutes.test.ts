import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { DicomJson } from '#contract/dicomJson.js';
import { auditArchiveReads } from '../../audit/archiveReads.js';
import { asNobody } from '../../http/principalOf.js';
import { sendProblems } from '../../http/problems.js';
import { routerOf } from '../../http/route.js';
import { newDataFolder } from '../../jobs/dataFolder.testSupport.js';
import { type Jobs, openJobs } from '../../jobs/openJobs.js';
import type { Archive } from '../../pacs/archive.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import type { ModelPackage } from '../../segmenter/packages/modelPackage.js';
import { axialHead, descriptionOf, evenly, slicesAt } from '../rules/description.testSupport.js';
import { parseRule } from '../rules/parseRules.js';
import { readHere } from '../rules/readHere.testSupport.js';
import type { RuleFileState } from '../rules/ruleFile.js';
import { createRuleStore, type RuleStore } from '../rules/ruleStore.js';
import type { SeriesDescription } from '../rules/seriesDescription.js';
import { ruleBodies } from './ruleBodies.js';
import { type RuleRoutesParts, ruleRoutes } from './ruleRoutes.js';
import { ruleTrialRoutes } from './ruleTrialRoutes.js';

const model = {
  folder: 'models/test',
  sha256: 'f'.repeat(64),
  manifest: { family: 'text-query', id: 'test', name: 'Test', version: '1.0.0', modalities: ['MR'] },
  vocabulary: {
    targets: [
      {
        id: 'brain',
        name: 'brain',
        synonyms: [],
        modalities: ['MR'],
        concept: {
          category: { value: '91723000', scheme: 'SCT', meaning: 'Anatomical Structure' },
          type: { value: '12738006', scheme: 'SCT', meaning: 'Brain' },
          displayColour: [240, 230, 200],
        },
      },
    ],
    groups: [],
  },
} as unknown as ModelPackage;

/** A study of a head MR, a CT and a series that cannot be read. */
const study: readonly { readonly uid: string; readonly instances?: readonly DicomJson[]; readonly modality: string }[] =
  [
    { uid: '1.2.3.1', modality: 'MR', instances: slicesAt(evenly(20, 1.2)) },
    { uid: '1.2.3.2', modality: 'CT', instances: slicesAt(evenly(20, 1.2), { ...axialHead, Modality: 'CT' }) },
    { uid: '1.2.3.3', modality: 'MR' },
  ];
const seriesOf = (uid: string) => study.find((series) => series.uid === uid)!;
const summaryOf = ({ uid, modality }: (typeof study)[number]) => ({
  studyInstanceUID: '1.2.3',
  seriesInstanceUID: uid,
  modality,
  description: '',
  numberOfInstances: 20,
});
const archive = {
  async listSeries(uid: string) {
    if (uid !== '1.2.3') throw new PromptsegError('study-not-found', 'The archive does not have this study.');
    return study.map(summaryOf);
  },
  findSeries: async (_study: string, uid: string) => summaryOf(seriesOf(uid)),
  query: async (resource: readonly string[]) => (resource.length === 1 ? [{}] : [{ '00201209': { Value: [20] } }]),
  async retrieveMetadata(_study: string, uid: string) {
    const { instances } = seriesOf(uid);
    if (instances === undefined)
      throw new PromptsegError('archive-broken-answer', 'The archive has an internal error (500).');
    return instances;
  },
} as unknown as Archive;

let recent: readonly SeriesDescription[] | 'away' = [];
let fileState: RuleFileState | undefined;
let jobs: Jobs;
let store: RuleStore;
let server: Server;
let url: string;
const folder = newDataFolder('promptseg-rules-');

beforeAll(async () => {
  jobs = await openJobs({ kind: 'embedded', dataFolder: await folder });
  store = createRuleStore(jobs.database, true);
  const application = express();
  application.use(asNobody, express.json({ limit: '1mb' }), ...ruleBodies);
  const parts: RuleRoutesParts = {
    store,
    file: { state: () => fileState!, stop: async () => {} },
    reader: readHere,
    recent: {
      async describe(limit) {
        if (recent === 'away') throw new PromptsegError('archive-unreachable', 'The archive does not respond.');
        return { series: recent.slice(0, limit), unread: 3 };
      },
    },
    archive,
    reads: auditArchiveReads(jobs.database),
    library: { packages: [model], promptable: [], refused: [] },
    destinations: ['research'],
  };
  application.use(routerOf([...ruleRoutes(parts), ...ruleTrialRoutes(parts)]));
  application.use(sendProblems);
  server = createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server?.close();
  await jobs?.close();
  await rm(await folder, { recursive: true, force: true });
});
beforeEach(async () => {
  recent = [];
  fileState = { file: 'rules.yaml', state: 'valid', since: new Date(0).toISOString() };
  await jobs.database.executeSql('DELETE FROM promptseg.rules; DELETE FROM promptseg.rule_versions');
});

interface Received {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the responses are under test
  readonly body: any;
}
async function call(
  method: string,
  address: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Received> {
  const text = typeof body === 'string';
  const response = await fetch(`${url}/rules${address}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': text ? 'application/yaml' : 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: text ? body : JSON.stringify(body) }),
  });
  const sent = await response.text();
  return { status: response.status, headers: response.headers, body: sent === '' ? undefined : JSON.parse(sent) };
}

const mr = { attribute: 'Modality', equals: 'MR' };
const head = { name: 'head', match: mr, prompts: ['brain'] };

describe('one rule', () => {
  it('is made, read, changed and deleted', async () => {
    const made = await call('POST', '', head);
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe('/api/v1/rules/head');
    expect(made.body).toMatchObject({
      rule: { ...head, enabled: true },
      version: 1,
      origin: 'api',
      readOnly: false,
      advice: [],
    });
    expect((await call('POST', '', head)).body.code).toBe('rule-exists');

    const read = await call('GET', '/head');
    const etag = read.headers.get('etag')!;
    expect(read.body.etag).toBe(etag);
    const changed = await call('PUT', '/head', { ...head, enabled: false }, { 'If-Match': etag });
    expect(changed).toMatchObject({ status: 200, body: { version: 2, rule: { enabled: false } } });
    expect(await call('PUT', '/head', head, { 'If-Match': etag })).toMatchObject({
      status: 412,
      body: { code: 'rule-changed' },
    });
    expect(await call('DELETE', '/head', undefined, { 'If-Match': etag })).toMatchObject({ status: 412 });
    expect(await call('PUT', '/head', head, { 'If-None-Match': '*' })).toMatchObject({
      status: 409,
      body: { code: 'rule-exists' },
    });

    expect(await call('DELETE', '/head')).toMatchObject({ status: 204, body: undefined });
    expect(await call('GET', '/head')).toMatchObject({ status: 404, body: { code: 'rule-not-found' } });
    const { versions } = (await call('GET', '/head/versions')).body;
    expect(versions.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
  });

  it('is made by PUT too, in YAML too, under the name of the address only', async () => {
    const yaml = 'name: head\nprompts: [brain] # all of it\nmatch: { attribute: Modality, equals: MR }\n';
    expect(await call('PUT', '/head', yaml)).toMatchObject({ status: 201, body: { rule: head } });
    const { name: _name, ...unnamed } = head;
    expect(await call('PUT', '/neck', unnamed)).toMatchObject({ status: 201, body: { rule: { name: 'neck' } } });
    expect(await call('PUT', '/other', head)).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
  });

  it('that is wrong is refused with the place, and changes nothing', async () => {
    await call('PUT', '/head', head);
    const wrong = { ...head, match: { all: [mr, { attribute: 'Modalty', equals: 'MR' }] } };
    expect(await call('PUT', '/head', wrong)).toMatchObject({
      status: 422,
      body: {
        code: 'rule-invalid',
        detail: expect.stringContaining('/match/all/1/attribute: is neither a DICOM keyword'),
        details: { problems: [{ pointer: '/match/all/1/attribute' }] },
      },
    });
    expect(await call('PUT', '/head', 'name: head\nprompts: [x\n')).toMatchObject({
      status: 422,
      body: { details: { problems: [{ line: 3 }] } },
    });
    expect((await call('PUT', '/head', 'just words')).body.code).toBe('rule-invalid');
    expect((await call('PUT', '/head', '{"name":', { 'content-type': 'application/json' })).status).toBe(400);
    const deep = `{"name":"head","prompts":["x"],"match":${'{"not":'.repeat(90_000)}{}${'}'.repeat(90_000)}}`;
    expect(await call('PUT', '/head', deep, { 'content-type': 'application/json' })).toMatchObject({ status: 422 });
    expect((await call('GET', '/head')).body).toMatchObject({ version: 1, rule: head });
  });

  it('that matches everything asks for a confirmation', async () => {
    const all = { ...head, match: { all: [] } };
    const refused = await call('PUT', '/head', all);
    expect(refused).toMatchObject({ status: 409, body: { code: 'rule-too-wide', details: { rule: 'head' } } });
    expect((await call('GET', '')).body.rules).toEqual([]);
    expect((await call('PUT', '/head?confirm=true', all)).status).toBe(201);
    // What is confirmed needs no second confirmation while it matches the same.
    expect((await call('PUT', '/head', { ...all, prompts: ['brain', 'brain'] })).status).toBe(200);
    expect((await call('POST', '', { ...all, name: 'said', everySeries: true })).status).toBe(201);
    expect((await call('PUT', '?confirm=maybe', { version: 1, rules: [] })).status).toBe(400);
  });

  it('that matches all recent series asks too, when it is made and when it is enabled', async () => {
    recent = Array.from({ length: 12 }, () => descriptionOf());
    expect((await call('POST', '', head)).body).toMatchObject({
      code: 'rule-too-wide',
      details: { reason: expect.stringContaining('12 most recent') },
    });
    expect((await call('POST', '', { ...head, enabled: false })).status).toBe(201);
    expect((await call('PUT', '/head', head)).body.code).toBe('rule-too-wide');
    expect((await call('PUT', '/head?confirm=true', head)).status).toBe(200);
    recent = 'away';
    expect((await call('POST', '', { ...head, name: 'while-away' })).status).toBe(201);
  });

  it('of the file is read-only, and a refused file is reported', async () => {
    await store.replaceAll([parseRule(head)], 'file');
    expect((await call('GET', '/head')).body).toMatchObject({ origin: 'file', readOnly: true });
    expect(await call('PUT', '/head', { ...head, enabled: false })).toMatchObject({
      status: 409,
      body: { code: 'rule-of-file' },
    });
    expect(await call('DELETE', '/head')).toMatchObject({ status: 409 });
    const problem = toProblem(new PromptsegError('rule-invalid', 'Line 3, column 1: wrong.'));
    fileState = { file: 'rules.yaml', state: 'refused', since: new Date(0).toISOString(), problem };
    expect((await call('GET', '')).body.ruleFile).toMatchObject({
      state: 'refused',
      problem: { code: 'rule-invalid' },
    });
  });

  it('comes with advice where it is useless here', async () => {
    const { body } = await call('POST', '', {
      ...head,
      prompts: ['brian', 'pancreas'],
      destinations: ['research', 'nowhere'],
    });
    expect(body.advice).toEqual([
      'There is no destination "nowhere".',
      expect.stringMatching(/^"pancreas" is not understood by the model test: /),
    ]);
    expect((await call('PUT', '/head', { ...head, model: 'gone' })).body.advice).toEqual(['There is no model "gone".']);
  });
});

describe('all rules', () => {
  it('are replaced at once, or not at all', async () => {
    await call('POST', '', head);
    const { etag } = (await call('GET', '')).body;
    const two = {
      version: 1,
      rules: [
        { ...head, name: 'b' },
        { ...head, name: 'a' },
      ],
    };
    const wrong = { version: 1, rules: [...two.rules, { ...head, name: 'C' }] };
    expect(await call('PUT', '', wrong)).toMatchObject({
      status: 422,
      body: { details: { problems: [{ pointer: '/rules/2/name' }] } },
    });
    const wide = { version: 1, rules: [...two.rules, { ...head, match: { all: [] } }] };
    expect((await call('PUT', '', wide)).status).toBe(409);
    expect((await call('GET', '')).body.etag).toBe(etag);
    const replaced = await call('PUT', '', two, { 'If-Match': etag });
    expect(replaced.body.rules.map(({ rule }: { rule: { name: string } }) => rule.name)).toEqual(['b', 'a']);
    expect((await call('PUT', '', two, { 'If-Match': etag })).status).toBe(412);
    expect((await call('PUT', '', 'version: 1\nrules: []\n')).body.rules).toEqual([]);
  });

  it('are checked without being kept', async () => {
    expect((await call('POST', '/validate', head)).body).toEqual({
      valid: true,
      rules: [expect.objectContaining({ name: 'head', afterMatch: 'continue' })],
      problems: [],
      tooWide: [],
      advice: [],
    });
    const text = 'version: 1\nrules:\n  - { name: all, prompts: [liver], match: { all: [] } }\n';
    expect((await call('POST', '/validate', text)).body).toMatchObject({
      valid: true,
      tooWide: ['The rule "all" would segment everything. The rule has no condition.'],
      advice: [expect.stringContaining('"liver" is not understood')],
    });
    expect((await call('POST', '/validate', 'name: A\n')).body).toMatchObject({
      valid: false,
      problems: expect.arrayContaining([expect.objectContaining({ pointer: '/name', line: 1, column: 7 })]),
    });
    expect((await call('GET', '')).body.rules).toEqual([]);
  });
});

describe('trying a rule out', () => {
  const summary = ({ body }: Received) =>
    body.series.map((series: { matched: boolean; because: string; job?: unknown; problem?: { code: string } }) => [
      series.matched,
      series.because,
      series.job !== undefined,
      series.problem?.code,
    ]);

  it('on a study says of each series whether, why, and which job', async () => {
    const response = await call('POST', '/test', { rule: head, studyInstanceUID: '1.2.3' });
    expect(summary(response)).toEqual([
      [true, 'Modality is MR.', true, undefined],
      [false, 'Modality is CT, not MR.', false, undefined],
      [false, 'The series cannot be read.', false, 'archive-broken-answer'],
    ]);
    expect(response.body.series[0]).toMatchObject({
      numberOfImages: 20,
      conditions: { holds: true, because: 'Modality is MR.' },
      job: {
        request: { seriesInstanceUID: '1.2.3.1', prompts: ['brain'], priority: 'routed', destinations: ['source'] },
        model: { id: 'test', version: '1.0.0' },
        targets: [{ name: 'brain' }],
        refused: [],
      },
    });
    const { rows } = await jobs.database.executeSql('SELECT count(*)::int AS count FROM promptseg.jobs');
    expect(rows).toEqual([{ count: 0 }]);
  });

  it('works for a saved rule, and says why it would make no job', async () => {
    await call('POST', '', { ...head, enabled: false, prompts: ['pancreas'] });
    expect(summary(await call('POST', '/head/test', { studyInstanceUID: '1.2.3' }))[0]).toEqual([
      true,
      'Modality is MR.',
      false,
      'prompt-not-understood',
    ]);
    await call('PUT', '/head', { ...head, prompts: ['brain, pancreas'] });
    const { body } = await call('POST', '/head/test', { studyInstanceUID: '1.2.3' });
    expect(body.series[0].job).toMatchObject({ targets: [{ name: 'brain' }], refused: [{ prompt: 'pancreas' }] });
  });

  it('of a wrong rule or on no study is refused', async () => {
    expect(await call('POST', '/test', { rule: { ...head, name: '-' }, studyInstanceUID: '1.2.3' })).toMatchObject({
      status: 422,
      body: { code: 'rule-invalid' },
    });
    expect(await call('POST', '/test', { rule: head, studyInstanceUID: 'x' })).toMatchObject({ status: 400 });
    expect(await call('POST', '/test', { rule: head, studyInstanceUID: '1.2.4' })).toMatchObject({ status: 404 });
    expect(await call('POST', '/nobody/test', { studyInstanceUID: '1.2.3' })).toMatchObject({ status: 404 });
    expect(await call('POST', '/test', undefined)).toMatchObject({ status: 400 });
  });

  it('on the recent series says which match', async () => {
    recent = [
      descriptionOf(),
      descriptionOf({ ...axialHead, Modality: 'CT' }),
      descriptionOf({ ...axialHead, Modality: 'SEG' }),
    ];
    await call('POST', '', head);
    const saved = await call('GET', '/head/recent-matches');
    expect(summary(saved).map(([matched]: [boolean]) => matched)).toEqual([true, false, false]);
    expect(saved.body.unread).toBe(3);
    expect((await call('POST', '/recent-matches?limit=1', { rule: head })).body.series).toHaveLength(1);
    expect((await call('GET', '/head/recent-matches?limit=1000')).status).toBe(400);
    recent = 'away';
    expect((await call('GET', '/head/recent-matches')).body.code).toBe('archive-unreachable');
  });
});
