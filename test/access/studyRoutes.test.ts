import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '../../server/contract/job.js';
import { createApiKeys } from '../../server/src/access/apiKeys.js';
import { routeNeeds } from '../../server/src/access/scopes.js';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import { descriptionOf } from '../../server/src/routing/rules/description.testSupport.js';
import { registerWebhooks } from '../../server/src/routing/webhooks/registerWebhooks.js';
import { scopes, system } from '../../server/src/values/principal.js';
import { idleStatus, workerOn } from '../jobs/scriptedWorker.js';
import { workitemOf } from '../routing/workitem.js';

/**
 * Every route that names a study, a series or a job, in what it takes or in what it sends, asked by an administrator
 * who may find no study in the archive, and by a key that may see all of them.
 */
const study = '1.2.840.99.1';
const series = `${study}.7`;
const workitem = '1.2.840.99.2';

interface Way {
  /** Parameters of the path. */
  readonly with?: Readonly<Record<string, string>>;
  readonly query?: string;
  /** A function where it depends on the job. */
  readonly body?: unknown;
  /**
   * What he gets who may not find the study: a problem of this code, which the key does not get; or nothing of the
   * study and the job, which the key does get; or it is for a reason that all get the same.
   */
  readonly gets: { readonly code: string } | 'nothing of it' | { readonly because: string };
}

const ofJob: Way = { gets: { code: 'job-not-found' } };
const ofStudy = { gets: { code: 'study-not-found' } } as const;
const ofDraft: Way = { gets: { code: 'draft-not-found' } };
const nothingOfIt: Way = { gets: 'nothing of it' };
const ofWorkitem: Way = { gets: { code: 'workitem-not-found' } };
const ofImages: Way = { with: { '*path': 'studies' }, gets: { code: 'not-permitted' } };
const rule = { name: 'walk', match: { attribute: 'Modality', equals: 'CT' }, prompts: ['bone'] };
const box = {
  kind: 'box',
  corners: [
    [0, 0, 0],
    [9, 9, 0],
  ],
};
const aWorkitem = [workitemOf(study, series, ['bone'])];
const trail: Way = {
  gets: { because: 'the audit trail is whole, for those who may read it: UIDs, and neither images nor names' },
};

const ways: Readonly<Record<string, Way>> = {
  'GET /dicom-web/{*path}': ofImages,
  'POST /dicom-web/{*path}': ofImages,
  'POST /api/v1/segmentations': {
    ...ofStudy,
    body: { studyInstanceUID: study, seriesInstanceUID: series, prompts: ['bone'] },
  },
  'POST /api/v1/refinements': {
    ...ofStudy,
    body: { studyInstanceUID: study, seriesInstanceUID: series, name: 'bone', boxes: [box] },
  },
  'POST /api/v1/drafts': { ...ofJob, body: () => ({ corrects: { job: jobId, segmentNumber: 1 } }) },
  'GET /api/v1/drafts': { ...nothingOfIt, query: `?study=${study}` },
  'GET /api/v1/drafts/:draft': ofDraft,
  'DELETE /api/v1/drafts/:draft': ofDraft,
  'GET /api/v1/drafts/:draft/events': ofDraft,
  'GET /api/v1/drafts/:draft/mask': ofDraft,
  'POST /api/v1/drafts/:draft/clicks': { ...ofDraft, body: { kind: 'click', place: [1, 2, 3], part: true } },
  'DELETE /api/v1/drafts/:draft/clicks/last': ofDraft,
  'PUT /api/v1/drafts/:draft/neighbours': { ...ofDraft, body: { policy: 'exclusive' } },
  'POST /api/v1/drafts/:draft/accept': ofDraft,
  'GET /api/v1/segmentations': nothingOfIt,
  'GET /api/v1/segmentations/events': {
    gets: { because: 'it has no end; studies.test.ts reads it, “the stream of all events”' },
  },
  'GET /api/v1/segmentations/:id': ofJob,
  'DELETE /api/v1/segmentations/:id': ofJob,
  'GET /api/v1/segmentations/:id/events': ofJob,
  'POST /api/v1/segmentations/:id/rerun': ofJob,
  'GET /api/v1/segmentations/:id/priors': ofJob,
  'POST /api/v1/segmentations/:id/comparisons': { ...ofJob, body: {} },
  'GET /api/v1/segmentations/:id/comparisons/:earlier': ofJob,
  'GET /api/v1/segmentations/:id/comparisons/:earlier/table.csv': ofJob,
  'GET /api/v1/segmentations/:id/comparisons/:earlier/report': ofJob,
  'GET /api/v1/segmentations/:id/picture.png': ofJob,
  'GET /api/v1/segmentations/:id/measurements.csv': ofJob,
  'GET /api/v1/segmentations/:id/export/segmentation': ofJob,
  'GET /api/v1/segmentations/:id/export/rt-structure-set': ofJob,
  'GET /api/v1/segmentations/:id/export/secondary-capture': ofJob,
  'GET /api/v1/segmentations/:id/export/presentation-state': ofJob,
  'GET /api/v1/segmentations/:id/export/report': ofJob,
  'GET /api/v1/segmentations/:id/export/fhir': ofJob,
  'DELETE /api/v1/segmentations/:id/result': ofJob,
  'DELETE /api/v1/segmentations/:id/record': ofJob,
  'POST /api/v1/segmentations/:id/edited': ofJob,
  'DELETE /api/v1/segmentations/:id/edited/:uid': { ...ofJob, with: { uid: '1.2.3' } },
  'PUT /api/v1/segmentations/:id/feedback': ofJob,
  'PUT /api/v1/segmentations/:id/feedback/:findingIndex': { ...ofJob, with: { findingIndex: '0' } },
  'DELETE /api/v1/segmentations/:id/feedback/:findingIndex': { ...ofJob, with: { findingIndex: '0' } },
  'POST /api/v1/segmentations/:id/deliveries/:destination/retry': { ...ofJob, with: { destination: 'research' } },
  'GET /api/v1/feedback.csv': nothingOfIt,
  'GET /api/v1/studies/:study/series/:series/stacks': { ...ofStudy, with: { study, series } },
  'GET /api/v1/workers': nothingOfIt,
  'GET /api/v1/webhooks': nothingOfIt,
  'GET /api/v1/rules/parked': nothingOfIt,
  'POST /api/v1/rules/parked/:series/release': { with: { series }, gets: { code: 'series-not-parked' } },
  'GET /api/v1/rules/:name/history': { ...nothingOfIt, with: { name: 'walk' } },
  'POST /api/v1/rules/test': { ...ofStudy, body: { rule, studyInstanceUID: study } },
  'POST /api/v1/rules/:name/test': { ...ofStudy, with: { name: 'walk' }, body: { studyInstanceUID: study } },
  'POST /api/v1/rules/recent-matches': { ...nothingOfIt, body: { rule } },
  'GET /api/v1/rules/:name/recent-matches': { ...nothingOfIt, with: { name: 'walk' } },
  'GET /api/v1/audit': trail,
  'GET /api/v1/audit/rows': trail,
  'POST /ups-rs/workitems': { ...ofStudy, body: aWorkitem },
  'GET /ups-rs/workitems': nothingOfIt,
  'GET /ups-rs/workitems/:uid': { ...ofWorkitem, with: { uid: workitem } },
  'POST /ups-rs/workitems/:uid': { ...ofWorkitem, with: { uid: workitem }, body: aWorkitem },
  'PUT /ups-rs/workitems/:uid/state': { ...ofWorkitem, with: { uid: workitem }, body: [{}] },
  'POST /ups-rs/workitems/:uid/cancelrequest': { ...ofWorkitem, with: { uid: workitem } },
};

let application: SmallApplication;
let jobId: string;
let endedId: string;
/** Headers of the administrator whom the archive knows nothing of, and of the key that sees every study. */
let as: Readonly<Record<'stranger' | 'all', Record<string, string>>>;

beforeAll(async () => {
  const webhook = { name: 'ris', url: 'http://127.0.0.1:1/', key: new Uint8Array(32), filter: {}, prompts: false };
  application = await smallApplication(
    { PROMPTSEG_AUTH: 'proxy', PROMPTSEG_TRUSTED_PROXIES: '127.0.0.1', PROMPTSEG_ARCHIVE_FORWARD_TOKEN: 'true' },
    undefined,
    {
      webhooks: [webhook],
      recent: { describe: async () => ({ series: [{ ...descriptionOf(), studyInstanceUID: study }], unread: 0 }) },
    },
  );
  const { database, leases, workers } = application.jobs;
  const expiresAt = new Date(Date.now() + 86_400_000);
  const { secret } = await createApiKeys(database).create({ name: 'all', scopes, expiresAt }, system);
  as = {
    // Without a token of his own, the archive shows him no study.
    stranger: { 'x-forwarded-user': 'stranger', 'x-forwarded-groups': 'administrator' },
    all: { authorization: `Bearer ${secret}` },
  };
  await registerWebhooks(database, [webhook]);
  ({ id: endedId } = (await (await send('all', 'POST', '/api/v1/segmentations', jobOf('bone'))).json()) as Job);
  await send('all', 'DELETE', `/api/v1/segmentations/${endedId}`);
  ({ id: jobId } = (await (await send('all', 'POST', '/api/v1/segmentations', jobOf('skeleton'))).json()) as Job);
  const worker = randomUUID();
  await workers.register(worker, workerOn('here'), idleStatus);
  await leases.takeNext({ id: worker, host: 'here' });
  await send('all', 'POST', '/api/v1/rules?confirm=true', rule);
  await send('all', 'POST', `/ups-rs/workitems?${workitem}`, aWorkitem);
  await database.executeSql(
    `INSERT INTO promptseg.routing_series (study_instance_uid, series_instance_uid, state)
     VALUES ('${study}', '${series}', 'parked');
     INSERT INTO promptseg.routed (rule_name, rule_version, rule_work, study_instance_uid, series_instance_uid,
       content, model, state)
       VALUES ('walk', 1, 'w', '${study}', '${series}', 'c', 'm', 'completed');
     INSERT INTO promptseg.feedback (job_id, finding_index, given_at, feedback, subject)
     VALUES (gen_random_uuid(), 0, now(),
       '{"at": "2026-01-01T00:00:00Z", "verdict": "accepted"}',
       '{"finding": {"status": "refused", "prompt": "bone", "reason": "none"},
          "studyInstanceUID": "${study}", "seriesInstanceUID": "${series}"}')`,
  );
});
afterAll(() => application?.close());

const jobOf = (prompt: string) => ({ studyInstanceUID: study, seriesInstanceUID: series, prompts: [prompt] });

function send(who: 'stranger' | 'all', method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(application.url + path, {
    method,
    headers: { ...as[who], ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function begunDraft(): Promise<string> {
  const draft = {
    corrects: { job: jobId, segmentNumber: 1 },
    studyInstanceUID: study,
    seriesInstanceUID: series,
    model: { id: 'clicks', version: '1.0.0', sha256: 'c'.repeat(64) },
  };
  return (await application.jobs.drafts.create(draft, system)).id;
}

async function responseTo(who: 'stranger' | 'all', line: string): Promise<{ code?: string; text: string }> {
  const [method = '', pattern = ''] = line.split(' ');
  const { with: given = {}, query = '', body } = ways[line]!;
  // A request before may have ended the last one.
  const draftId = pattern.includes('/drafts') ? await begunDraft() : '';
  const path = pattern
    .replace('{*path}', given['*path'] ?? '')
    .replaceAll(/:(\w+)/g, (_, name: string) => given[name] ?? (name === 'draft' ? draftId : jobId));
  const response = await send(who, method, path + query, typeof body === 'function' ? body() : body);
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return { text: '' };
  }
  const text = await response.text();
  return { text, ...(type.startsWith('application/problem+json') && { code: JSON.parse(text).code as string }) };
}

/** Whether something in it names a study, a series, an object or a job; references are followed once. */
function namesStudy(part: unknown, document: unknown, seen = new Set<string>()): boolean {
  if (typeof part !== 'object' || part === null) return false;
  const { $ref, name } = part as { readonly $ref?: unknown; readonly name?: unknown };
  if (typeof $ref === 'string') {
    if (seen.has($ref)) return false;
    seen.add($ref);
    const target = $ref
      .split('/')
      .slice(1)
      .reduce<unknown>((within, key) => (within as Record<string, unknown>)[key], document);
    return namesStudy(target, document, seen);
  }
  // As parameters; a property "series" counts them.
  const isParameter = typeof name === 'string' && /InstanceUID$|^(study|series)$/.test(name);
  return (
    isParameter ||
    Object.entries(part).some(([key, value]) => /InstanceUID$|^jobId$/.test(key) || namesStudy(value, document, seen))
  );
}

interface Operation {
  readonly responses: Record<string, { readonly content?: object }>;
}

/** Routes of the document that name a study, or send what the document does not describe, as lines of `routeNeeds`. */
async function routesOfStudies(): Promise<readonly string[]> {
  const document = (await (await send('all', 'GET', '/api/v1/openapi.json')).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, { responses, ...asked }]) => {
        const { default: _, ...sent } = responses;
        const isOpaque = Object.values(sent).some(({ content = {} }) =>
          Object.keys(content).some((type) => type !== 'application/json'),
        );
        return isOpaque || /^\/(segmentations\/\{id\}|drafts)/.test(path) || namesStudy({ asked, sent }, document);
      })
      .map(([method]) => `${method.toUpperCase()} /api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
}

describe('a study that somebody may not see', () => {
  it('is asked about by every route that names one: a new route has to be in this table', async () => {
    const outside = routeNeeds.filter(([, path]) => /^\/(ups-rs|dicom-web)\//.test(path));
    const named = [...(await routesOfStudies()), ...outside.map(([method, path]) => `${method} ${path}`)];
    expect(named.length).toBeGreaterThan(35);
    expect(Object.keys(ways).sort()).toEqual(named.sort());
  });

  it.each(Object.keys(ways))('is not there: %s', async (line) => {
    const { gets } = ways[line]!;
    if (typeof gets === 'object' && 'because' in gets) return;
    const secrets = [study, series, jobId, endedId];
    const [hidden, shown] = [await responseTo('stranger', line), await responseTo('all', line)];
    if (gets === 'nothing of it') {
      expect(hidden.code).toBeUndefined();
      for (const secret of secrets) expect(hidden.text).not.toContain(secret);
      expect(secrets.some((each) => shown.text.includes(each))).toBe(true);
    } else {
      expect(hidden.code).toBe(gets.code);
      for (const secret of secrets) expect(hidden.text).not.toContain(secret);
      expect(shown.code).not.toBe(gets.code);
    }
  });
});
