import { describe, expect, it, jest } from '@jest/globals';
import { createSeries, type SeriesOptions } from '../../dicom-fixtures/src/createSeries.js';
import { materialAt } from '../../dicom-fixtures/src/ctBodyAnatomy.js';
import { createCtBodyPhantom } from '../../dicom-fixtures/src/ctBodyPhantom.js';
import { apply, column, fromAxes, type Vector3 } from '../../server/src/values/affine.js';
import { type Grid, spacing } from '../../server/src/values/grid.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { shuffled, streamOf } from './streamOf.js';

const read = (instances: Iterable<Uint8Array>): Promise<Volume> =>
  assembleVolume(streamOf(instances), { signal: new AbortController().signal });

const grid: Grid = { size: [6, 5, 4], voxelToLps: fromAxes([0.5, 0, 0], [0, 0.7, 0], [0, 0, 3], [10, 20, 30]) };

/** A small CT whose voxels all differ, with changes. */
const smallCt = (changes: Partial<SeriesOptions> = {}): Promise<Uint8Array[]> =>
  createSeries({ name: 'small', modality: 'CT', grid, valueAt: (i, j, k) => i + 10 * j + 100 * k, ...changes });

const refusal = (code: string, message: RegExp | string = '') =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('assembleVolume of the CT phantom', () => {
  it.each(['axial', 'feet first', 'sagittal', 'coronal', 'oblique'] as const)(
    'puts every voxel of a shuffled %s series where it is in the patient',
    async (orientation) => {
      const phantom = await createCtBodyPhantom({ orientation, size: [40, 36, 30], spacing: [9, 10, 13], noise: 0 });
      const volume = await read(shuffled(phantom.instances));

      expect(volume.grid.size).toEqual([40, 36, 30]);
      volume.grid.voxelToLps.forEach((value, n) => {
        expect(value).toBeCloseTo(phantom.grid.voxelToLps[n]!, 8);
      });
      expect(volume.unit).toBe('HU');
      expect(volume.voxels).toBeInstanceOf(Int16Array);
      let n = 0;
      let wrong = 0;
      for (let k = 0; k < 30; k++)
        for (let j = 0; j < 36; j++)
          for (let i = 0; i < 40; i++, n++) {
            const { hounsfieldUnits } = materialAt(apply(volume.grid.voxelToLps, [i, j, k]));
            if (volume.voxels[n] !== hounsfieldUnits) wrong++;
          }
      // Voxel centres that are on a boundary to the last bit may fall on its other side after rounding to decimal
      // strings.
      expect(wrong).toBeLessThan(5);
      expect(new Set(volume.voxels).size).toBeGreaterThan(8);
    },
  );

  it.each(['none', 'rle', 'jpeg-ls', 'jpeg-2000'] as const)('reads %s pixels bit for bit', async (compression) => {
    const phantom = await createCtBodyPhantom({ compression, size: [64, 50, 9], spacing: [6, 6, 40] });
    const volume = await read(shuffled(phantom.instances));
    expect(Buffer.from(volume.voxels.buffer).equals(Buffer.from(phantom.huVoxels.buffer))).toBe(true);
  });
});

describe('assembleVolume', () => {
  it('names the source image and keeps the header of every slice where it belongs', async () => {
    const volume = await read(shuffled(await smallCt()));
    const instances = await smallCt();
    const inOrder = await read(instances);
    expect(volume.sourceImages).toEqual(inOrder.sourceImages);
    expect(new Set(volume.sourceImages.map(({ sopInstanceUID }) => sopInstanceUID)).size).toBe(4);
    expect(volume.sourceImages[0]!.sopInstanceUID).toBe(volume.header.SOPInstanceUID);
    expect(volume.sourceImages[2]!.imagePositionPatient).toEqual([10, 20, 36]);
    expect(volume.header).toMatchObject({ InstanceNumber: 1, PatientID: 'PHANTOM-1' });
    expect(volume.header.PixelData).toBeUndefined();
    expect(volume).toMatchObject({ modality: 'CT', seriesInstanceUID: volume.header.SeriesInstanceUID, notes: [] });
  });

  it('takes the header of slice 0 also where the normal points against the order of arrival', async () => {
    const feetFirst = { ...grid, voxelToLps: fromAxes([-0.5, 0, 0], [0, 0.7, 0], [0, 0, -3], [10, 20, 30]) };
    const volume = await read((await smallCt({ grid: feetFirst })).reverse());
    expect(volume.header.InstanceNumber).toBe(1);
    expect(column(volume.grid.voxelToLps, 2)).toEqual([0, 0, -3]);
    expect(volume.voxels[0]).toBe(0);
  });

  it('keeps an oblique grid exact to the digits that DICOM can write', async () => {
    const phantom = await createCtBodyPhantom({ orientation: 'oblique', size: [8, 9, 10], spacing: [0.7, 0.9, 1.3] });
    const { grid: found } = await read(phantom.instances);
    const [a, b, c] = spacing(found);
    expect(a).toBeCloseTo(0.7, 9);
    expect(b).toBeCloseTo(0.9, 9);
    expect(c).toBeCloseTo(1.3, 9);
  });

  it('rescales every slice with its own slope and says so', async () => {
    const slope = (k: number) => 0.5 + 0.25 * k;
    const volume = await read(
      shuffled(await createSeries({ name: 'pet', modality: 'PT', grid, slope, valueAt: (_i, _j, k) => 12 * slope(k) })),
    );
    expect(volume.unit).toBe('Bq/mL');
    expect(volume.voxels).toBeInstanceOf(Float32Array);
    expect([0, 30, 60, 90].map((n) => volume.voxels[n])).toEqual([6, 9, 12, 15]);
    expect(volume.notes).toEqual([
      expect.stringContaining('not converted to SUVbw'),
      'Slope and intercept differ from slice to slice; every slice was rescaled with its own.',
    ]);
  });

  it('becomes Float32 where a later slice does not fit Int16', async () => {
    const volume = await read(await smallCt({ signed: false, valueAt: (_i, _j, k) => (k === 3 ? 40000 : 7) }));
    expect(volume.voxels).toBeInstanceOf(Float32Array);
    expect([volume.voxels[0], volume.voxels[119]]).toEqual([7, 40000]);
  });

  it.each([
    [8, Uint8Array, Int16Array],
    [32, Uint32Array, Float32Array],
  ] as const)('reads a series of %i bits', async (bits, Stored, Voxels) => {
    // The bytes of 16-bit pixels, read as pixels of another size: so many bits fill a row as before.
    const columns = (6 * 16) / bits;
    const word = (i: number, j: number, k: number) => i + 3 * j + 7 * k;
    const volume = await read(
      await smallCt({
        valueAt: word,
        signed: false,
        attributes: () => ({
          Columns: columns,
          BitsAllocated: bits,
          BitsStored: bits,
          HighBit: bits - 1,
          RescaleSlope: 2,
          RescaleIntercept: -5,
        }),
      }),
    );
    const words = Uint16Array.from({ length: 6 * 5 * 4 }, (_, n) =>
      word(n % 6, Math.floor(n / 6) % 5, Math.floor(n / 30)),
    );
    expect(volume.grid.size).toEqual([columns, 5, 4]);
    expect(volume.voxels).toBeInstanceOf(Voxels);
    expect([...volume.voxels]).toEqual([...new Stored(words.buffer)].map((value) => 2 * value - 5));
  });

  it('reads MONOCHROME1 without changing values', async () => {
    const attributes = () => ({ PhotometricInterpretation: 'MONOCHROME1' });
    expect((await read(await smallCt({ attributes }))).voxels[1]).toBe(1);
  });

  it('calls MR arbitrary, and PET in other units than Bq/mL too, with a note', async () => {
    const valueAt = () => 5;
    expect((await read(await createSeries({ name: 'mr', modality: 'MR', grid, valueAt }))).unit).toBe('arbitrary');
    const attributes = () => ({ Units: 'CNTS' });
    const pet = await read(await createSeries({ name: 'pet', modality: 'PT', grid, valueAt, attributes }));
    expect(pet).toMatchObject({ unit: 'arbitrary', notes: [expect.stringContaining('CNTS')] });
  });

  it('sets padding that would look like tissue to -1024 HU, whatever VR it has', async () => {
    const valueAt = (i: number) => (i === 0 ? -500 : 30);
    const volume = await read(await smallCt({ valueAt, attributes: () => ({ PixelPaddingValue: -500 }) }));
    expect([volume.voxels[0], volume.voxels[1]]).toEqual([-1024, 30]);
    expect(volume.notes).toEqual(['20 padding pixels, which are no measurement, were set to -1024 HU.']);
  });

  it.each<[string, Record<string, undefined>]>([
    ['Rescale Slope and Intercept', { RescaleSlope: undefined, RescaleIntercept: undefined }],
    ['Rescale Intercept', { RescaleIntercept: undefined }],
    ['Rescale Slope', { RescaleSlope: undefined }],
  ])('leaves out an image that alone lost its %s, and says where it is missing', async (_what, lost) => {
    const attributes = (k: number) => (k === 2 ? lost : {});
    const volume = await read(await smallCt({ attributes, slope: () => 0.5, intercept: () => -1024 }));
    expect([volume.grid.size[2], volume.grid.slicePositions]).toEqual([3, [0, 1, 3]]);
    expect([...volume.voxels.subarray(0, 2)]).toEqual([0, 1]);
    expect(volume.notes.slice(0, 2)).toEqual([
      'Used 3 of 4 images: 1 single image beside the stacks left out.',
      '1 slice is missing (after slice 2); for segmenting the gap was bridged by interpolation.',
    ]);
  });

  it('keeps an image without what changes nothing in the others', async () => {
    const attributes = (k: number) => (k === 2 ? { RescaleSlope: undefined } : {});
    const volume = await read(await smallCt({ attributes, intercept: () => -1024 }));
    expect(volume.grid.size[2]).toBe(4);
  });

  it('says what it assumed for CT without rescaling, another Rescale Type, and lossy images', async () => {
    const attributes = () => ({ RescaleSlope: undefined, RescaleType: 'US', LossyImageCompression: '01' });
    const { notes, unit } = await read(await smallCt({ attributes }));
    expect(unit).toBe('HU');
    expect(notes).toHaveLength(3);
  });

  it('reads a single slice with its thickness', async () => {
    const volume = await read((await smallCt()).slice(2, 3));
    expect(volume.grid.size).toEqual([6, 5, 1]);
    expect(column(volume.grid.voxelToLps, 2)).toEqual([0, 0, 3]);
    expect(volume.notes).toEqual(['The series is a single slice; its thickness is taken as 3 mm.']);
  });

  it('leaves out instances without an image and says how many', async () => {
    const [noImage] = await smallCt({
      name: 'presentation state',
      attributes: () => ({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.11.1', Rows: undefined, PixelData: undefined }),
    });
    const withoutPixels = withoutPixelData(noImage!);
    const volume = await read([...(await smallCt()), withoutPixels]);
    expect(volume.grid.size).toEqual([6, 5, 4]);
    expect(volume.notes).toEqual(['Left out, because they hold no image: 1 of the instances of the series.']);
    await expect(read([withoutPixels])).rejects.toEqual(refusal('series-without-images', 'None of the 1 instances'));
  });

  it('refuses an empty series', async () => {
    await expect(read([])).rejects.toEqual(refusal('series-without-images'));
  });

  it('counts the instances as they are read', async () => {
    const onProgress = jest.fn();
    await assembleVolume(streamOf(await smallCt()), { signal: new AbortController().signal, onProgress });
    expect(onProgress.mock.calls).toEqual([[1], [2], [3], [4]]);
  });

  it('stops reading when cancelled, and closes the stream', async () => {
    const controller = new AbortController();
    let given = 0;
    let closed = false;
    const instances = await smallCt();
    async function* stream() {
      try {
        for (const instance of instances) {
          given++;
          yield instance;
        }
      } finally {
        closed = true;
      }
    }
    const onProgress = (count: number) => count === 2 && controller.abort();
    await expect(assembleVolume(stream(), { signal: controller.signal, onProgress })).rejects.toEqual(
      refusal('cancelled'),
    );
    expect({ given, closed }).toEqual({ given: 2, closed: true });
  });

  it('does not begin where it is cancelled already', async () => {
    await expect(assembleVolume(streamOf([]), { signal: AbortSignal.abort() })).rejects.toEqual(refusal('cancelled'));
  });

  it('hands on the error of the stream', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* await smallCt();
      throw new Error('connection lost');
    }
    await expect(assembleVolume(broken(), { signal: new AbortController().signal })).rejects.toThrow('connection lost');
  });
});

describe('assembleVolume of a mixed series', () => {
  const mixed = (): Promise<Uint8Array[]> => smallCt({ attributes: () => ({ AcquisitionNumber: 1 }) });
  const beside = (name: string, count: number, changed: Record<string, unknown>): Promise<Uint8Array[]> =>
    smallCt({
      grid: { ...grid, size: [6, 5, count] },
      attributes: (k) => ({
        SOPInstanceUID: `2.25.7${name.length}0${k}`,
        ImageType: ['DERIVED', 'SECONDARY', 'AXIAL'],
        ...changed,
      }),
    });

  it('uses the slices and says what it left out', async () => {
    const volume = await read(
      shuffled([
        ...(await mixed()),
        ...(await beside('localizers', 3, { ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] })),
        ...(await beside('captures', 1, { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' })),
        ...(await beside('a slide', 1, { SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.6' })),
        ...(await beside('colour', 2, { PhotometricInterpretation: 'RGB', SamplesPerPixel: 3 })),
        ...(await beside('a table', 1, { ImagePositionPatient: undefined })),
        ...(await beside('another orientation', 1, { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] })),
      ]),
    );
    expect(volume.grid.size).toEqual([6, 5, 4]);
    expect(volume.sourceImages).toEqual((await read(await mixed())).sourceImages);
    const [note, ...others] = volume.notes;
    expect(note).toMatch(/^Used 4 of 13 images: .* left out\.$/);
    for (const what of [
      '3 localizers',
      '1 secondary capture',
      '1 image of other kinds',
      '2 colour images',
      '1 derived image without a place',
      '1 single image beside the stacks',
    ])
      expect(note).toContain(what);
    expect(others).toEqual([]);
    expect(volume.stacks).toBeUndefined();
  });

  it('does not take the few images that kept their places for the series', async () => {
    const lost = await beside('lost', 3, { ImagePositionPatient: undefined });
    const kept = (await mixed()).slice(0, 2);
    await expect(read([...lost, ...kept])).rejects.toEqual(refusal('geometry-missing'));
    await expect(read([...lost.slice(0, 1), ...kept])).resolves.toMatchObject({ grid: { size: [6, 5, 2] } });
  });

  it('takes the stack that was asked for, with its own values, header and images', async () => {
    const echo = (number: number, value: number) =>
      createSeries({
        name: 'echoes',
        modality: 'MR',
        grid,
        valueAt: () => value,
        attributes: (k) => ({ SOPInstanceUID: `2.25.${number}00${k}`, EchoTime: 4.6 * number, EchoNumbers: number }),
      });
    const instances = shuffled([...(await echo(1, 11)), ...(await echo(2, 22))]);
    const signal = new AbortController().signal;
    const [byRule, asked] = [
      await assembleVolume(streamOf(instances), { signal }),
      await assembleVolume(streamOf(instances), { signal, stack: 'echo-time-9.2' }),
    ];
    expect([byRule.voxels[0], asked.voxels[0]]).toEqual([11, 22]);
    expect([byRule.header.EchoTime, asked.header.EchoTime]).toEqual([4.6, 9.2]);
    expect(asked.sourceImages.map(({ sopInstanceUID }) => sopInstanceUID)).toEqual(
      [0, 1, 2, 3].map((k) => `2.25.200${k}`),
    );
    expect(asked.stacks?.map(({ id, chosen }) => [id, chosen])).toEqual([
      ['echo-time-4.6', false],
      ['echo-time-9.2', true],
    ]);
    await expect(assembleVolume(streamOf(instances), { signal, stack: 'nothing' })).rejects.toEqual(
      refusal('stack-not-found', /echo-time-4\.6, echo-time-9\.2/),
    );
  });
});

/** Cuts a file of {@link smallCt} off before its Pixel Data element. */
function withoutPixelData(part10: Uint8Array): Uint8Array {
  return part10.slice(0, Buffer.from(part10).lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00])));
}

describe('assembleVolume refuses', () => {
  const last = (k: number, changed: Record<string, unknown>) => (k === 3 ? changed : {});
  const away: Vector3 = [10, 20, 30];

  it.each([
    ['nuclear medicine', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.20' }, 'sop-class-unsupported', 'Nuclear Medicine'],
    ['secondary captures', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' }, 'sop-class-unsupported', 'Secondary Capture'],
    ['a radiograph', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.1' }, 'sop-class-unsupported', 'Computed Radiography'],
    ['a digital radiograph', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.1' }, 'sop-class-unsupported', 'Digital X-Ray'],
    ['a mammogram', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.2' }, 'sop-class-unsupported', 'Mammography'],
    ['ultrasound', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.6.1' }, 'sop-class-unsupported', 'Ultrasound Image'],
    ['a fundus', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.5.1' }, 'sop-class-unsupported', 'Ophthalmic Photo'],
    ['OCT', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.5.4' }, 'sop-class-unsupported', 'Ophthalmic Tomography'],
    ['pathology', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.6' }, 'sop-class-unsupported', 'Whole Slide'],
    ['an unknown SOP class', { SOPClassUID: '1.2.3.4' }, 'sop-class-unsupported', 'SOP class 1\\.2\\.3\\.4'],
    [
      'a localizer',
      { ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] },
      'image-kind-unsupported',
      'Image 1 is a localizer',
    ],
    ['several frames', { NumberOfFrames: 2 }, 'image-kind-unsupported', 'holds 2 frames'],
    [
      'colour',
      { PhotometricInterpretation: 'RGB', SamplesPerPixel: 3 },
      'photometric-unsupported',
      'RGB, with 3 samples',
    ],
    ['no photometric interpretation', { PhotometricInterpretation: undefined }, 'photometric-unsupported', 'missing'],
    ['a palette', { PhotometricInterpretation: 'PALETTE COLOR' }, 'photometric-unsupported', 'PALETTE COLOR'],
    ['no position', { ImagePositionPatient: undefined }, 'geometry-missing', 'lacks Image Position'],
    ['an empty position', { ImagePositionPatient: '' }, 'geometry-missing', 'lacks Image Position'],
    [
      'half a position',
      { ImagePositionPatient: [1, 2] },
      'geometry-missing',
      '2 values of Image Position \\(Patient\\) in place of 3',
    ],
    ['no orientation', { ImageOrientationPatient: undefined }, 'geometry-missing', 'lacks Image Orientation'],
    [
      'a zero orientation',
      { ImageOrientationPatient: [0, 0, 0, 0, 0, 0] },
      'geometry-missing',
      'perpendicular unit vectors',
    ],
    [
      'skewed axes',
      { ImageOrientationPatient: [1, 0, 0, 0.02, 1, 0] },
      'geometry-missing',
      'perpendicular unit vectors',
    ],
    ['no pixel spacing', { PixelSpacing: undefined }, 'geometry-missing', 'lacks Pixel Spacing'],
    ['a zero pixel spacing', { PixelSpacing: [0, 0.5] }, 'geometry-missing', '0 × 0\\.5 mm'],
    ['a negative pixel spacing', { PixelSpacing: [-1, 0.5] }, 'geometry-missing', '-1 × 0\\.5 mm'],
    ['a position that is no number', { ImagePositionPatient: ['1', 'x', '3'] }, 'instance-unreadable', ''],
    ['no series', { SeriesInstanceUID: '' }, 'instance-unreadable', 'lacks Series Instance UID'],
    ['a slope of 0', { RescaleSlope: 0 }, 'instance-unreadable', 'Rescale Slope of 0'],
    ['an absurd size', { Rows: 65535, Columns: 65535 }, 'image-too-large', '8\\.0 GiB'],
    ['fewer pixels than rows and columns', { Rows: 50 }, 'instance-unreadable', ''],
    ['no rows', { Rows: undefined }, 'instance-unreadable', ''],
  ])('%s', async (_, changed, code, message) => {
    await expect(read(await smallCt({ attributes: () => changed }))).rejects.toEqual(
      refusal(code, new RegExp(message)),
    );
  });

  it.each([
    ['another series', { SeriesInstanceUID: '1.2.3' }, 'series-mixed', 'several series'],
    ['another study', { StudyInstanceUID: '1.2.3' }, 'series-mixed', 'several series'],
    [
      'another patient',
      { PatientID: 'another' },
      'series-mixed',
      'several patients: they have different Patient IDs\\.$',
    ],
    ['a position that is no number', { ImagePositionPatient: ['1', 'x', '3'] }, 'instance-unreadable', ''],
    [
      'no position, though it is an original slice',
      { ImagePositionPatient: undefined, ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'] },
      'geometry-missing',
      'Image 4 lacks Image Position',
    ],
    [
      'a repeated place',
      { ImagePositionPatient: away },
      'slices-duplicate',
      '4 images at only 3 places.*separates them',
    ],
    [
      'a wide hole',
      { ImagePositionPatient: [10, 20, 48.5] },
      'slices-uneven',
      '12\\.5 mm .* \\(image 3 and image 4\\)',
    ],
  ])('a last image with %s', async (_, changed, code, message) => {
    const instances = await smallCt({ attributes: (k) => last(k, changed) });
    await expect(read(instances)).rejects.toEqual(refusal(code, new RegExp(message)));
  });

  it.each([{ PatientID: '' }, { PatientID: undefined }])('an image with %j is of the same patient', async (changed) => {
    const volume = await read(await smallCt({ attributes: (k) => last(k, changed) }));
    expect(volume.grid.size).toEqual(grid.size);
  });

  it.each([
    ['modality', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.4' }, 'series-mixed', 'Image 2 is MR, image 1 CT'],
    ['frame of reference', { FrameOfReferenceUID: '1.2.3' }, 'frames-of-reference-mixed', 'image 2 and image 1'],
    ['size', { Rows: 4 }, 'sizes-mixed', 'image 2 has 6 × 4 pixels, image 1 6 × 5'],
    ['pixel spacing', { PixelSpacing: [0.7008, 0.5] }, 'sizes-mixed', '0\\.5 × 0\\.7008 mm'],
    ['orientation', { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] }, 'orientations-mixed', 'up to 1\\.0000'],
    [
      'slightly turned orientation',
      { ImageOrientationPatient: [1, 0, 0, 0, 0.9999976, 0.0022] },
      'orientations-mixed',
      '0\\.0022',
    ],
  ])('two single images with different %s, none of which is the series', async (_, changed, code, message) => {
    const two: Grid = { ...grid, size: [6, 5, 2] };
    const instances = await smallCt({ grid: two, attributes: (k) => (k === 1 ? changed : {}) });
    await expect(read(instances)).rejects.toEqual(refusal(code, new RegExp(message)));
  });

  it.each([
    ['pixel spacing', { PixelSpacing: [0.7006, 0.5] }],
    ['orientation', { ImageOrientationPatient: [1, 0, 0, 0, 0.9999982, 0.0019] }],
  ])('not a last image whose %s is just within the tolerance', async (_, changed) => {
    const instances = await smallCt({ attributes: (k) => last(k, changed) });
    await expect(read(instances)).resolves.toMatchObject({ grid: { size: [6, 5, 4] } });
  });

  it('nor a series whose direction cosines are rounded to two decimals, and says so', async () => {
    const attributes = () => ({ ImageOrientationPatient: [1, 0, 0, 0, 0.99, 0.12] });
    const { grid: found, notes } = await read(await smallCt({ attributes }));
    const [row, column] = [0, 1].map((axis) => [0, 4, 8].map((line) => found.voxelToLps[line + axis]!));
    expect(Math.hypot(...row!)).toBeCloseTo(0.5, 12);
    expect(Math.hypot(...column!)).toBeCloseTo(0.7, 12);
    expect(row!.reduce((sum, value, n) => sum + value * column![n]!, 0)).toBeCloseTo(0, 9);
    expect(notes.at(-1)).toContain('Image Orientation (Patient) is rounded');
  });

  it('nor one whose cosines are rounded differently from slice to slice', async () => {
    const off = (k: number, n: number) => (((7 * k + 3 * n) % 5) - 2) * 8e-4;
    const instances = await smallCt({
      attributes: (k) => ({ ImageOrientationPatient: [1, 0, 0, 0, 1, 0].map((value, n) => value + off(k, n)) }),
    });
    await expect(read(instances)).resolves.toMatchObject({ grid: { size: [6, 5, 4] } });
  });

  it('an MR mosaic', async () => {
    const attributes = () => ({ ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND', 'MOSAIC'] });
    await expect(
      read(await createSeries({ name: 'mosaic', modality: 'MR', grid, valueAt: () => 1, attributes })),
    ).rejects.toEqual(refusal('image-kind-unsupported', /mosaic/));
  });

  it('a mosaic of United Imaging, by its name', async () => {
    const attributes = () => ({ ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'VFRAME'], ImagePositionPatient: undefined });
    await expect(
      read(await createSeries({ name: 'mosaic', modality: 'MR', grid, valueAt: () => 1, attributes })),
    ).rejects.toEqual(refusal('image-kind-unsupported', /mosaic/));
  });

  it('a truncated instance', async () => {
    const [first, second, ...rest] = await smallCt();
    await expect(read([first!, second!.subarray(0, -20), ...rest])).rejects.toEqual(refusal('instance-unreadable'));
  });

  it('without repeating hostile strings from the file', async () => {
    const attributes = () => ({ PhotometricInterpretation: '<script>', SamplesPerPixel: 1 });
    await expect(read(await smallCt({ attributes }))).rejects.toEqual(
      refusal('photometric-unsupported', /is script, with/),
    );
  });
});
