import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { readIdentity } from '../../server/src/dicom/instanceIdentity.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { retrieveWholeSeries } from '../../server/src/pacs/wholeSeries.js';
import {
  type ArchiveProxy,
  type Exchange,
  type Interference,
  isSeriesRetrieval,
  noInterference,
  startArchiveProxy,
} from '../support/archiveProxy.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';

/** A real Orthanc behind a proxy that makes of it the archives that others met. */
let orthanc: TestOrthanc;
let proxy: ArchiveProxy;
let instances: readonly Uint8Array[];
let stranger: Uint8Array;
let study: string;
let series: string;
const uidOf = (part10: Uint8Array): string => readIdentity(part10)!.sopInstanceUID;

beforeAll(async () => {
  orthanc = await startTestOrthanc();
  const grid = { size: [8, 8, 12], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 10, 0, 0, 0, 0, 1] } as const;
  const made = { modality: 'CT', grid, study: 'whole series', valueAt: () => 0 } as const;
  instances = await createSeries({ ...made, name: 'asked for' });
  [stranger] = (await createSeries({ ...made, name: 'another' })) as [Uint8Array];
  ({ studyInstanceUID: study, seriesInstanceUID: series } = readIdentity(instances[0]!)!);
  await orthanc.upload(instances);
  await orthanc.upload([stranger]);
  proxy = await startArchiveProxy(orthanc);
});
afterEach(() => {
  proxy.interfere = noInterference;
});
afterAll(async () => {
  proxy?.close();
  await orthanc?.stop();
});

async function retrieve() {
  const archive = createDicomWebArchive({ baseUrl: proxy.url });
  const notes: string[] = [];
  const got: string[] = [];
  const asked = { studyInstanceUID: study, seriesInstanceUID: series };
  const options = { signal: new AbortController().signal, onNote: (note: string) => void notes.push(note) };
  for await (const part10 of retrieveWholeSeries(archive, asked, options)) got.push(uidOf(part10));
  return { got, notes };
}

const urlOf = ({ incoming }: Exchange): string => incoming.url ?? '';
const isCount = (exchange: Exchange) => /\/series\?/.test(urlOf(exchange));
const isList = (exchange: Exchange) => /\/instances\?/.test(urlOf(exchange));
const isMetadata = (exchange: Exchange) => urlOf(exchange).endsWith('/metadata');
const isOneInstance = (exchange: Exchange) => /\/instances\/[\d.]+$/.test(urlOf(exchange));

/** WADO-RS of the series gives these files. */
const giving =
  (part10s: () => readonly Uint8Array[], status = 200): Interference =>
  (exchange) => {
    if (!isSeriesRetrieval(exchange)) return false;
    const parts = part10s().flatMap((part10) => [Buffer.from('--B\r\n\r\n'), part10, Buffer.from('\r\n')]);
    exchange.response.writeHead(status, { 'Content-Type': 'multipart/related; type="application/dicom"; boundary=B' });
    exchange.response.end(Buffer.concat([...parts, Buffer.from('--B--')]));
    return true;
  };

/** QIDO-RS says about the series that it has so many images; undefined: says nothing. */
const counting =
  (count: () => number | undefined): Interference =>
  async (exchange) => {
    if (!isCount(exchange)) return false;
    const [found] = JSON.parse((await exchange.forward()).body.toString('utf8'));
    const counted = count();
    exchange.response.end(
      JSON.stringify([{ ...found, '00201209': counted === undefined ? undefined : { vr: 'IS', Value: [counted] } }]),
    );
    return true;
  };

const listing =
  (matches: (exchange: Exchange) => boolean, part10s: () => readonly Uint8Array[]): Interference =>
  (exchange) => {
    if (!matches(exchange)) return false;
    const query = new URL(urlOf(exchange), 'http://x').searchParams;
    const offset = Number(query.get('offset') ?? 0);
    // Five at a time, whatever was asked for.
    const page = isList(exchange) ? part10s().slice(offset, offset + 5) : part10s();
    exchange.response.end(JSON.stringify(page.map((part10) => ({ '00080018': { vr: 'UI', Value: [uidOf(part10)] } }))));
    return true;
  };

const refusing =
  (matches: (exchange: Exchange) => boolean, status: number): Interference =>
  (exchange) => {
    if (!matches(exchange)) return false;
    exchange.response.writeHead(status).end();
    return true;
  };

const all =
  (...interferences: readonly Interference[]): Interference =>
  async (exchange) => {
    for (const interfere of interferences) if (await interfere(exchange)) return true;
    return false;
  };

const some = (count: number) => () => instances.slice(0, count);
const whole = () => expect.arrayContaining(instances.map(uidOf));

describe('a series that the archive delivers', () => {
  it('as it counts it comes as it is, without a note', async () => {
    expect(await retrieve()).toEqual({ got: whole(), notes: [] });
  });

  it.each([200, 206])('without its end (%d) is completed image by image, and the note says so', async (status) => {
    proxy.interfere = giving(some(9), status);
    const { got, notes } = await retrieve();
    expect(got).toHaveLength(12);
    expect(got).toEqual(whole());
    expect(notes).toEqual([expect.stringContaining('left 3 images out of the series at first')]);
  });

  it.each([403, 404, 501])('not as a whole (%d) comes image by image, and the note says so', async (status) => {
    proxy.interfere = refusing(isSeriesRetrieval, status);
    const { got, notes } = await retrieve();
    expect(got).toHaveLength(12);
    expect(got).toEqual(whole());
    expect(notes).toEqual([expect.stringContaining('does not deliver series as a whole; all 12 images')]);
  });

  it('with a hole is completed too', async () => {
    proxy.interfere = giving(() => instances.filter((_, k) => k !== 5));
    expect(await retrieve()).toMatchObject({ got: whole(), notes: [expect.stringContaining('left 1 image out')] });
  });

  it.each([
    ['counts, lists and does not have at all', () => refusing(isOneInstance, 404)],
    ['counts only', () => all(refusing(isOneInstance, 404), refusing(isList, 404), refusing(isMetadata, 501))],
    [
      'does not count, but lists',
      () =>
        all(
          counting(() => undefined),
          refusing(isOneInstance, 404),
        ),
    ],
    [
      'lists in its metadata only',
      () =>
        all(
          counting(() => undefined),
          refusing(isList, 400),
          refusing(isOneInstance, 404),
        ),
    ],
    [
      'counts, and lists as few as it delivers but for the metadata',
      () => all(listing(isList, some(9)), refusing(isOneInstance, 404)),
    ],
  ])('without an image that it %s is named incomplete', async (_, trouble) => {
    proxy.interfere = all(trouble(), giving(some(9)));
    await expect(retrieve()).rejects.toMatchObject({
      code: 'series-incomplete',
      entry: { transient: true },
      message: expect.stringContaining('only 9'),
    });
  });

  it('in part, as it says (206), and neither counts nor lists is named incomplete', async () => {
    proxy.interfere = all(
      counting(() => undefined),
      refusing(isList, 404),
      refusing(isMetadata, 404),
      giving(some(12), 206),
    );
    await expect(retrieve()).rejects.toMatchObject({ code: 'series-incomplete' });
  });

  it('with an image twice in place of another is completed, and each comes once', async () => {
    proxy.interfere = giving(() => [...instances.slice(0, 11), instances[3]!]);
    const { got, notes } = await retrieve();
    expect(got.sort()).toEqual(instances.map(uidOf).sort());
    expect(notes).toEqual([
      expect.stringContaining('left 1 image out'),
      expect.stringContaining('1 image of the series more than once'),
    ]);
  });

  it('with an image twice beside all others has it once', async () => {
    proxy.interfere = giving(() => [...instances, instances[3]!]);
    expect((await retrieve()).got).toHaveLength(12);
  });

  it('with two images under one UID is refused', async () => {
    const changed = Uint8Array.from(instances[3]!);
    changed[changed.length - 1]! ^= 1;
    proxy.interfere = giving(() => [...instances, changed]);
    await expect(retrieve()).rejects.toMatchObject({ code: 'archive-broken-answer' });
  });

  it('with an image of another series in place of one is completed without it', async () => {
    proxy.interfere = giving(() => [...instances.slice(0, 11), stranger]);
    const { got, notes } = await retrieve();
    expect(got.sort()).toEqual(instances.map(uidOf).sort());
    expect(notes[1]).toContain('1 image of another series');
  });

  it('with nothing but images of another series is refused', async () => {
    proxy.interfere = all(
      giving(() => [stranger]),
      listing(isList, () => [stranger]),
      refusing(isOneInstance, 404),
    );
    await expect(retrieve()).rejects.toMatchObject({ code: 'series-mixed' });
  });

  it('while it grows is taken as it is in the end', async () => {
    let counts = 0;
    proxy.interfere = all(
      counting(() => (++counts === 1 ? 9 : 12)),
      giving(some(8)),
      (exchange) => (counts < 2 ? listing(isList, some(9))(exchange) : false),
    );
    expect(await retrieve()).toMatchObject({ got: whole(), notes: [expect.stringContaining('4 images out')] });
  });
});

describe('an archive that', () => {
  it('does not count is believed where it lists what it delivers, page by page', async () => {
    proxy.interfere = all(
      counting(() => undefined),
      listing(isList, some(12)),
    );
    expect(await retrieve()).toEqual({ got: whole(), notes: [] });
  });

  it('neither counts nor lists is believed with a note', async () => {
    proxy.interfere = all(
      counting(() => undefined),
      refusing(isList, 404),
      refusing(isMetadata, 400),
    );
    expect(await retrieve()).toEqual({ got: whole(), notes: [expect.stringContaining('cannot be checked')] });
  });

  it('counts more than it has in every other respect is believed with a note', async () => {
    proxy.interfere = counting(() => 15);
    expect(await retrieve()).toEqual({
      got: whole(),
      notes: ['The archive counts 15 images in the series, but lists 12 and delivers 12; these were used.'],
    });
  });

  it('counts less than it has is believed with a note', async () => {
    proxy.interfere = counting(() => 10);
    expect((await retrieve()).notes).toEqual([expect.stringContaining('counts 10 images')]);
  });

  it('is down while it is asked for the list is not taken for one without it', async () => {
    proxy.interfere = all(
      counting(() => undefined),
      refusing(isList, 503),
    );
    await expect(retrieve()).rejects.toMatchObject({ code: 'archive-unreachable' });
  });

  it('holds one series under two patients is named at once', async () => {
    const grid = { size: [8, 8, 2], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 10, 0, 0, 0, 0, 1] } as const;
    const under = (PatientID: string) =>
      createSeries({ name: 'twice', modality: 'CT', grid, valueAt: () => 0, attributes: () => ({ PatientID }) });
    const [one, other] = [await under('ONE'), await under('OTHER')];
    await orthanc.upload([...one, ...other]);
    const { studyInstanceUID, seriesInstanceUID } = readIdentity(one[0]!)!;
    const archive = createDicomWebArchive({ baseUrl: proxy.url });
    await expect(archive.findSeries(studyInstanceUID, seriesInstanceUID)).rejects.toMatchObject({
      code: 'series-listed-twice',
      details: { entries: 2 },
    });
  });
});
