import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { part10, sequence, type TestElement } from '../dicom/part10.testSupport.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { createFileArchive } from './fileArchive.js';
import { scanFolder } from './scanFolder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'promptseg-scan-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Instance {
  readonly series?: string;
  readonly modality?: string;
  readonly patientID?: string;
  readonly more?: readonly TestElement[];
  readonly pixels?: number;
}

/** @param number 0–9, the end of its SOP Instance UID */
function instance(
  number: number,
  { series = '1.2.7', modality = 'CT', patientID = 'one', more = [], pixels = 4 }: Instance = {},
): Buffer {
  const bytes = part10(explicitVRLittleEndian, [
    ['00080060', 'CS', modality],
    ['0008103E', 'LO', 'Chest'],
    sequence('00082218', [['00080104', 'LO', 'Thorax']]),
    ['00100020', 'LO', patientID],
    ['00180015', 'CS', 'CHEST'],
    ['00181030', 'LO', 'Routine'],
    ...more,
    ['0020000D', 'UI', '1.2.6'],
    ['0020000E', 'UI', series],
    ['7FE00010', 'OW', new Uint8Array(pixels)],
  ]);
  return Buffer.from(bytes.toString('latin1').replace('1.2.3.4\0', `1.2.3.4${number}`), 'latin1');
}
const put = (name: string, bytes: Uint8Array | string): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
};

describe('scanFolder', () => {
  it('finds the series in a folder and below it, among other files, with what each says of itself', async () => {
    put('a/IM1', instance(1));
    put('a/b/IM2.dcm', instance(2));
    put('a/SEG', instance(3, { series: '1.2.8', modality: 'SEG' }));
    put('readme.txt', 'a text of more than 132 characters '.repeat(9));
    put('empty', '');
    put('DICOMDIR', part10(explicitVRLittleEndian, []));
    put('scan.nii', Buffer.alloc(400, 'n'));
    const { series, others, patients, copies } = await scanFolder(folder);
    expect(series.map(({ files }) => files.map(({ path: file }) => path.basename(file)))).toEqual([
      ['IM1', 'IM2.dcm'],
      ['SEG'],
    ]);
    expect(series[0]!.summary).toEqual({
      studyInstanceUID: '1.2.6',
      seriesInstanceUID: '1.2.7',
      modality: 'CT',
      description: 'Chest',
      bodyPartExamined: 'CHEST',
      anatomicRegion: 'Thorax',
      protocolName: 'Routine',
      numberOfInstances: 2,
    });
    expect([others.length, patients, copies]).toEqual([4, 1, 0]);
  });

  it('takes a file itself, and one whose header is longer than what is read of most', async () => {
    const long: TestElement = ['00091010', 'UN', new Uint8Array(100_000)];
    const { series } = await scanFolder(put('large', instance(1, { more: [long] })));
    expect(series[0]?.files).toHaveLength(1);
  });

  it('follows links, and goes round no circle of them', async () => {
    put('data/IM1', instance(1));
    symlinkSync(path.join(folder, 'data'), path.join(folder, 'data/self'));
    mkdirSync(path.join(folder, 'input'));
    symlinkSync(path.join(folder, 'data'), path.join(folder, 'input/linked'));
    symlinkSync('/nowhere/at/all', path.join(folder, 'input/broken'));
    expect((await scanFolder(path.join(folder, 'input'))).series[0]?.files).toHaveLength(1);
  });

  it('counts a copy of a file once, and refuses two different images under one UID', async () => {
    put('IM1', instance(1));
    put('IM1 (copy)', instance(1));
    const { series, copies } = await scanFolder(folder);
    expect([series[0]?.files.length, copies]).toEqual([1, 1]);
    put('IM1 other', instance(1, { pixels: 6 }));
    await expect(scanFolder(folder)).rejects.toThrow(/are different images with the same SOP Instance UID/);
  });

  it('refuses a series of two patients, and counts patients of different series', async () => {
    put('IM1', instance(1));
    put('IM2', instance(2, { series: '1.2.9', patientID: 'two' }));
    expect(await scanFolder(folder)).toMatchObject({ patients: 2, series: [{}, {}] });
    put('IM3', instance(3, { patientID: 'two' }));
    const error = await scanFolder(folder).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'input-unusable', message: expect.stringMatching(/of two patients/) });
    expect(JSON.stringify(error)).not.toMatch(/"one"|"two"/);
  });

  it.each([['missing'], ['missing/below']])('says that %s is not there', async (name) => {
    await expect(scanFolder(path.join(folder, name))).rejects.toMatchObject({
      code: 'input-unusable',
      message: expect.stringMatching(/There is no file or folder/),
    });
  });

  it('ends when it is cancelled', async () => {
    put('IM1', instance(1));
    await expect(scanFolder(folder, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('an archive of files', () => {
  it('gives the instances of its series, and what was stored, and never writes among the files', async () => {
    const [first, second] = [instance(1), instance(2)];
    put('in/IM1', first);
    put('in/IM2', second);
    mkdirSync(path.join(folder, 'out'));
    const { series } = await scanFolder(path.join(folder, 'in'));
    const archive = createFileArchive(series[0]!, path.join(folder, 'out'));
    const retrieved: Uint8Array[] = [];
    for await (const each of archive.retrieveSeries('1.2.6', '1.2.7')) retrieved.push(each);
    expect(retrieved.map((each) => Buffer.from(each))).toEqual([first, second]);
    expect(await archive.findSeries('1.2.6', '1.2.7')).toMatchObject({ modality: 'CT', numberOfInstances: 2 });
    await expect(archive.findSeries('1.2.6', '1.2.8')).rejects.toMatchObject({ code: 'series-not-found' });
    expect(await archive.retrieveInstance('1.2.6', '1.2.7', '1.2.3.49')).toBeUndefined();

    const result = instance(5, { series: '1.2.8', modality: 'SEG' });
    await archive.store('1.2.6', result);
    expect(archive.stored).toEqual([{ name: 'segmentation.dcm', sopInstanceUID: '1.2.3.45' }]);
    expect(Buffer.from((await archive.retrieveInstance('1.2.6', '1.2.8', '1.2.3.45'))!)).toEqual(result);
    await expect(archive.store('1.2.6', result)).rejects.toMatchObject({ code: 'output-unusable' });
  });
});
