import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { encodeSegmentation, type SegmentationInput } from '../../server/src/results/encodeSegmentation.js';
import type { SegmentationKind } from '../../server/src/results/segmentationFrames.js';
import { makeInput, makeVolume, random, randomGrid, randomMask } from '../../server/src/results/syntheticSegments.js';
import { verifyStored } from '../../server/src/results/verifyStored.js';
import { storeOnce } from '../../server/src/story/storeOnce.js';
import { voxelCount } from '../../server/src/values/grid.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';

const next = random(41);
const grid = randomGrid(next, [23, 37, 12]);
const header = { PatientID: 'PHANTOM-2', PatientName: [{ Alphabetic: 'Müller^Jürgen', Ideographic: '山田^太郎' }] };
const volume = makeVolume(grid, { header });

/** Each kind with another transfer syntax that Orthanc can write it again in. */
const kinds: readonly [SegmentationKind, string, SegmentationInput['segments']][] = [
  [
    'BINARY',
    '1.2.840.10008.1.2',
    makeInput(volume, [randomMask(grid, next, () => true), randomMask(grid, next, (slice) => slice < 4)]).segments,
  ],
  [
    'LABELMAP',
    '1.2.840.10008.1.2.1',
    makeInput(volume, [randomMask(grid, next, (slice) => slice > 4), randomMask(grid, next, (slice) => slice < 4)])
      .segments,
  ],
  [
    'FRACTIONAL',
    '1.2.840.10008.1.2.1',
    makeInput(volume, [randomMask(grid, next, () => true)]).segments.map((segment) => ({
      ...segment,
      probability: Uint8Array.from({ length: voxelCount(grid) }, () => Math.max(0, 512 * next() - 257)),
    })),
  ],
];

describe.each(kinds)('a %s segmentation in Orthanc', (kind, otherTransferSyntax, segments) => {
  const { part10 } = encodeSegmentation({ ...makeInput(volume, []), kind, segments });
  let orthanc: TestOrthanc;
  beforeAll(async () => {
    orthanc = await startTestOrthanc();
    await orthanc.upload([part10]);
  });
  afterAll(() => orthanc.stop());

  const instance = async (): Promise<string> => {
    const [id] = (await (await orthanc.ask('/instances')).json()) as string[];
    return `/instances/${id}`;
  };

  it('comes back as it was sent', async () => {
    const readBack = await orthanc.ask(`${await instance()}/file`);
    await verifyStored(part10, new Uint8Array(await readBack.arrayBuffer()));
  });

  it('comes back with the same meaning when Orthanc has written it again, in another transfer syntax', async () => {
    const readBack = await orthanc.ask(`${await instance()}/modify`, {
      method: 'POST',
      body: JSON.stringify({
        Replace: { InstitutionName: 'elsewhere' },
        Keep: ['SOPInstanceUID', 'SeriesInstanceUID', 'StudyInstanceUID'],
        Force: true,
        Transcode: otherTransferSyntax,
      }),
    });
    expect(readBack.status).toBe(200);
    const bytes = new Uint8Array(await readBack.arrayBuffer());
    expect(Buffer.from(bytes).includes(otherTransferSyntax)).toBe(true);
    expect(Buffer.compare(bytes, part10)).not.toBe(0);
    await verifyStored(part10, bytes);
  });

  it('is found with its names, in Unicode', async () => {
    const tags = (await (await orthanc.ask(`${await instance()}/simplified-tags`)).json()) as Record<string, unknown>;
    expect(tags).toMatchObject({
      PatientName: 'Müller^Jürgen=山田^太郎',
      Modality: 'SEG',
      SeriesDescription: 'lungs, bone',
    });
  });
});

/** Transfer syntaxes into which Orthanc's DCMTK writes what arrives; what it cannot transcode it keeps. */
describe.each([
  ['JPEG Lossless', '1.2.840.10008.1.2.4.70'],
  ['RLE Lossless', '1.2.840.10008.1.2.5'],
  ['Deflated Explicit VR Little Endian', '1.2.840.10008.1.2.1.99'],
  ['Implicit VR Little Endian', '1.2.840.10008.1.2'],
])('an Orthanc that writes all that arrives as %s', (_, transferSyntaxUID) => {
  let orthanc: TestOrthanc;
  beforeAll(async () => {
    orthanc = await startTestOrthanc({ IngestTranscoding: transferSyntaxUID });
  });
  afterAll(() => orthanc.stop());

  it('gives back what was sent, of every kind', async () => {
    const archive = createDicomWebArchive(orthanc.dicomWeb);
    const held = new Set<string>();
    for (const [index, [kind, , segments]] of kinds.entries()) {
      const identifiers = { sopInstanceUID: `2.25.8${index}`, seriesInstanceUID: `2.25.7${index}` };
      const encoded = encodeSegmentation({ ...makeInput(volume, []), kind, segments, identifiers });
      const { studyInstanceUID } = volume;
      const object = { ...encoded, studyInstanceUID };
      expect(await storeOnce(archive, object, verifyStored, () => {})).toBe('stored');
      expect(await storeOnce(archive, object, verifyStored, () => {})).toBe('found');
      const { seriesInstanceUID, sopInstanceUID } = identifiers;
      const readBack = await archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID);
      held.add(parseInstance(readBack!).transferSyntaxUID);
    }
    expect([...held]).toContain(transferSyntaxUID);
  });
});
