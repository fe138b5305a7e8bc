import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '#contract/job.js';
import { createAccess } from '../../access/access.js';
import { readAccessSettings } from '../../access/settings.js';
import { createComparisons } from '../../findings/comparisons.js';
import { newDataFolder } from '../../jobs/dataFolder.testSupport.js';
import type { JobService } from '../../jobs/jobService.js';
import { type Jobs, openJobs } from '../../jobs/openJobs.js';
import type { ResultsService } from '../../jobs/results/resultsService.js';
import type { Archive } from '../../pacs/archive.js';
import { PromptsegError } from '../../platform/errors.js';
import { openRouting } from '../../routing/openRouting.js';
import { readHere } from '../../routing/rules/readHere.testSupport.js';
import { createRuleStore } from '../../routing/rules/ruleStore.js';
import { createWorkitemStore } from '../../routing/ups/workitemStore.js';
import { createWorklist } from '../../routing/ups/worklist.js';
import { createApplication } from './application.js';
import { createMetrics } from './metrics.js';
import { boneModel } from './smallApplication.testSupport.js';

const request = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', prompts: ['bone'] };
const queued = (): Omit<Job, 'lastEventId'> => ({
  id: randomUUID(),
  state: 'queued',
  request,
  targets: [],
  createdAt: new Date().toISOString(),
  stageTimes: {},
  notes: [],
  findings: [],
});

const workerId = randomUUID();
const workerOnThisHost = { host: 'here', pid: 1, executionProvider: 'cpu' as const, models: [] };

/** Large enough to be compressed. */
const largeFile = Array.from({ length: 5000 }, (_, n) => String.fromCharCode(97 + ((n * n) % 26))).join('');

const closing: (() => Promise<unknown>)[] = [];
let jobs: Jobs;
let url: string;
let archiveUp = true;
const archiveRequests: { url: string; host: string; authorization: string }[] = [];

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve) && server.closeAllConnections()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const folder = await newDataFolder('promptseg-http-');
  closing.push(() => rm(folder, { recursive: true, force: true }));
  jobs = await openJobs({ kind: 'embedded', dataFolder: folder });
  closing.push(() => jobs.close());
  await jobs.workers.register(workerId, workerOnThisHost, { load: 0, availableMemoryBytes: 1e9 });

  const archiveUrl = await listen(
    createServer((incoming, response) => {
      if (!archiveUp) return void incoming.socket.destroy();
      const { host = '', authorization = '' } = incoming.headers;
      archiveRequests.push({ url: incoming.url ?? '', host, authorization });
      response.setHeader('content-type', 'application/dicom+json').end('[]');
    }),
  );
  // Below a folder whose name begins with a dot, as the demo's cache: express takes no such path for a file unless it
  // gets the root.
  const viewerFolder = path.join(folder, '.cache/viewer');
  await mkdir(viewerFolder, { recursive: true });
  await writeFile(path.join(viewerFolder, 'index.html'), '<!doctype html><title>OHIF</title>');
  await writeFile(path.join(viewerFolder, 'app.bundle.0f6159c501addfe9.js'), '// viewer');
  await writeFile(path.join(viewerFolder, 'beside.bundle.0f6159c501addfe9.js'), 'the file');
  await writeFile(path.join(viewerFolder, 'beside.bundle.0f6159c501addfe9.js.br'), brotliCompressSync('the copy'));
  await writeFile(path.join(viewerFolder, 'large.bundle.0f6159c501addfe9.js'), largeFile);

  const service: JobService = {
    async submit() {
      return { ...(await jobs.store.insert(queued(), 'key', async () => {})) };
    },
    refine: () => Promise.reject(new Error('not asked')),
    cancel: (id) => jobs.store.get(id),
    rerun: async (id) => ({ job: await jobs.store.get(id), created: true }),
  };
  const archive = {
    ping: async () => {
      if (!archiveUp) throw new PromptsegError('archive-unreachable', 'The archive does not respond.');
    },
  } as unknown as Archive;
  url = await listen(
    createServer(
      createApplication({
        access: await createAccess({
          settings: readAccessSettings({ host: '127.0.0.1', allowedHosts: [] }, {}),
          archiveUrl,
          allowedHosts: [],
          database: jobs.database,
          store: jobs.store,
        }),
        config: {
          archiveUrl: `${archiveUrl}/dicom-web`,
          archiveAuthorization: 'Basic secret',
          archiveLacks: [],
          host: '127.0.0.1',
          allowedHosts: [],
          viewerOrigins: [],
          storeLimitBytes: 1e9,
          port: 0,
          dataFolder: folder,
          retentionDays: 90,
          auditRetentionYears: 10,
          auditSourceId: 'promptseg',
          feedbackDays: 1095,
          settleSeconds: 60,
          modelsFolder: folder,
          viewerFolder,
          executionProvider: 'cpu',
          modelMemoryBytes: 1e9,
        },
        archive,
        library: { packages: [boneModel], promptable: [], refused: [] },
        presets: [],
        jobs,
        service,
        results: {} as ResultsService,
        previews: { preview: async () => undefined, check: async () => undefined },
        comparisons: createComparisons({
          archive,
          service,
          lists: jobs.lists,
          library: { packages: [boneModel] },
          registrations: { register: () => Promise.reject(new Error('not asked')) },
        }),
        metrics: createMetrics({ ...jobs.store, ...jobs.lists }),
        destinations: [
          { name: 'research', kind: 'dicom-web', address: 'http://a/', deliver: async () => {}, check: async () => {} },
        ],
        worklist: createWorklist({ store: createWorkitemStore(jobs.database), service, archiveUrl }),
        webhooks: [
          {
            name: 'ris',
            url: 'http://ris:1/hook?key=secret',
            key: Buffer.from('secret'),
            prompts: false,
            filter: { states: ['failed'] },
          },
        ],
        rules: {
          store: createRuleStore(jobs.database, false),
          reader: readHere,
          recent: { describe: async () => ({ series: [], unread: 0 }) },
        },
        routing: openRouting({
          settleSeconds: 60,
          jobs,
          archive,
          service,
          rules: createRuleStore(jobs.database, false),
        }),
      }),
    ),
  );
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const post = (address: string, body: unknown): Promise<Response> =>
  fetch(url + address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('REST', () => {
  it('accepts a request once', async () => {
    const first = await post('/api/v1/segmentations', request);
    const job = (await first.json()) as Job;
    expect(first.status).toBe(202);
    expect(first.headers.get('location')).toBe(`/api/v1/segmentations/${job.id}`);
    const second = await post('/api/v1/segmentations', request);
    expect([second.status, ((await second.json()) as Job).id]).toEqual([200, job.id]);
    const list = (await (await fetch(`${url}/api/v1/segmentations?study=1.2`)).json()) as { segmentations: Job[] };
    expect(list.segmentations.map(({ id }) => id)).toEqual([job.id]);
  });

  it.each([
    ['a missing field', { ...request, prompts: undefined }, 'prompts'],
    ['no prompt', { ...request, prompts: [] }, 'prompts'],
    ['a blank prompt', { ...request, prompts: ['  '] }, 'prompts.0'],
    ['a UID that is none', { ...request, studyInstanceUID: '../../etc' }, 'studyInstanceUID'],
    ['a UID that is too long', { ...request, seriesInstanceUID: `1.${'2'.repeat(63)}` }, 'seriesInstanceUID'],
    ['an unknown field', { ...request, prompt: 'bone' }, ''],
  ])('refuses %s and names the field', async (_, body, field) => {
    const response = await post('/api/v1/segmentations', body);
    const problem = (await response.json()) as { code: string; details: { fields: { field: string }[] } };
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(problem.code).toBe('request-invalid');
    expect(problem.details.fields.map((each) => each.field)).toContain(field);
  });

  it('refuses a body that is not JSON, and one that is too large', async () => {
    expect(await (await post('/api/v1/segmentations', '{')).json()).toMatchObject({
      code: 'request-invalid',
      status: 400,
    });
    const large = await post('/api/v1/segmentations', { ...request, prompts: ['x'.repeat(2_000_000)] });
    expect(await large.json()).toMatchObject({ code: 'body-too-large' });
  });

  it('sends 404 as a problem', async () => {
    expect(await (await fetch(`${url}/api/v1/nothing`)).json()).toMatchObject({ code: 'not-found', status: 404 });
    const unknown = await fetch(`${url}/api/v1/segmentations/${randomUUID()}`);
    expect(await unknown.json()).toMatchObject({ code: 'job-not-found', status: 404 });
    expect((await fetch(`${url}/api/v1/segmentations/1`)).status).toBe(400);
    expect((await fetch(`${url}/api/v1/models/none/vocabulary`)).status).toBe(404);
  });

  it('resolves prompts and searches the vocabulary without a run', async () => {
    const resolved = await post('/api/v1/prompts/resolve', { prompts: ['skeleton'], modality: 'CT' });
    expect(await resolved.json()).toMatchObject({ model: 'test', resolutions: [{ targets: [{ id: 'bone' }] }] });
    const wrong = await post('/api/v1/prompts/resolve', { prompts: ['skeleton'], modality: 'MR' });
    expect(await wrong.json()).toMatchObject({ code: 'modality-not-served' });
    const found = await (await fetch(`${url}/api/v1/models/test/vocabulary?q=bo`)).json();
    expect(found).toMatchObject({ targets: [{ id: 'bone', synonyms: ['skeleton'] }] });
  });
});

describe('routing', () => {
  const call = async (method: string, address: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const headers = { 'content-type': 'application/json' };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(`${url}/api/v1/rules${address}`, init);
    return { status: response.status, body: response.status === 204 ? undefined : await response.json() };
  };

  it('reports how far the feed is, even if nothing was read yet', async () => {
    expect(await call('GET', '/feed')).toEqual({
      status: 200,
      body: {
        trigger: 'dicomweb',
        state: 'idle',
        series: { arriving: 0, ready: 0, parked: 0 },
        oldestReadySeconds: 0,
      },
    });
    expect(await call('GET', '/counts')).toEqual({ status: 200, body: { rules: {} } });
    expect(await call('GET', '/parked')).toEqual({ status: 200, body: { parked: [] } });
  });

  it('begins, lists and cancels backfills, and refuses what cannot be', async () => {
    const begun = await call('POST', '/backfills', { from: '2026-01-01', to: '2026-01-31' });
    const { id } = begun.body as { id: string };
    expect(begun).toMatchObject({ status: 201, body: { state: 'running', day: '2026-01-01', fraction: 0 } });
    expect(await call('GET', '/backfills')).toMatchObject({ body: { backfills: [{ id }] } });
    expect(await call('DELETE', `/backfills/${id}`)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(await call('DELETE', `/backfills/${id}`)).toMatchObject({ status: 409, body: { code: 'backfill-ended' } });
    expect(await call('GET', `/backfills/${randomUUID()}`)).toMatchObject({ body: { code: 'backfill-not-found' } });
    for (const wrong of [
      { from: '2026-01-31', to: '2026-01-01' },
      { from: '31.1.2026', to: '2026-02-01' },
      { from: '2026-01-01', to: '2026-01-01', rules: [] },
    ])
      expect(await call('POST', '/backfills', wrong)).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    const unknown = { from: '2026-01-01', to: '2026-01-01', rules: ['nobody'] };
    expect(await call('POST', '/backfills', unknown)).toMatchObject({ status: 404, body: { code: 'rule-not-found' } });
  });

  it('has no history of a rule that never was, and releases nothing that is not parked', async () => {
    expect(await call('GET', '/never/history')).toMatchObject({ status: 404, body: { code: 'rule-not-found' } });
    expect(await call('POST', '/parked/1.2.3/release')).toMatchObject({ body: { code: 'series-not-parked' } });
    expect((await call('POST', '/parked/none/release')).status).toBe(400);
  });
});

describe('events', () => {
  /** @param onFirst called once the first event is there: from then on the server sends every change */
  async function follow(
    id: string,
    lastEventId?: number,
    onFirst: () => void = () => {},
  ): Promise<{ id: number; job: Job }[]> {
    const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': String(lastEventId) };
    const response = await fetch(`${url}/api/v1/segmentations/${id}/events`, { headers });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('event: job')) onFirst();
    }
    return [...text.matchAll(/^id: (\d+)\nevent: job\ndata: (.*)$/gm)].map((match) => ({
      id: Number(match[1]),
      job: JSON.parse(match[2]!),
    }));
  }

  it('contain every change in order and end with the job', async () => {
    const { job } = await jobs.store.insert(queued(), 'events', async () => {});
    let hear = (): void => {};
    const heard = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const followed = follow(job.id, undefined, hear);
    await heard;
    await jobs.store.start(job.id, workerId, {}, jobs.database);
    await jobs.store.update(job.id, { state: 'completed' });
    const events = await followed;
    expect(events.map((event) => event.job.state)).toEqual(['queued', 'retrieving', 'completed']);
    expect(events.map(({ id }) => id)).toEqual([...events.map(({ id }) => id)].sort((a, b) => a - b));
  });

  it('resume after the last event that was received', async () => {
    const { job } = await jobs.store.insert(queued(), 'resume', async () => {});
    const known = await jobs.store.start(job.id, workerId, {}, jobs.database);
    await jobs.store.update(job.id, { state: 'completed' });
    expect((await follow(job.id, known!.job.lastEventId)).map((event) => event.job.state)).toEqual(['completed']);
    expect(await follow(job.id, (await jobs.store.get(job.id)).lastEventId)).toEqual([]);
  });

  it('contain the end of a job even if a higher number was sent while it waited', async () => {
    const { job } = await jobs.store.insert(queued(), 'overtaken', async () => {});
    const { lastEventId } = (await jobs.store.update(job.id, { state: 'cancelled' }))!;
    expect((await follow(job.id, lastEventId + 1)).map((event) => event.job.state)).toEqual(['cancelled']);
  });

  it('are refused for a job that is not there', async () => {
    expect((await fetch(`${url}/api/v1/segmentations/${randomUUID()}/events`)).status).toBe(404);
  });
});

describe('archive proxy', () => {
  it('passes the viewer through to the archive, with the credentials that only the server knows', async () => {
    archiveRequests.length = 0;
    const response = await fetch(`${url}/dicom-web/studies?includefield=00081030%2C00080060&limit=1`);
    expect(await response.json()).toEqual([]);
    expect(archiveRequests).toEqual([
      {
        // Orthanc's DICOMweb plugin does not split an encoded comma.
        url: '/dicom-web/studies?includefield=00081030,00080060&limit=1',
        host: new URL(url).host,
        authorization: 'Basic secret',
      },
    ]);
  });

  it('says so where the archive is down', async () => {
    archiveUp = false;
    const response = await fetch(`${url}/dicom-web/studies`);
    const ready = await fetch(`${url}/readyz`);
    archiveUp = true;
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'archive-unreachable' });
    expect([ready.status, await ready.json()]).toEqual([503, { ready: false, archiveReachable: false, models: 1 }]);
  });
});

describe('destinations and webhooks', () => {
  const read = async (address: string) => (await fetch(`${url}/api/v1${address}`)).json();

  it('are shown without credentials and secrets', async () => {
    const none = { waiting: 0, delivering: 0, delivered: 0, failed: 0 };
    expect(await read('/destinations')).toEqual({
      destinations: [
        { name: 'source', kind: 'source' },
        { name: 'research', kind: 'dicom-web', address: 'http://a/', deliveries: none },
      ],
    });
    expect(await read('/webhooks')).toEqual({
      webhooks: [{ name: 'ris', origin: 'http://ris:1', states: ['failed'], messages: none, latest: [], failures: [] }],
    });
  });

  it('have no delivery to retry where the job has none', async () => {
    const { job } = await jobs.store.insert(queued(), randomUUID(), async () => {});
    const response = await post(`/api/v1/segmentations/${job.id}/deliveries/research/retry`, {});
    expect([response.status, ((await response.json()) as Job['problem'])?.code]).toEqual([404, 'delivery-not-found']);
    const nobody = await post(`/api/v1/segmentations/${randomUUID()}/deliveries/research/retry`, {});
    expect(await nobody.json()).toMatchObject({ code: 'job-not-found' });
    expect((await post(`/api/v1/segmentations/x/deliveries/y/retry`, {})).status).toBe(400);
  });
});

describe('viewer and probes', () => {
  it('serves the page for every route of the viewer, and never in place of a script', async () => {
    expect(await (await fetch(`${url}/segment-by-text?StudyInstanceUIDs=1.2`)).text()).toContain('OHIF');
    expect((await fetch(`${url}/plugins/missing.js`)).status).toBe(404);
    expect((await fetch(`${url}/missing.js`)).status).toBe(404);
  });

  it('caches what never changes and nothing else', async () => {
    const cache = async (address: string): Promise<string | null> =>
      (await fetch(url + address)).headers.get('cache-control');
    expect(await cache('/app.bundle.0f6159c501addfe9.js')).toContain('immutable');
    expect(await cache('/')).toBe('no-cache');
    expect(await cache('/app-config.js')).toBe('no-store');
  });

  it('sends the compressed copy beside a file to clients that unpack it', async () => {
    const address = `${url}/beside.bundle.0f6159c501addfe9.js`;
    for (const [encoding, text] of [
      ['gzip, br', 'the copy'],
      ['gzip', 'the file'],
      ['identity', 'the file'],
    ] as const) {
      const response = await fetch(address, { headers: { 'accept-encoding': encoding } });
      expect(await response.text()).toBe(text);
      expect(response.headers.get('content-type')).toMatch(/^text\/javascript; charset=utf-8$/i);
      expect(response.headers.get('cache-control')).toContain('immutable');
    }
  });

  /** As a program asks that takes anything compressed; `fetch` would unpack it. */
  function part(range: string): Promise<{ readonly message: IncomingMessage; readonly body: Buffer }> {
    return new Promise((resolve, reject) => {
      const headers = { range, 'accept-encoding': 'gzip, br' };
      get(`${url}/large.bundle.0f6159c501addfe9.js`, { headers }, (message) =>
        buffer(message).then((body) => resolve({ message, body }), reject),
      ).once('error', reject);
    });
  }

  it('sends a part of a file as it is, and a whole one where many parts are asked for', async () => {
    const { message, body } = await part('bytes=1000-3999');
    expect([message.statusCode, message.headers['content-encoding'], message.headers['content-range']]).toEqual([
      206,
      undefined,
      'bytes 1000-3999/5000',
    ]);
    expect(body.toString()).toBe(largeFile.slice(1000, 4000));
    const whole = await part('bytes=0-1,3-4');
    expect([whole.message.statusCode, whole.message.headers['content-encoding']]).toEqual([200, 'br']);
    expect(brotliDecompressSync(whole.body).toString()).toBe(largeFile);
    // Parts that overlap are one.
    const overlapping = await part(`bytes=${'0-4999,'.repeat(500)}0-4999`);
    expect([overlapping.message.statusCode, overlapping.body.toString()]).toEqual([206, largeFile]);
    expect((await part('bytes=9000-')).message.statusCode).toBe(400);
  });

  it('responds to probes, and metrics without UIDs or prompts', async () => {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('promptseg_jobs{state="completed"}');
    expect(metrics).not.toMatch(/1\.2\.3|bone/);
  });
});
