import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { createMultiFrame, type MultiFrameOptions } from '../../dicom-fixtures/src/createMultiFrame.js';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { fromAxes } from '../../server/src/values/affine.js';
import type { Grid } from '../../server/src/values/grid.js';
import type { SourceImage } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { encodeVolume, segmentsOf } from '../conformance/encodeSeries.js';
import { dciodvfy, itWithDciodvfy, itWithPython } from '../conformance/outsideTools.js';
import { streamOf } from '../volume/streamOf.js';

const read = (...instances: Uint8Array[]) =>
  assembleVolume(streamOf(instances), { signal: new AbortController().signal });

const [cos, sin] = [Math.cos(0.3), Math.sin(0.3)];
/** Oblique, of unequal sizes and spacings; the frames run against the normal. */
const grid: Grid = {
  size: [40, 33, 5],
  voxelToLps: fromAxes([0.5 * cos, 0.5 * sin, 0], [0, 0, -0.7], [2.5 * sin, -2.5 * cos, 0], [10, 20, 30]),
};
const options = (changes: Partial<MultiFrameOptions> = {}): MultiFrameOptions => ({
  name: 'multi-frame',
  modality: 'CT',
  grid,
  valueAt: (i, j, k) => i + 10 * j + 100 * k - 200,
  ...changes,
});
const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe('a multi-frame image', () => {
  it.each([
    ['CT', false, 'none'],
    ['CT', true, 'rle'],
    ['MR', false, 'jpeg-ls'],
    ['MR', true, 'none'],
    ['PT', true, 'jpeg-2000'],
    ['PT', false, 'none'],
  ] as const)(
    '(%s, legacy converted: %s, %s) becomes the volume of its slices',
    async (modality, legacyConverted, compression) => {
      const same = options({
        modality,
        compression,
        slope: (k) => 1 + k,
        intercept: (k) => -k,
        valueAt: (i, j, k) => (1 + k) * (i + j) - k,
      });
      const [slices, frames] = [
        await read(
          ...(await createSeries({ ...same, attributes: () => (modality === 'PT' ? { Units: undefined } : {}) })),
        ),
        await read(await createMultiFrame({ ...same, legacyConverted })),
      ];
      expect(frames.grid).toEqual(slices.grid);
      expect(Buffer.from(frames.voxels.buffer).equals(Buffer.from(slices.voxels.buffer))).toBe(true);
      expect(frames).toMatchObject({ modality, unit: slices.unit, frameOfReferenceUID: slices.frameOfReferenceUID });
      expect(frames.notes).toEqual(slices.notes);
    },
  );

  it('names the frame of every slice', async () => {
    const { sourceImages } = await read(await createMultiFrame(options()));
    expect(new Set(sourceImages.map(({ sopInstanceUID }) => sopInstanceUID)).size).toBe(1);
    const numbers = sourceImages.map(({ frameNumber }) => frameNumber);
    expect([...numbers].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(sourceImages[numbers.indexOf(1)]!.imagePositionPatient).toEqual([10, 20, 30]);
  });

  it('gives patient and study to results, without the functional groups', async () => {
    const { header } = await read(await createMultiFrame(options()));
    expect(header).toMatchObject({
      PatientID: 'PHANTOM-1',
      StudyDate: '20260101',
      Manufacturer: 'Promptseg dicom-fixtures',
    });
    expect(header).not.toHaveProperty('PerFrameFunctionalGroupsSequence');
    expect(header).not.toHaveProperty('SharedFunctionalGroupsSequence');
    expect(header).not.toHaveProperty('PixelData');
  });

  it('may say of every frame what others say of all', async () => {
    const changed = await createMultiFrame(
      options({
        shared: { PlaneOrientationSequence: undefined, PixelMeasuresSequence: undefined },
        perFrame: (k) => ({
          PlanePositionSequence: [{ ImagePositionPatient: [0, 0, 3 * k] }],
          PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
          PixelMeasuresSequence: [{ PixelSpacing: [0.7, 0.5], SliceThickness: 3 }],
        }),
      }),
    );
    const { grid: found } = await read(changed);
    [0.5, 0, 0, 0, 0, 0.7, 0, 0, 0, 0, 3, 0].forEach((value, n) => {
      expect(found.voxelToLps[n]).toBeCloseTo(value, 9);
    });
  });

  it('is refused, with the frame, where a frame lacks its place', async () => {
    const perFrame = (k: number) => (k === 2 ? { PlanePositionSequence: undefined } : {});
    await expect(read(await createMultiFrame(options({ perFrame })))).rejects.toEqual(
      refusal('geometry-missing', 'Frame 3 of image 1 lacks Image Position (Patient)'),
    );
  });

  it('is refused where its frames are a colour map', async () => {
    const attributes = { PixelPresentation: 'COLOR' };
    await expect(read(await createMultiFrame(options({ attributes })))).rejects.toEqual(
      refusal('image-kind-unsupported', 'a colour map'),
    );
  });

  it('of legacy converted PET finds Units among the attributes that have no macro', async () => {
    const converted = [{ Units: 'GML', SUVType: 'BW' }];
    const shared = { UnassignedSharedConvertedAttributesSequence: converted };
    const pet = options({ modality: 'PT', legacyConverted: true, valueAt: (i) => i, shared });
    expect((await read(await createMultiFrame(pet))).unit).toBe('SUVbw');
  });

  it('of PET becomes SUVbw by its Real World Value Mapping', async () => {
    const mapping = {
      MeasurementUnitsCodeSequence: [
        { CodeValue: 'g/ml{SUVbw}', CodingSchemeDesignator: 'UCUM', CodeMeaning: 'SUVbw' },
      ],
      RealWorldValueIntercept: 0,
      RealWorldValueSlope: 0.25,
      LUTLabel: 'SUV',
    };
    const pet = options({ modality: 'PT', valueAt: (i) => i, shared: { RealWorldValueMappingSequence: [mapping] } });
    const { unit, voxels } = await read(await createMultiFrame(pet));
    expect(unit).toBe('SUVbw');
    expect([...voxels.subarray(0, 4)]).toEqual([0, 0.25, 0.5, 0.75]);
  });
});

/**
 * The values of these images are few and small on purpose: that they can hardly be Hounsfield units is said of all of
 * them.
 */
const withoutNoteOnHounsfieldUnits = (notes: readonly string[]): readonly string[] =>
  notes.filter((note) => !note.includes('can hardly be Hounsfield units'));

describe('single-frame images', () => {
  it('of MONOCHROME1 keep their values and say so', async () => {
    const attributes = () => ({ PhotometricInterpretation: 'MONOCHROME1' });
    const { voxels, notes } = await read(...(await createSeries({ ...options({ valueAt: (i) => i }), attributes })));
    expect(voxels[3]).toBe(3);
    expect(withoutNoteOnHounsfieldUnits(notes)).toEqual([
      'The images are meant to be shown with low values white (MONOCHROME1); their values were used as they are.',
    ]);
  });

  it.each([
    ['HU', []],
    ['OD', ['Modality LUT Type is OD, not HU; the values were taken as Hounsfield units all the same.']],
  ])('are read through a Modality LUT of type %s', async (ModalityLUTType, noteOnType) => {
    const lut = {
      LUTDescriptor: [40, 0, 16],
      LUTData: Array.from({ length: 40 }, (_, n) => 2 * n),
      ModalityLUTType,
      _vrMap: { LUTDescriptor: 'US', LUTData: 'US' },
    };
    const attributes = () => ({ ModalityLUTSequence: [lut], RescaleSlope: undefined, RescaleIntercept: undefined });
    const series = await createSeries({ ...options({ signed: false, valueAt: (i) => i }), attributes });
    const { voxels, notes } = await read(...series);
    expect([...voxels.subarray(0, 4)]).toEqual([0, 2, 4, 6]);
    expect(withoutNoteOnHounsfieldUnits(notes)).toEqual([
      'Values were read through the Modality LUT of the images.',
      ...noteOnType,
    ]);
  });

  it.each(['ISO_IR 192', 'ISO_IR 999', 'nonsense', '\\ISO 2022 IR 87', 'GB18030'])(
    'with a name that is no text of its character set (%s) are read all the same',
    async (SpecificCharacterSet) => {
      const attributes = () => ({ SpecificCharacterSet, PatientName: '\u00ff\u00fe^\u001b$B\u00c3(' });
      const { header } = await read(...(await createSeries({ ...options(), attributes })));
      expect(header).toHaveProperty('PatientName');
    },
  );

  it.each([0, 1e40, -1e300])('with a Rescale Slope of %p are refused', async (RescaleSlope) => {
    const series = await createSeries({ ...options(), attributes: () => ({ RescaleSlope }) });
    await expect(read(...series)).rejects.toEqual(refusal('instance-unreadable', 'Rescale Slope'));
  });

  it('far outside any scanner are refused', async () => {
    const series = await createSeries({ ...options(), attributes: () => ({ ImagePositionPatient: [1e200, 0, 0] }) });
    await expect(read(...series)).rejects.toEqual(refusal('geometry-missing', 'absurd Image Position'));
  });
});

describe('a segmentation of a multi-frame image', () => {
  it('refers to the frame of each slice, and once to the image', async () => {
    const volume = await read(await createMultiFrame(options()));
    const segmentation = readSegmentation(encodeVolume(volume));
    const [{ sopClassUID, sopInstanceUID }] = volume.sourceImages as [SourceImage];
    expect(segmentation.referencedSeries).toEqual([
      { seriesInstanceUID: volume.seriesInstanceUID, instances: [{ sopClassUID, sopInstanceUID }] },
    ]);
    expect(segmentation.frames.length).toBeGreaterThan(2);
    for (const { imagePositionPatient, sourceImages } of segmentation.frames) {
      const source = volume.sourceImages.find(({ frameNumber }) => frameNumber === sourceImages[0]?.frameNumber);
      expect(sourceImages).toMatchObject([{ sopInstanceUID, frameNumber: source!.frameNumber }]);
      expect(imagePositionPatient).toEqual(source!.imagePositionPatient);
    }
  });

  itWithDciodvfy('has no error for dciodvfy', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-multi-frame-'));
    const file = path.join(folder, 'segmentation.dcm');
    await writeFile(file, encodeVolume(await read(await createMultiFrame(options()))));
    expect((await dciodvfy(file)).errors).toEqual([]);
    await rm(folder, { recursive: true });
  });

  itWithPython('is on the same frames for highdicom', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-multi-frame-'));
    const file = path.join(folder, 'segmentation.dcm');
    const volume = await read(await createMultiFrame(options()));
    const [first] = segmentsOf(volume);
    await writeFile(file, encodeVolume(volume));
    const script = path.join(import.meta.dirname, 'read_frames_with_highdicom.py');
    const { sopInstanceUID } = volume.sourceImages[0]!;
    const python = process.env.PROMPTSEG_PYTHON!;
    const { stdout } = await promisify(execFile)(python, ['-W', 'ignore', script, file, sopInstanceUID, '5', '1']);

    const [columns, rows] = volume.grid.size;
    const voxelsOfFrame = [0, 0, 0, 0, 0];
    volume.sourceImages.forEach(({ frameNumber }, k) => {
      for (let voxel = k * columns * rows; voxel < (k + 1) * columns * rows; voxel++)
        voxelsOfFrame[frameNumber! - 1]! += (first!.mask.bits[voxel >> 3]! >> (voxel & 7)) & 1;
    });
    expect(JSON.parse(stdout)).toEqual(voxelsOfFrame);
    expect(new Set(voxelsOfFrame).size).toBeGreaterThan(1);
    await rm(folder, { recursive: true });
  });
});
