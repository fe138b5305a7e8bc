import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { Job, SegmentationRequest } from '../../server/contract/job.js';
import {
  type ArchiveProxy,
  away,
  isSeriesRetrieval,
  isStore,
  noInterference,
  refusing,
  startArchiveProxy,
} from '../support/archiveProxy.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { newServerData, type ServerData } from '../support/sharedPostgres.js';
import { tinyBody } from '../support/tinyBody.js';
import { until } from '../support/until.js';
import { call, storedSegmentations, submit, uidsOf, waitFor, workersOf } from './productClient.js';

/** A worker keeps the images of its last series: what goes wrong while they are sent needs another one. */
let request: SegmentationRequest;
let otherRequest: SegmentationRequest;
let orthanc: TestOrthanc;
let archive: ArchiveProxy;
let data: ServerData;
let server: Server;

beforeAll(async () => {
  orthanc = await startTestOrthanc();
  const requestOf = async (name: string): Promise<SegmentationRequest> => {
    const instances = await tinyBody(name);
    await orthanc.upload(instances);
    return { ...uidsOf(instances[0]!), prompts: ['body'] };
  };
  request = await requestOf('archive trouble 1');
  otherRequest = await requestOf('archive trouble 2');
  archive = await startArchiveProxy(orthanc);
  data = await newServerData('promptseg-archive-trouble-');
  server = await startServer({
    archive: archive.url,
    viewer: await setUpViewer(),
    data: data.folder,
    port: await freePort(),
    settings: data.settings,
  });
});
afterEach(() => {
  archive.interfere = noInterference;
});
afterAll(async () => {
  await server?.stop();
  archive?.close();
  await orthanc?.stop();
  await data?.remove();
});

const accepted = async (asked = request): Promise<Job> => (await submit(server, asked)).body;
const read = async (id: string): Promise<Job> => (await call<Job>(server, 'GET', `/segmentations/${id}`)).body;
const untilRetry = (id: string): Promise<Job> =>
  until(async () => {
    const job = await read(id);
    return (job.retryAt !== undefined || job.endedAt !== undefined) && job;
  });
/** Counts the STOW-RS requests that reach the archive. */
function countStores(): { count: number } {
  const stores = { count: 0 };
  const before = archive.interfere;
  archive.interfere = (exchange) => {
    if (isStore(exchange)) stores.count++;
    return before(exchange);
  };
  return stores;
}

describe('while the archive', () => {
  it.each([
    ['is down', away, 'archive-unreachable'],
    ['responds with 500', refusing(isStore, 500), 'archive-broken-answer'],
    ['responds with 429', refusing(isStore, 429, { 'Retry-After': '3' }), 'archive-busy'],
  ])('%s, a job waits, and then finishes', async (_, interfere, code) => {
    // A job whose series cannot be found is not accepted; the trouble begins after that.
    archive.interfere = (exchange) => isStore(exchange) && interfere(exchange);
    const { id } = await accepted();
    const waiting = await untilRetry(id);
    expect(waiting).toMatchObject({
      state: 'queued',
      failedAttempts: [{ code, reason: expect.stringMatching(/\.$/) }],
    });
    archive.interfere = noInterference;
    expect(await waitFor(server, id)).toMatchObject({ state: 'completed', failedAttempts: [{ code }] });
  });

  it('is down for a minute, a job tries again and again, and then finishes', async () => {
    archive.interfere = (exchange) => isStore(exchange) && away(exchange);
    const { id } = await accepted();
    await until(async () => ((await read(id)).failedAttempts?.length ?? 0) >= 3);
    archive.interfere = noInterference;
    expect((await waitFor(server, id)).state).toBe('completed');
  });

  it('breaks off in the middle of the series, a job waits, and then finishes', async () => {
    archive.interfere = (exchange) => {
      if (!isSeriesRetrieval(exchange)) return false;
      const { response } = exchange;
      response.writeHead(200, { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' });
      response.write('--b\r\nContent-Type: application/dicom\r\nContent-Length: 100000\r\n\r\nDICM');
      setTimeout(() => response.destroy(), 50);
      return true;
    };
    const { id } = await accepted(otherRequest);
    expect(await untilRetry(id)).toMatchObject({ failedAttempts: [{ code: 'archive-broken-answer' }] });
    archive.interfere = noInterference;
    expect((await waitFor(server, id)).state).toBe('completed');
  });

  it('acknowledges and keeps nothing, a job is tried once more, and then finishes or fails', async () => {
    archive.interfere = refusing(isStore, 200);
    const corrected = await accepted();
    expect(await untilRetry(corrected.id)).toMatchObject({ failedAttempts: [{ code: 'store-not-verified' }] });
    archive.interfere = noInterference;
    expect((await waitFor(server, corrected.id)).state).toBe('completed');

    archive.interfere = refusing(isStore, 200);
    const { id } = await accepted();
    expect(await waitFor(server, id)).toMatchObject({
      state: 'failed',
      problem: { code: 'store-not-verified' },
      failedAttempts: [{ code: 'store-not-verified' }],
    });
  });

  it.each([
    [413, 'store-too-large', 'larger than the archive allows'],
    [507, 'store-refused', 'no space left'],
    [409, 'store-refused', 'did not store'],
  ])('refuses the result with %d, a job fails at once and says why', async (status, code, sentence) => {
    archive.interfere = refusing(isStore, status);
    const { id } = await accepted();
    const failed = await waitFor(server, id);
    expect(failed).toMatchObject({ state: 'failed', problem: { code, detail: expect.stringContaining(sentence) } });
    expect(failed.failedAttempts).toBeUndefined();
  });

  it('says 409 to an object that it holds, a job is done', async () => {
    archive.interfere = async (exchange) => {
      if (!isStore(exchange)) return false;
      await exchange.forward();
      exchange.response.writeHead(409).end();
      return true;
    };
    const { id } = await accepted();
    const done = await waitFor(server, id);
    expect(done.state).toBe('completed');
    expect(done.notes.join(' ')).toContain('held the result already');
  });
});

describe('a study that is deleted while its job runs', () => {
  it('does not come back through the result', async () => {
    const instances = await tinyBody('deleted meanwhile');
    await orthanc.upload(instances);
    const { studyInstanceUID } = uidsOf(instances[0]!);
    const studies = async (): Promise<string[]> =>
      (
        await orthanc
          .ask(`/tools/lookup`, { method: 'POST', body: studyInstanceUID })
          .then((response) => response.json() as Promise<{ ID: string; Type: string }[]>)
      ).flatMap(({ ID, Type }) => (Type === 'Study' ? [ID] : []));
    expect(await studies()).toHaveLength(1);
    let stores = 0;
    archive.interfere = async (exchange) => {
      if (isStore(exchange)) stores++;
      // The first that the worker asks once the result is there: whether the archive holds it already.
      if (/\/instances\/2\.25\.\d+$/.test(exchange.incoming.url ?? ''))
        for (const id of await studies()) await orthanc.ask(`/studies/${id}`, { method: 'DELETE' });
      return false;
    };
    const { id } = await accepted({ ...uidsOf(instances[0]!), prompts: ['body'] });
    expect(await waitFor(server, id)).toMatchObject({
      state: 'failed',
      problem: { code: 'study-not-found', detail: expect.stringContaining('while the job ran') },
    });
    expect([stores, await studies()]).toEqual([0, []]);
  });
});

describe('a series whose UIDs have leading zeros', () => {
  it('is segmented under these UIDs', async () => {
    const uids = { StudyInstanceUID: '1.2.034.05', SeriesInstanceUID: '1.2.034.06', FrameOfReferenceUID: '1.2.034.07' };
    const instances = await tinyBody('leading zeros', (k) => ({ ...uids, SOPInstanceUID: `1.2.034.8.0${k}` }));
    await orthanc.upload(instances);
    const { id } = await accepted({
      studyInstanceUID: uids.StudyInstanceUID,
      seriesInstanceUID: uids.SeriesInstanceUID,
      prompts: ['body'],
    });
    const done = await waitFor(server, id);
    expect(done).toMatchObject({ state: 'completed', result: { studyInstanceUID: uids.StudyInstanceUID } });
    expect(await storedSegmentations({ archive: orthanc })).toContain(done.result!.sopInstanceUID);
  });
});

describe('a job whose worker is killed', () => {
  it('after STOW-RS and before its record finds its own object, and stores nothing twice', async () => {
    let killed = false;
    archive.interfere = async (exchange) => {
      if (!isStore(exchange) || killed) return false;
      killed = true;
      const { status } = await exchange.forward();
      expect(status).toBe(200);
      for (const worker of await workersOf(server)) process.kill(worker, 'SIGKILL');
      exchange.response.destroy();
      return true;
    };
    const stores = countStores();
    const before = await storedSegmentations({ archive: orthanc });
    const { id } = await accepted();
    const done = await waitFor(server, id);
    expect([killed, done.state, done.failedAttempts?.map(({ code }) => code)]).toEqual([
      true,
      'completed',
      ['worker-lost'],
    ]);
    expect(done.notes.join(' ')).toContain('held the result already');
    const after = await storedSegmentations({ archive: orthanc });
    expect(after.filter((uid) => !before.includes(uid))).toEqual([done.result?.sopInstanceUID]);
    expect(stores.count).toBe(1);
  });
});
