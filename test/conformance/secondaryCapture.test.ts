import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { holdsNoImages } from '../../server/contract/holdsNoImages.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { naturalizeHeader } from '../../server/src/dicom/naturalizeHeader.js';
import { createFileArchive, type FileArchive } from '../../server/src/pacs/fileArchive.js';
import { scanFolder } from '../../server/src/pacs/scanFolder.js';
import { decodePng } from '../../server/src/pictures/decodePng.testSupport.js';
import { encodeSegmentation } from '../../server/src/results/encodeSegmentation.js';
import { encodeSecondaryCapture } from '../../server/src/results/secondaryCapture.js';
import { makeInput, makeVolume } from '../../server/src/results/syntheticSegments.js';
import { captureResult } from '../../server/src/story/captureResult.js';
import { drawResult } from '../../server/src/story/drawResult.js';
import { presentResult } from '../../server/src/story/presentResult.js';
import { reportResult } from '../../server/src/story/reportResult.js';
import { fromAxes } from '../../server/src/values/affine.js';
import { voxelCount } from '../../server/src/values/grid.js';
import { emptyBits, setBit } from '../../server/src/values/maskBits.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { dciodvfy, itWithDciodvfy, itWithDcmdump, shownByDcmtk } from './outsideTools.js';

const { signal } = new AbortController();

// An odd number of bytes, which has to be padded.
const [width, height] = [33, 21];
const rgb = Uint8Array.from({ length: 3 * width * height }, (_, n) => (7 * n) & 255);
const source = makeVolume({
  size: [4, 4, 3],
  voxelToLps: fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]),
});
const segmentation = { sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4', sopInstanceUID: '2.25.3002' };
const encode = () =>
  encodeSecondaryCapture({
    source,
    segmentation,
    picture: { width, height, rgb },
    seriesDescription: 'Picture of lungs',
    createdAt: new Date('2026-11-22T04:05:06.789Z'),
  }).part10;

describe('a secondary capture', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'promptseg-capture-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  itWithDciodvfy('has no errors for dciodvfy, and one warning: the side of the body is unknown', async () => {
    const file = path.join(folder, 'capture.dcm');
    await writeFile(file, encode());
    expect(await dciodvfy(file)).toEqual({
      errors: [],
      warnings: [
        expect.stringContaining('</Laterality(0020,0060)> - is only permitted to be empty when actually unknown'),
      ],
    });
  });

  it('refers to every source image and to the segmentation, and is equal for equal input', () => {
    const part10 = encode();
    expect(Buffer.compare(part10, encode())).toBe(0);
    const header = naturalizeHeader(part10);
    const uids = (sequence: unknown) =>
      (sequence as { ReferencedSOPInstanceUID: string }[]).map((item) => item.ReferencedSOPInstanceUID);
    expect(uids(header.SourceImageSequence)).toEqual(source.sourceImages.map(({ sopInstanceUID }) => sopInstanceUID));
    expect(uids(header.ReferencedInstanceSequence)).toEqual([segmentation.sopInstanceUID]);
    expect(header).toMatchObject({ Modality: 'OT', ConversionType: 'WSD', PatientID: 'PHANTOM-1' });
  });

  it('has the pixels of the picture', () => {
    expect(parseInstance(encode())).toMatchObject({ rows: height, columns: width, numberOfFrames: 1 });
    expect(Buffer.from(encode()).includes(Buffer.from(rgb))).toBe(true);
  });
});

describe('of a stored result', () => {
  let folder: string;
  let archive: FileArchive;
  let volume: Volume;
  let stored: ReturnType<typeof encodeSegmentation>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'promptseg-capture-'));
    const images = await smallPhantom('capture', 'capture', { WindowCenter: 40, WindowWidth: 400 });
    await Promise.all(images.map((image, n) => writeFile(path.join(folder, `${n}.dcm`), image)));
    const [series] = (await scanFolder(folder)).series;
    archive = createFileArchive(series!, folder);
    volume = await assembleVolume(archive.retrieveSeries('', '', signal), { signal });
    const { size } = volume.grid;
    const bits = emptyBits(voxelCount(volume.grid));
    for (let n = 0; n < voxelCount(volume.grid); n++) if (n % size[0] < size[0] / 3) setBit(bits, n);
    stored = encodeSegmentation(makeInput(volume, [{ grid: volume.grid, bits }]));
    await archive.store(volume.studyInstanceUID, stored.part10);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describe('a report', () => {
    let file: string;
    let header: ReturnType<typeof naturalizeHeader>;
    let part10: Uint8Array;
    beforeAll(async () => {
      const { studyInstanceUID, seriesInstanceUID } = volume;
      const segment = {
        ...{ segmentNumber: 1, name: 'Lung', colour: [200, 10, 10] as const, volumeMl: 12, mean: '40.1 HU' },
        ...{ longestAxialDiameterMm: 101.3, cautions: ['The edge of the images cuts it off (feet, head).'] },
      };
      part10 = await reportResult(
        {
          result: { studyInstanceUID, seriesInstanceUID, segmentation: stored },
          segments: [segment, { ...segment, name: 'Lung, seen twice', colour: [20, 200, 90] }],
          maker: 'ct-tissues 1.0.0',
          seriesDescription: 'Lung',
          createdAt: new Date('2026-11-22T04:05:06.789Z'),
        },
        { archive, lastSource: {}, signal },
      );
      header = naturalizeHeader(part10);
      file = path.join(folder, 'report.dcm');
      await writeFile(file, part10);
    });

    itWithDciodvfy('has no errors and no warnings for dciodvfy', async () => {
      expect(await dciodvfy(file)).toEqual({ errors: [], warnings: [] });
    });

    it('is a PDF that refers to every source image and to the segmentation', () => {
      const sources = header.SourceInstanceSequence as { ReferencedSOPInstanceUID: string }[];
      expect(sources.map(({ ReferencedSOPInstanceUID: uid }) => uid)).toEqual([
        ...volume.sourceImages.map(({ sopInstanceUID }) => sopInstanceUID),
        stored.sopInstanceUID,
      ]);
      expect(header).toMatchObject({
        StudyInstanceUID: volume.studyInstanceUID,
        Modality: 'DOC',
        MIMETypeOfEncapsulatedDocument: 'application/pdf',
        VerificationFlag: 'UNVERIFIED',
      });
      const bytes = Buffer.from(part10);
      const pdf = bytes.subarray(bytes.indexOf('%PDF-'), bytes.lastIndexOf('%%EOF') + 6);
      expect(header.EncapsulatedDocumentLength).toBe(pdf.length);
      expect(pdf.includes(volume.header.PatientID as string)).toBe(false);
    });

    it('starts no job by a rule, whatever the rule names', () => {
      const { SOPClassUID: sopClass, Modality: modality, Manufacturer: manufacturer } = header;
      expect([sopClass, holdsNoImages(String(modality)), manufacturer]).toEqual([
        '1.2.840.10008.5.1.4.1.1.104.1',
        true,
        'Promptseg',
      ]);
    });
  });

  describe('a presentation state', () => {
    let file: string;
    let part10: Uint8Array;
    const present = (segmentNumber: number) =>
      presentResult(
        {
          result: { ...volume, segmentation: stored },
          segments: [{ segmentNumber, name: 'Lung', colour: [200, 10, 10] }],
          seriesDescription: 'Lung',
          createdAt: new Date('2026-11-22T04:05:06.789Z'),
        },
        { archive, lastSource: {}, signal },
      );
    beforeAll(async () => {
      part10 = await present(1);
      file = path.join(folder, 'presentation.dcm');
      await writeFile(file, part10);
    });

    itWithDciodvfy('has no errors for dciodvfy', async () => {
      expect((await dciodvfy(file)).errors).toEqual([]);
    });

    itWithDcmdump('is applied by dcmtk, and the image stays as it is shown without', async () => {
      const image = path.join(folder, '0.dcm');
      const shown = await shownByDcmtk(image, file);
      expect(new Set(shown).size).toBeGreaterThan(20);
      const differences = (await shownByDcmtk(image)).map((value, n) => Math.abs(value - shown[n]!));
      expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    });

    it('outlines only what is there, and starts no job by a rule', async () => {
      expect(holdsNoImages(String(naturalizeHeader(part10).Modality))).toBe(true);
      await expect(present(9)).rejects.toMatchObject({ code: 'segment-not-found' });
    });
  });

  it('is the picture of it, pixel for pixel', async () => {
    const { studyInstanceUID, seriesInstanceUID } = volume;
    const request = {
      result: { studyInstanceUID, seriesInstanceUID, segmentation: stored },
      segments: [{ segmentNumber: 1, name: 'Lung', colour: [200, 10, 10] as const, volumeMl: 12 }],
      maker: 'ct-tissues 1.0.0',
    };
    const createdAt = new Date('2026-11-22T04:05:06.789Z');
    const surroundings = { archive, lastSource: {}, signal };
    const part10 = await captureResult({ ...request, seriesDescription: 'Lung', createdAt }, surroundings);
    const { width, height, data } = await decodePng(await drawResult(request, surroundings));
    expect(parseInstance(part10)).toMatchObject({ rows: height, columns: width });
    expect(Buffer.from(part10).includes(Buffer.from(data.filter((_, n) => n % 4 !== 3)))).toBe(true);
    expect(naturalizeHeader(part10)).toMatchObject({
      StudyInstanceUID: studyInstanceUID,
      ReferencedInstanceSequence: [{ ReferencedSOPInstanceUID: stored.sopInstanceUID }],
    });
    const missing = { ...request, segments: [{ ...request.segments[0]!, segmentNumber: 9 }] };
    await expect(captureResult({ ...missing, seriesDescription: '', createdAt }, surroundings)).rejects.toMatchObject({
      code: 'segment-not-found',
    });
  });
});
