import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '../../server/contract/job.js';
import { routeNeeds } from '../../server/src/access/scopes.js';
import { createSessions } from '../../server/src/access/sessions.js';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import { createResultsService } from '../../server/src/jobs/results/resultsService.js';
import type { Archive } from '../../server/src/pacs/archive.js';
import { type AuditEvent, type AuditKind, auditKinds } from '../../server/src/values/auditEvent.js';
import { aCompletedJob, storedResult as stored } from '../../viewer-extension/src/testing/jobs.js';
import { archiveWith, series as listed } from '../jobs/jobParts.js';
import { idleStatus, workerOn } from '../jobs/scriptedWorker.js';
import { workitemOf } from '../routing/workitem.js';
import { until } from '../support/until.js';
import { rowsOf } from './auditParts.js';

/**
 * Every route that is not read, asked by somebody who may, in an order in which each changes something: it records who
 * did it. A new route has to be in one of the two tables.
 */
const study = '1.2.840.99.1';
const series = `${study}.7`;
const parked = `${study}.8`;
const workitem = '1.2.840.99.2';
const performed = '1.2.840.99.3';
const edited = '1.2.840.99.4';
const typed = 'bone of Mrs ZZMARKER';
const storedAs = (sopInstanceUID: string) => ({ ...stored, studyInstanceUID: study, sopInstanceUID });
const rule = { name: 'walk', match: { attribute: 'Modality', equals: 'CT' }, prompts: [typed] };
const jobOf = (prompt: string) => ({
  studyInstanceUID: study,
  seriesInstanceUID: series,
  prompts: [prompt],
  allowPartial: true,
});

const box = {
  kind: 'box',
  corners: [
    [0, 0, 0],
    [9, 9, 0],
  ],
};

const click = { kind: 'click', place: [1, 2, 3], part: true };

/** They change nothing. */
const exceptions: Readonly<Record<string, string>> = {
  'POST /api/v1/prompts/resolve': 'says what a text means; nothing is kept',
  'POST /api/v1/prompts/suggest': 'says what a text may become; nothing is kept',
  'POST /api/v1/rules/validate': 'says what is wrong with a rule; nothing is kept, and no image is read',
};

/** Tools of agents: test/mcp/agents.test.ts calls each. */
const agents = ['POST /mcp', 'DELETE /mcp'];

/** A search by Patient ID finds an earlier study with one series; the images say so. */
const earlier = '1.2.840.99.6';
const withEarlierStudy: Partial<Archive> = {
  async query([, of, , , instances], { PatientID, SeriesInstanceUID }) {
    const uid = (tag: string, value: string) => ({ [tag]: { vr: 'UI', Value: [value] } });
    if (PatientID !== undefined) return [uid('0020000D', earlier)];
    if (instances !== undefined) return [uid('00080018', `${of}.1`)];
    return of === earlier || SeriesInstanceUID === series ? [uid('0020000E', SeriesInstanceUID ?? `${earlier}.1`)] : [];
  },
  retrieveMetadata: async (of) => [
    {
      '00080020': { vr: 'DA', Value: [of === earlier ? '20250101' : '20260101'] },
      '00080060': { vr: 'CS', Value: ['CT'] },
      '00100020': { vr: 'LO', Value: ['ZZMARKER'] },
    },
  ],
};

interface Change {
  /** Route of `routeNeeds`. */
  readonly route: string;
  /** Parameters of the path. */
  readonly with?: () => Readonly<Record<string, string>>;
  readonly query?: string;
  /** A function where it depends on what was made before. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly records: readonly AuditKind[];
}

let application: SmallApplication;
/** With an OpenID provider that never responds. */
let signedIn: SmallApplication;
let archive: Server;
/** A job that is queued, one that has a result, one whose edited result is deleted, and one to erase. */
let ids: Readonly<Record<'queued' | 'done' | 'erased' | 'draft' | 'promptSet' | 'backfill', string>>;
let cookie: string;

beforeAll(async () => {
  archive = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(200, { 'Content-Type': 'application/dicom+json' }).end('{}'));
  });
  await new Promise<void>((resolve) => archive.listen(0, '127.0.0.1', resolve));
  application = await smallApplication(
    {
      PROMPTSEG_AUTH: 'proxy',
      PROMPTSEG_TRUSTED_PROXIES: '127.0.0.1',
      PROMPTSEG_ARCHIVE: `http://127.0.0.1:${(archive.address() as AddressInfo).port}/dicom-web`,
    },
    undefined,
    {
      archive: withEarlierStudy,
      results: ({ store }) =>
        createResultsService({
          store,
          archive: archiveWith(async () => listed),
          deletion: { deleteObjects: async () => {} } as never,
          results: { ask: async () => ({ ...storedAs(edited), findings: [], removed: [] }) } as never,
        }),
    },
  );
  signedIn = await smallApplication({
    PROMPTSEG_AUTH: 'oidc',
    PROMPTSEG_OIDC_ISSUER: 'http://127.0.0.1:1',
    PROMPTSEG_OIDC_CLIENT_ID: 'promptseg',
  });
  const begun = await createSessions(signedIn.jobs.database).begin(
    {
      subject: 'ada',
      displayName: 'Ada',
      roles: ['administrator'],
      accessToken: 'a',
      idToken: '',
      accessExpiresAt: Date.now() + 86_400_000,
    },
    new Date(Date.now() + 86_400_000),
  );
  cookie = `promptseg-${new URL(signedIn.url).port}=${begun}`;

  const { database, store, leases, workers, deliveries } = application.jobs;
  const done = await made('skeleton');
  const worker = { id: randomUUID(), host: 'here' };
  await workers.register(worker.id, workerOn('here'), idleStatus);
  const { lease } = (await leases.takeNext(worker))!;
  const { findings } = aCompletedJob();
  await leases.end(lease, { state: 'completed', findings, result: storedAs('1.2.5') });
  await deliveries.enqueue(database, done, 'research');
  const erased = await made('bone');
  await send('DELETE', `/api/v1/segmentations/${erased}`);
  expect((await store.get(done)).state).toBe('completed');
  await database.executeSql(
    `INSERT INTO promptseg.routing_series (study_instance_uid, series_instance_uid, state)
     VALUES ('${study}', '${parked}', 'parked')`,
  );
  const queued = await made(`bone, ${typed}`);
  ids = { queued, done, erased, draft: '', promptSet: '', backfill: '' };
});
afterAll(async () => {
  await application?.close();
  await signedIn?.close();
  archive?.close();
});

const as = { 'x-forwarded-user': 'ada', 'x-forwarded-groups': 'administrator' };

function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const isText = typeof body === 'string';
  return fetch((path.startsWith('/auth/') ? signedIn : application).url + path, {
    method,
    headers: { ...as, ...(body !== undefined && !isText && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
  });
}
const made = async (prompt: string): Promise<string> =>
  ((await (await send('POST', '/api/v1/segmentations', jobOf(prompt))).json()) as Job).id;

const ofJob = (name: 'queued' | 'done' | 'erased', more: Readonly<Record<string, string>> = {}) => ({
  with: () => ({ id: ids[name], ...more }),
});
const ofDraft = { with: () => ({ draft: ids.draft }) };
const ofWorkitem = { with: () => ({ uid: workitem }) };
const asPerformer = (state: string) => [
  { '00741000': { vr: 'CS', Value: [state] }, '00081195': { vr: 'UI', Value: ['1.2.840.99.9'] } },
];
const notReady = () => {
  const { '00404041': _, ...dataset } = workitemOf(study, series, [typed, 'bone']);
  return [{ ...dataset, '00404041': { vr: 'CS', Value: ['INCOMPLETE'] } }];
};

/** In their order: each finds what the one before it left. */
const changes: readonly Change[] = [
  {
    route: 'POST /dicom-web/{*path}',
    with: () => ({ '*path': 'studies' }),
    body: '--b--',
    headers: { 'content-type': 'multipart/related; boundary=b' },
    records: ['images-stored'],
  },
  { route: 'POST /api/v1/segmentations', body: jobOf(`skeleton, ${typed}`), records: ['segmentation-requested'] },
  {
    route: 'POST /api/v1/refinements',
    body: { studyInstanceUID: study, seriesInstanceUID: series, name: 'bone', boxes: [box] },
    records: ['segmentation-requested'],
  },
  {
    route: 'POST /api/v1/drafts',
    body: () => ({ corrects: { job: ids.done, segmentNumber: 3 } }),
    records: ['draft-changed'],
  },
  { route: 'POST /api/v1/drafts/:draft/clicks', ...ofDraft, body: click, records: ['draft-changed'] },
  { route: 'DELETE /api/v1/drafts/:draft/clicks/last', ...ofDraft, records: ['draft-changed'] },
  { route: 'POST /api/v1/drafts/:draft/clicks', ...ofDraft, body: click, records: ['draft-changed'] },
  {
    route: 'PUT /api/v1/drafts/:draft/neighbours',
    ...ofDraft,
    body: { policy: 'onlyEmpty' },
    records: ['draft-changed'],
  },
  {
    route: 'POST /api/v1/drafts/:draft/accept',
    ...ofDraft,
    records: ['segmentation-requested', 'draft-changed'],
  },
  {
    route: 'POST /api/v1/drafts',
    body: () => ({ corrects: { job: ids.done, segmentNumber: 3 } }),
    records: ['draft-changed'],
  },
  { route: 'DELETE /api/v1/drafts/:draft', ...ofDraft, records: ['draft-changed'] },
  { route: 'DELETE /api/v1/segmentations/:id', ...ofJob('queued'), records: ['segmentation-cancelled'] },
  { route: 'POST /api/v1/segmentations/:id/rerun', ...ofJob('queued'), records: ['segmentation-requested'] },
  {
    route: 'PUT /api/v1/segmentations/:id/feedback',
    ...ofJob('done'),
    body: { verdict: 'accepted' },
    records: ['feedback-changed'],
  },
  {
    route: 'PUT /api/v1/segmentations/:id/feedback/:findingIndex',
    ...ofJob('done', { findingIndex: '0' }),
    body: { verdict: 'rejected', reason: typed },
    records: ['feedback-changed'],
  },
  {
    route: 'DELETE /api/v1/segmentations/:id/feedback/:findingIndex',
    ...ofJob('done', { findingIndex: '0' }),
    records: ['feedback-changed'],
  },
  {
    route: 'POST /api/v1/segmentations/:id/deliveries/:destination/retry',
    ...ofJob('done', { destination: 'research' }),
    records: ['delivery-retried'],
  },
  {
    route: 'POST /api/v1/segmentations/:id/edited',
    ...ofJob('done'),
    body: 'DICM',
    headers: { 'content-type': 'application/dicom' },
    records: ['result-stored'],
  },
  {
    route: 'DELETE /api/v1/segmentations/:id/edited/:uid',
    ...ofJob('done', { uid: edited }),
    records: ['result-deleted'],
  },
  {
    route: 'POST /api/v1/segmentations/:id/comparisons',
    ...ofJob('done'),
    body: {},
    records: ['segmentation-requested', 'study-opened'],
  },
  { route: 'DELETE /api/v1/segmentations/:id/result', ...ofJob('done'), records: ['result-deleted'] },
  { route: 'DELETE /api/v1/segmentations/:id/record', ...ofJob('erased'), records: ['record-erased'] },
  { route: 'POST /api/v1/prompt-sets', body: { name: typed, prompts: [typed] }, records: ['prompt-set-changed'] },
  {
    route: 'PUT /api/v1/prompt-sets/:id',
    with: () => ({ id: ids.promptSet }),
    body: { name: 'other', prompts: [typed] },
    records: ['prompt-set-changed'],
  },
  { route: 'DELETE /api/v1/prompt-sets/:id', with: () => ({ id: ids.promptSet }), records: ['prompt-set-changed'] },
  { route: 'POST /api/v1/rules', query: '?confirm=true', body: rule, records: ['rule-changed'] },
  {
    route: 'PUT /api/v1/rules',
    query: '?confirm=true',
    body: { version: 1, rules: [{ ...rule, prompts: ['bone'] }] },
    records: ['rule-changed'],
  },
  {
    route: 'PUT /api/v1/rules/:name',
    with: () => ({ name: 'walk' }),
    query: '?confirm=true',
    body: rule,
    records: ['rule-changed'],
  },
  { route: 'POST /api/v1/rules/test', body: { rule, studyInstanceUID: study }, records: ['study-opened'] },
  {
    route: 'POST /api/v1/rules/:name/test',
    with: () => ({ name: 'walk' }),
    body: { studyInstanceUID: '1.2.840.99.5' },
    records: ['study-opened'],
  },
  { route: 'POST /api/v1/rules/recent-matches', body: { rule }, records: ['queried'] },
  {
    route: 'POST /api/v1/rules/backfills',
    body: { from: '2026-01-01', to: '2026-01-02' },
    records: ['backfill-changed'],
  },
  { route: 'DELETE /api/v1/rules/backfills/:id', with: () => ({ id: ids.backfill }), records: ['backfill-changed'] },
  {
    route: 'POST /api/v1/rules/parked/:series/release',
    with: () => ({ series: parked }),
    records: ['series-released'],
  },
  { route: 'DELETE /api/v1/rules/:name', with: () => ({ name: 'walk' }), records: ['rule-changed'] },
  {
    route: 'POST /api/v1/keys',
    body: { name: 'key', scopes: ['jobs:read'], expiresInDays: 1 },
    records: ['key-changed'],
  },
  { route: 'DELETE /api/v1/keys/:id', with: () => ({ id: keyId }), records: ['key-changed'] },
  {
    route: 'POST /ups-rs/workitems',
    query: `?${performed}`,
    body: [workitemOf(study, `${study}.9`, ['bone', typed])],
    records: ['workitem-changed', 'segmentation-requested', 'workitem-changed'],
  },
  {
    route: 'POST /ups-rs/workitems/:uid/cancelrequest',
    with: () => ({ uid: performed }),
    records: ['segmentation-cancelled'],
  },
  { route: 'POST /ups-rs/workitems', query: `?${workitem}`, body: notReady(), records: ['workitem-changed'] },
  {
    route: 'POST /ups-rs/workitems/:uid',
    ...ofWorkitem,
    body: [{ '00100010': { vr: 'PN', Value: [{ Alphabetic: 'ZZMARKER' }] } }],
    records: ['workitem-changed'],
  },
  {
    route: 'PUT /ups-rs/workitems/:uid/state',
    ...ofWorkitem,
    body: asPerformer('IN PROGRESS'),
    records: ['workitem-changed'],
  },
  { route: 'POST /auth/sign-out', records: ['logged-out'] },
];
let keyId = '';

const trailOf = async (path: string): Promise<AuditEvent[]> => {
  const { database } = (path.startsWith('/auth/') ? signedIn : application).jobs;
  return (await rowsOf(database)).map(({ event }) => JSON.parse(event) as AuditEvent);
};

describe('a change', () => {
  it('is in one of the tables, whatever route makes it', () => {
    const routes = routeNeeds.flatMap(([method, path]) => (method === 'GET' ? [] : [`${method} ${path}`]));
    const named = new Set([...changes.map(({ route }) => route), ...Object.keys(exceptions), ...agents]);
    expect([...named].toSorted()).toEqual(routes.toSorted());
    expect(Object.keys(exceptions).length).toBeLessThan(5);
  });

  it.each(changes.map((change, index) => [change.route, change, index] as const))(
    'is recorded with who made it: %s',
    async (route, {
      with: given = () => ({}) as Readonly<Record<string, string>>,
      query = '',
      body,
      headers,
      records,
    }) => {
      const [method = '', pattern = ''] = route.split(' ');
      const path = pattern.replaceAll(
        /\{(\*\w+)\}|:(\w+)/g,
        (_, wild: string, name: string) => given()[wild ?? name] ?? '',
      );
      const before = (await trailOf(path)).length;
      const own = path.startsWith('/auth/') ? { cookie, origin: signedIn.url } : {};
      const sent = typeof body === 'function' ? body() : body;
      const response = await send(method, path + query, sent, { ...headers, ...own });
      expect([route, response.status < 300]).toEqual([route, true]);
      const { id, key } = JSON.parse((await response.text()) || '{}') as { id?: string; key?: { id: string } };
      if (route === 'POST /api/v1/drafts') ids = { ...ids, draft: id ?? '' };
      if (route === 'POST /api/v1/prompt-sets') ids = { ...ids, promptSet: id ?? '' };
      if (route === 'POST /api/v1/rules/backfills') ids = { ...ids, backfill: id ?? '' };
      keyId = key?.id ?? keyId;
      // Objects that were stored are recorded once the archive has taken them.
      await until(async () => (await trailOf(path)).length >= before + records.length);
      const recorded = (await trailOf(path)).slice(before);
      expect(recorded.map(({ kind, actor }) => [kind, actor.subject])).toEqual(records.map((kind) => [kind, 'ada']));
    },
  );

  it('is recorded without a word that was typed', async () => {
    expect(JSON.stringify(await trailOf('/'))).not.toContain('ZZMARKER');
  });

  it.each(Object.keys(exceptions))('is not made by %s', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const before = await trailOf(path);
    const body = path.endsWith('suggest') ? { text: 'bo' } : path.endsWith('resolve') ? { prompts: ['bone'] } : rule;
    expect((await send(method, path, body)).status).toBe(200);
    expect(await trailOf(path)).toEqual(before);
  });

  it('has a kind for each of these, and no kind is left that nothing records', () => {
    const elsewhere: readonly AuditKind[] = [
      'application-started',
      'application-stopped',
      'logged-in',
      'result-delivered',
      'delivery-released',
      'result-exported',
      'tool-called',
      'access-refused',
      'audit-read',
      'audit-trimmed',
    ];
    const all = new Set([...changes.flatMap(({ records }) => records), ...elsewhere]);
    expect([...all].toSorted()).toEqual(Object.keys(auditKinds).toSorted());
  });
});
