import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import type { Archive } from '../../server/src/pacs/archive.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { describeWithSharedData } from '../support/sharedData.js';

describeWithSharedData('the DICOMweb archive against a real Orthanc', ['edge'], ([edge]) => {
  const folder = path.join(edge!, 'pydicom/src/pydicom/data/test_files/dicomdirtests/98892003/MR2');
  const all = readdirSync(folder).map((name) => readFileSync(path.join(folder, name)));
  const files = all.filter((file) => uid(file, 'x0020000d') === uid(all[0]!, 'x0020000d'));
  const ofOneSeries = files.filter((file) => uid(file, 'x0020000e') === uid(files[0]!, 'x0020000e'));
  const study = uid(files[0]!, 'x0020000d');
  const series = uid(files[0]!, 'x0020000e');
  let orthanc: TestOrthanc;
  let archive: Archive;

  beforeAll(async () => {
    orthanc = await startTestOrthanc();
    archive = createDicomWebArchive(orthanc.dicomWeb);
  });

  afterAll(async () => {
    await orthanc?.stop();
  });

  it('responds before anything is stored', async () => {
    await archive.ping();
    await expect(archive.findSeries(study, series)).rejects.toMatchObject({ code: 'study-not-found' });
  });

  it('stores, and stores again what is there', async () => {
    for (const file of files) await archive.store(study, file);
    await archive.store(study, files[0]!);
    expect(await archive.findSeries(study, series)).toMatchObject({
      modality: 'MR',
      numberOfInstances: ofOneSeries.length,
    });
  });

  it('refuses to store into another study', async () => {
    await expect(archive.store('1.2.3', files[0]!)).rejects.toMatchObject({ code: 'store-refused' });
    await expect(archive.store(study, Buffer.from('not DICOM'))).rejects.toMatchObject({ code: 'store-refused' });
  });

  it('gives every instance back, byte for byte', async () => {
    const received: string[] = [];
    for await (const instance of archive.retrieveSeries(study, series))
      received.push(Buffer.from(instance).toString('hex'));
    expect(received.sort()).toEqual(ofOneSeries.map((file) => file.toString('hex')).sort());
    const one = await archive.retrieveInstance(study, series, uid(files[0]!, 'x00080018'));
    expect(Buffer.from(one!).equals(files[0]!)).toBe(true);
  });

  it('says what is missing', async () => {
    expect(await archive.retrieveInstance(study, series, '1.2.3')).toBeUndefined();
    await expect(archive.findSeries(study, '1.2.3')).rejects.toMatchObject({ code: 'series-not-found' });
    const retrieving = archive.retrieveSeries(study, '1.2.3')[Symbol.asyncIterator]();
    await expect(retrieving.next()).rejects.toMatchObject({ code: 'series-not-found' });
  });
});

function uid(file: Uint8Array, tag: `x${string}`): string {
  return parseInstance(file).string(tag)!;
}
