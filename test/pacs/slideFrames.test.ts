import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createSlide, type SlideOptions } from '../../dicom-fixtures/src/createSlide.js';
import { decodeColours } from '../../server/src/dicom/decodeColours.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { retrieveSlide } from '../../server/src/story/retrieveSlide.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';

/** 5 × 6 tiles on the finest level: more than one request of frames. */
const slide = (name: string, more: Partial<SlideOptions> = {}): SlideOptions => ({
  name,
  columns: 150,
  rows: 130,
  levels: 2,
  spacing: 0.001,
  tile: { columns: 32, rows: 24 },
  colourAt: (column, row) => [50 + Math.round(column), 20 + Math.round(row), 200 - Math.round(column)],
  ...more,
});

let orthanc: TestOrthanc;
const slides = new Map<string, Uint8Array[]>();
beforeAll(async () => {
  orthanc = await startTestOrthanc();
  for (const options of [slide('plain'), slide('jpeg', { compression: 'jpeg-baseline', organization: 'TILED_SPARSE' })])
    slides.set(options.name, await createSlide(options));
  for (const parts of slides.values()) await orthanc.upload(parts);
});
afterAll(() => orthanc?.stop());

it.each(['plain', 'jpeg'])(
  'Orthanc delivers the tiles of a %s slide as stored, and each gets its place',
  async (name) => {
    const instance = parseInstance(slides.get(name)![0]!);
    const uids = {
      studyInstanceUID: instance.string('x0020000d')!,
      seriesInstanceUID: instance.string('x0020000e')!,
    };
    const region = await retrieveSlide(createDicomWebArchive(orthanc.dicomWeb), uids, {
      stack: instance.sopInstanceUID,
      region: { unit: 'mm', from: [20, 40], to: [19.871, 39.851] },
      signal: new AbortController().signal,
      onProgress: () => {},
    });
    expect(region.grid.size).toEqual([150, 130, 1]);
    expect(region.tiles).toHaveLength(30);
    expect(region.header).toMatchObject({ PatientID: 'PHANTOM-1', ContainerIdentifier: 'SLIDE-1' });
    for (const { frameNumber, column, row } of region.tiles) {
      const stored = await decodeColours(instance, frameNumber - 1);
      for (let j = 0; j < 24 && row + j < 130; j++) {
        const width = 3 * Math.min(32, 150 - column);
        const [from, to] = [3 * 32 * j, 3 * ((row + j) * 150 + column)];
        expect(region.pixels.values.subarray(to, to + width)).toEqual(stored.subarray(from, from + width));
      }
    }
  },
);
