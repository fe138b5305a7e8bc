import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { createCtBodyPhantom } from '../../dicom-fixtures/src/ctBodyPhantom.js';
import { readIdentity } from '../../server/src/dicom/instanceIdentity.js';
import type { Archive } from '../../server/src/pacs/archive.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { retrieveWholeSeries } from '../../server/src/pacs/wholeSeries.js';
import { awsHealthImaging } from '../support/dialects/awsHealthImaging.js';
import { dcm4chee } from '../support/dialects/dcm4chee.js';
import type { Dialect } from '../support/dialects/dialect.js';
import { type DialectArchive, startDialectArchive } from '../support/dialects/dialectArchive.js';
import { googleHealthcare } from '../support/dialects/googleHealthcare.js';

/**
 * Three products that no machine of ours runs, played by their public documentation. It shows that the client gets
 * along with what is documented, not with the products.
 */
const dialects = [dcm4chee, googleHealthcare, awsHealthImaging];
let phantom: readonly Uint8Array[];
/** A study with more series than one page of a search. */
let manySeries: readonly Uint8Array[];
const archives = new Map<Dialect, DialectArchive>();
const uidsOf = (part10: Uint8Array) => readIdentity(part10)!;
const oneByOne = 'images were retrieved one by one.';

beforeAll(async () => {
  ({ instances: phantom } = await createCtBodyPhantom({
    name: 'archive dialects',
    size: [64, 64, 32],
    spacing: [6, 6, 12.5],
  }));
  const grid = { size: [2, 2, 1], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] } as const;
  const series = Array.from({ length: 230 }, (_, n) =>
    createSeries({ name: `series ${n}`, study: 'many series', modality: 'MR', grid, valueAt: () => 0 }),
  );
  manySeries = (await Promise.all(series)).flat();
  for (const dialect of dialects) {
    const archive = await startDialectArchive(dialect);
    archive.upload([...phantom, ...manySeries]);
    archives.set(dialect, archive);
  }
});
afterAll(() => {
  for (const archive of archives.values()) archive.close();
});

describe.each(dialects)('an archive that speaks the dialect of $name', (dialect) => {
  let standIn: DialectArchive;
  let archive: Archive;
  beforeAll(() => {
    standIn = archives.get(dialect)!;
    archive = createDicomWebArchive({ baseUrl: standIn.url });
  });
  const { signal } = new AbortController();

  it('is searched: a series, all series of a study over several pages, and what is not there', async () => {
    await archive.ping();
    const { studyInstanceUID, seriesInstanceUID } = uidsOf(phantom[0]!);
    expect(await archive.findSeries(studyInstanceUID, seriesInstanceUID)).toMatchObject({ modality: 'CT' });
    const all = await archive.listSeries(uidsOf(manySeries[0]!).studyInstanceUID);
    expect(all.map((series) => series.seriesInstanceUID).sort()).toEqual(
      manySeries.map((part10) => uidsOf(part10).seriesInstanceUID).sort(),
    );
    await expect(archive.findSeries(studyInstanceUID, '1.2.3')).rejects.toMatchObject({ code: 'series-not-found' });
    await expect(archive.listSeries('1.2.3')).rejects.toMatchObject({ code: 'study-not-found' });
    expect(await archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, '1.2.3')).toBeUndefined();
  });

  it('gives back every byte of a series', async () => {
    const series = uidsOf(phantom[0]!);
    standIn.asked.length = 0;
    const notes: string[] = [];
    const received: string[] = [];
    for await (const part10 of retrieveWholeSeries(archive, series, { signal, onNote: (note) => notes.push(note) }))
      received.push(Buffer.from(part10).toString('base64'));
    expect(received.sort()).toEqual(phantom.map((part10) => Buffer.from(part10).toString('base64')).sort());
    const whole = dialect !== awsHealthImaging;
    expect(notes).toEqual(
      whole ? [] : [`The archive does not deliver series as a whole; all ${phantom.length} ${oneByOne}`],
    );
    const refused = standIn.asked.filter((asked) => asked.endsWith(' 406'));
    // Of each of the six requests at the start, not of every image.
    expect(refused.length).toBeLessThanOrEqual(whole ? 1 : 6 * 3);
  });

  it('sends metadata, compressed and with the addresses of bulk data', async () => {
    const { studyInstanceUID, seriesInstanceUID } = uidsOf(phantom[0]!);
    const metadata = await archive.retrieveMetadata(studyInstanceUID, seriesInstanceUID);
    expect(metadata).toHaveLength(phantom.length);
    expect(metadata[0]!['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: expect.stringContaining('/bulkdata/') });
  });

  it('stores an instance, and once more; what it refuses is reported with the reason', async () => {
    const grid = { size: [2, 2, 1], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] } as const;
    const made = { study: 'stored', modality: 'MR', grid, valueAt: () => 0 } as const;
    const [first] = await createSeries({ name: 'stored', ...made });
    const [second] = await createSeries({ name: 'refused', ...made });
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = uidsOf(first!);
    await archive.store(studyInstanceUID, first!);
    await archive.store(studyInstanceUID, first!);
    const readBack = await archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID);
    expect(Buffer.from(readBack!).equals(first!)).toBe(true);
    standIn.refusal = 0x0122;
    await expect(archive.store(studyInstanceUID, second!)).rejects.toMatchObject({
      code: 'store-refused',
      message: 'The archive did not store the result: it does not store this SOP class.',
    });
    standIn.refusal = undefined;
    await expect(archive.store('1.2.3', second!)).rejects.toMatchObject({
      code: 'store-refused',
      message: 'The archive did not store the result: the instance does not fit its SOP class.',
    });
  });

  it.each([
    [401, 'archive-refused'],
    [403, 'archive-refused'],
    [404, 'study-not-found'],
    [429, 'archive-busy'],
    [503, 'archive-unreachable'],
  ])('sends its error %d, which becomes %s without its text', async (status, code) => {
    standIn.interfere = () => ({ ...dialect.error(status), headers: { 'Retry-After': '7' } });
    const error = await archive.listSeries(uidsOf(phantom[0]!).studyInstanceUID).catch((thrown) => thrown);
    standIn.interfere = () => undefined;
    expect(error).toMatchObject({ code });
    if (code === 'archive-busy') expect(error.details).toEqual({ status, retryAfterSeconds: 7 });
    expect(error.message).not.toMatch(/An error|Not signed in|Too many|Nothing matches/);
  });
});

describe('a whole segmentation', () => {
  it('by text runs on each of them: SEG and report stored, read back and compared', async () => {
    const { studyInstanceUID, seriesInstanceUID } = uidsOf(phantom[0]!);
    const requests = dialects.map((dialect) => ({
      baseUrl: archives.get(dialect)!.url,
      studyInstanceUID,
      seriesInstanceUID,
      prompt: 'left lung and bone',
    }));
    const { stdout } = await promisify(execFile)(process.execPath, [
      path.join(import.meta.dirname, 'segmentFromArchive.mjs'),
      JSON.stringify(requests),
    ]);
    const outcomes = JSON.parse(stdout) as { stored?: { sopInstanceUID: string }; notes: string[] }[];
    for (const [n, dialect] of dialects.entries()) {
      const outcome = outcomes[n]!;
      expect(outcome).toMatchObject({
        findings: ['found', 'found'],
        stages: expect.arrayContaining(['storing', 'verifying']),
      });
      expect(outcome.notes.join(' ').includes(oneByOne)).toBe(dialect === awsHealthImaging);
      const standIn = archives.get(dialect)!;
      expect(standIn.held('SEG').map((part10) => uidsOf(part10).sopInstanceUID)).toEqual([
        outcome.stored!.sopInstanceUID,
      ]);
      expect(standIn.held('SR')).toHaveLength(1);
      // A fresh search finds it.
      const found = await createDicomWebArchive({ baseUrl: standIn.url }).listSeries(studyInstanceUID);
      expect(found.map(({ modality }) => modality).sort()).toEqual(['CT', 'SEG', 'SR']);
    }
  });
});
