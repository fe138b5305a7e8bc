import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DicomJson, firstText } from '../../server/contract/dicomJson.js';
import type { Job } from '../../server/contract/job.js';
import type { Problem } from '../../server/contract/problem.js';
import { createApiKeys } from '../../server/src/access/apiKeys.js';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import { tags } from '../../server/src/routing/ups/workitemTags.js';
import { system } from '../../server/src/values/principal.js';
import { workitemOf } from '../routing/workitem.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { audience, clientId, startOpenIdProvider, type TestProvider } from './openIdProvider.js';
import { type ProtectedArchive, serviceToken, startProtectedArchive } from './protectedArchive.js';

let orthanc: TestOrthanc;
let provider: TestProvider;
let archive: ProtectedArchive;
let application: SmallApplication;
let studies: { readonly ada: string; readonly bob: string };
/** Authorization headers. */
let as: Record<'ada' | 'adaAsAdministrator' | 'bob' | 'carl' | 'key' | 'keyOfAll', { authorization: string }>;

beforeAll(async () => {
  orthanc = await startTestOrthanc();
  for (const name of ['ada', 'bob']) await orthanc.upload((await smallPhantom(`study of ${name}`)).slice(0, 2));
  const found = (await (await fetch(`${orthanc.dicomWebUrl}/studies`, { headers: orthanc.headers })).json()) as {
    '0020000D': { Value: [string] };
  }[];
  const [first, second] = found.map((each) => each['0020000D'].Value[0]);
  studies = { ada: first!, bob: second! };
  provider = await startOpenIdProvider({});
  archive = await startProtectedArchive(orthanc, provider);
  archive.mayRead.set('ada', [studies.ada]).set('bob', [studies.bob]);
  application = await smallApplication({
    PROMPTSEG_AUTH: 'oidc',
    PROMPTSEG_OIDC_ISSUER: provider.issuer,
    PROMPTSEG_OIDC_CLIENT_ID: clientId,
    PROMPTSEG_OIDC_AUDIENCE: audience,
    PROMPTSEG_ARCHIVE: archive.url,
    PROMPTSEG_ARCHIVE_TOKEN: serviceToken,
    PROMPTSEG_ARCHIVE_FORWARD_TOKEN: 'true',
  });
  const keys = createApiKeys(application.jobs.database);
  const expiresAt = new Date(Date.now() + 86_400_000);
  const token = async (sub: string, roles = ['researcher', 'rules-administrator']) => ({
    authorization: `Bearer ${await provider.sign({ sub, name: sub, roles })}`,
  });
  const key = async (...more: ('studies:all' | 'workitems')[]) => {
    const scopes = ['jobs:read', 'images:read', 'jobs:write', ...more] as const;
    const { secret } = await keys.create({ name: 'cohort', scopes, expiresAt }, system);
    return { authorization: `Bearer ${secret}` };
  };
  as = {
    ada: await token('ada'),
    adaAsAdministrator: await token('ada', ['administrator']),
    bob: await token('bob'),
    carl: await token('carl'),
    key: await key('workitems'),
    keyOfAll: await key('studies:all', 'workitems'),
  };
});
afterAll(async () => {
  await application?.close();
  archive?.close();
  await provider?.stop();
  await orthanc?.stop();
});
beforeEach(() => {
  archive.asked.length = 0;
});

type Who = keyof typeof as;
const call = (who: Who, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(application.url + path, {
    ...init,
    headers: { ...as[who], 'content-type': 'application/json', ...init.headers },
  });
const json = async <T>(response: Promise<Response>): Promise<T> => (await (await response).json()) as T;
const codeOf = async (response: Promise<Response>): Promise<string> => (await json<Problem>(response)).code;
const ask = (who: Who, studyInstanceUID: string, prompts = ['bone']): Promise<Response> =>
  call(who, '/api/v1/segmentations', {
    method: 'POST',
    body: JSON.stringify({ studyInstanceUID, seriesInstanceUID: '1.2.3', prompts }),
  });
const listOf = async (who: Who, query = ''): Promise<string[]> =>
  (await json<{ segmentations: Job[] }>(call(who, `/api/v1/segmentations${query}`))).segmentations.map(({ id }) => id);

describe('the archive decides who sees which study', () => {
  let jobOf: { readonly ada: Job; readonly bob: Job };
  beforeAll(async () => {
    jobOf = { ada: await json<Job>(ask('ada', studies.ada)), bob: await json<Job>(ask('bob', studies.bob)) };
  });

  it('viewing and storing use the token of the person who views', async () => {
    const seen = await json<{ '0020000D': { Value: [string] } }[]>(call('ada', '/dicom-web/studies'));
    expect(seen.map((each) => each['0020000D'].Value[0])).toEqual([studies.ada]);
    expect((await call('ada', `/dicom-web/studies/${studies.ada}/series`)).status).toBe(200);
    expect((await call('ada', `/dicom-web/studies/${studies.bob}/series`)).status).toBe(403);
    expect(archive.asked.map((each) => each.split(' ')[0])).toEqual(['ada', 'ada', 'ada']);
  });

  it('each sees the jobs of his own studies only, by list, id, picture and events', async () => {
    expect(await listOf('ada')).toEqual([jobOf.ada.id]);
    expect(await listOf('bob')).toEqual([jobOf.bob.id]);
    expect(await listOf('carl')).toEqual([]);
    expect(await listOf('ada', `?study=${studies.bob}`)).toEqual([]);
    const paths = [
      '',
      '/events',
      '/picture.png',
      '/measurements.csv',
      '/export/segmentation',
      '/export/rt-structure-set',
      '/export/secondary-capture',
      '/export/report',
      '/export/presentation-state',
      '/export/fhir',
    ];
    for (const path of paths) {
      const address = `/api/v1/segmentations/${jobOf.bob.id}${path}`;
      expect([path, await codeOf(call('ada', address))]).toEqual([path, 'job-not-found']);
    }
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/rerun'],
      ['POST', '/edited'],
      ['DELETE', '/result'],
      ['DELETE', '/edited/1.2'],
      ['PUT', '/feedback'],
      ['PUT', '/feedback/0'],
      ['DELETE', '/feedback/0'],
      ['POST', '/deliveries/research/retry'],
    ] as const)
      expect([path, await codeOf(call('ada', `/api/v1/segmentations/${jobOf.bob.id}${path}`, { method }))]).toEqual([
        path,
        'job-not-found',
      ]);
    expect((await json<Job>(call('bob', `/api/v1/segmentations/${jobOf.bob.id}`))).createdBy?.subject).toBe('bob');
  });

  it('the stream of all events holds those of his own studies only', async () => {
    const events = await call('ada', '/api/v1/segmentations/events', { headers: { 'last-event-id': '0' } });
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (words: string) => {
      while (!text.includes(words)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended: ${text}`);
        text += value;
      }
    };
    await until(jobOf.ada.id);
    const another = await json<Job>(ask('bob', studies.bob, ['skeleton']));
    const own = await json<Job>(ask('ada', studies.ada, ['skeleton']));
    await until(own.id);
    await reader.cancel();
    expect(text).not.toContain(another.id);
    expect(text).not.toContain(jobOf.bob.id);
    expect(text).not.toContain(studies.bob);
  });

  it('nobody asks for a job, or looks into a series, of a study that he may not see', async () => {
    expect(await codeOf(ask('ada', studies.bob))).toBe('study-not-found');
    expect(await codeOf(call('ada', `/api/v1/studies/${studies.bob}/series/1.2.3/stacks`))).toBe('study-not-found');
    const rule = { name: 'x', match: { attribute: 'Modality', equals: 'CT' }, prompts: ['bone'] };
    const body = JSON.stringify({ rule, studyInstanceUID: studies.bob });
    expect(await codeOf(call('ada', '/api/v1/rules/test', { method: 'POST', body }))).toBe('study-not-found');
  });

  it('the archive is asked once in a while, for each token', async () => {
    await provider.sign();
    const fresh = { authorization: `Bearer ${await provider.sign({ sub: 'ada', roles: ['viewer'], jti: 'fresh' })}` };
    const address = `/api/v1/segmentations/${jobOf.ada.id}`;
    for (let time = 0; time < 5; time++) expect((await call('ada', address, { headers: fresh })).status).toBe(200);
    expect(archive.asked).toHaveLength(1);
  });

  it('an archive that is down shows nothing, and says so', async () => {
    const fresh = { authorization: `Bearer ${await provider.sign({ sub: 'ada', roles: ['viewer'], jti: 'away' })}` };
    archive.away = true;
    const one = await json<Problem>(call('ada', `/api/v1/segmentations/${jobOf.ada.id}`, { headers: fresh }));
    const list = await call('ada', '/api/v1/segmentations', { headers: fresh });
    archive.away = false;
    expect(one).toMatchObject({
      code: 'archive-unreachable',
      detail: 'The archive does not say whether you may see this study, so it is not shown.',
    });
    expect(list.status).toBe(one.status);
    expect((await call('ada', `/api/v1/segmentations/${jobOf.ada.id}`, { headers: fresh })).status).toBe(200);
  });

  it('a key sees no study, unless it was made to see all of them', async () => {
    expect(await listOf('key')).toEqual([]);
    expect(await codeOf(call('key', '/dicom-web/studies'))).toBe('not-permitted');
    expect((await call('key', '/ups-rs/workitems')).status).toBe(204);
    expect(await listOf('keyOfAll')).toEqual(expect.arrayContaining([jobOf.ada.id, jobOf.bob.id]));
    expect(await json(call('keyOfAll', '/dicom-web/studies'))).toHaveLength(2);
    expect((await call('keyOfAll', '/ups-rs/workitems')).status).toBe(204);
  });

  it('a workitem exists for those who may see its study', async () => {
    const create = (who: Who, uid: string, study: string) =>
      call(who, `/ups-rs/workitems?${uid}`, {
        method: 'POST',
        body: JSON.stringify([workitemOf(study, '1.2.3', ['bone'])]),
      });
    expect((await create('adaAsAdministrator', '1.2.1', studies.ada)).status).toBe(201);
    expect(await codeOf(create('adaAsAdministrator', '1.2.2', studies.bob))).toBe('study-not-found');
    expect(await codeOf(create('key', '1.2.2', studies.bob))).toBe('study-not-found');
    expect((await create('keyOfAll', '1.2.2', studies.bob)).status).toBe(201);
    const uidsOf = async (who: Who, query = '') => {
      const response = await call(who, `/ups-rs/workitems${query}`);
      const found = response.status === 204 ? [] : ((await response.json()) as DicomJson[]);
      return found.map((each) => firstText(each, tags.SOPInstanceUID));
    };
    expect(await uidsOf('adaAsAdministrator')).toEqual(['1.2.1']);
    expect(await uidsOf('adaAsAdministrator', '?limit=1')).toEqual(['1.2.1']);
    expect(await uidsOf('adaAsAdministrator', '?offset=1')).toEqual([]);
    expect(await uidsOf('keyOfAll')).toEqual(['1.2.2', '1.2.1']);

    const toBob = {
      [tags.InputInformationSequence]: workitemOf(studies.bob, '1.2.3', [])[tags.InputInformationSequence],
    };
    for (const [method, path, body, code] of [
      ['GET', '1.2.2', undefined, 'workitem-not-found'],
      ['POST', '1.2.2', workitemOf(studies.ada, '1.2.3', ['bone']), 'workitem-not-found'],
      ['PUT', '1.2.2/state', {}, 'workitem-not-found'],
      ['POST', '1.2.2/cancelrequest', undefined, 'workitem-not-found'],
      ['POST', '1.2.1', toBob, 'study-not-found'],
    ] as const)
      expect([
        path,
        await codeOf(
          call('adaAsAdministrator', `/ups-rs/workitems/${path}`, {
            method,
            ...(body && { body: JSON.stringify([body]) }),
          }),
        ),
      ]).toEqual([path, code]);
    expect((await call('adaAsAdministrator', '/ups-rs/workitems/1.2.1')).status).toBe(200);
  });

  it('a researcher deletes results of his own jobs, and of no others', async () => {
    const both = await json<Job>(ask('keyOfAll', studies.ada, ['bones']));
    expect(await codeOf(call('ada', `/api/v1/segmentations/${both.id}/result`, { method: 'DELETE' }))).toBe(
      'not-permitted',
    );
    expect((await call('ada', `/api/v1/segmentations/${jobOf.ada.id}/result`, { method: 'DELETE' })).status).toBe(200);
  });
});
