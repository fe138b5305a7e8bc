import { describe, expect, it } from '@jest/globals';
import { type Colour, createImage, type ImageOptions } from '../../dicom-fixtures/src/createImage.js';
import { PromptsegError } from '../../server/src/platform/errors.js';
import { readSingleImage } from '../../server/src/volume/readSingleImage.js';
import { shuffled, streamOf } from './streamOf.js';

const read = (instances: readonly Uint8Array[], stack?: string) =>
  readSingleImage(streamOf(instances), { signal: new AbortController().signal, stack });

/** Odd on purpose: 7 × 5 pixels. */
const radiograph = { name: 'x', kind: 'DX', columns: 7, rows: 5 } as const;
const ramp = (i: number, j: number): number => 100 * i + 10 * j;
const gray = (changes: Partial<ImageOptions> = {}) =>
  createImage({ ...radiograph, pixels: { grayAt: ramp, bitsStored: 12 }, ...changes });

async function grayValues(instance: Uint8Array) {
  const { pixels, notes } = await read([instance]);
  if (pixels.kind !== 'gray') throw new Error('not gray');
  return { at: (i: number, j: number) => pixels.values[i + radiograph.columns * j]!, notes: notes.join(' ') };
}

async function refusal(...instances: Uint8Array[]): Promise<PromptsegError> {
  const error = await read(instances).catch((thrown: unknown) => thrown);
  if (!(error instanceof PromptsegError)) throw new Error('not refused');
  return error;
}

describe('a gray image', () => {
  it('is taken as it says that it is to be shown: by its window, 0 to 255', async () => {
    const { at, notes } = await grayValues(
      await gray({ attributes: { WindowCenter: [300, 9], WindowWidth: [201, 9] } }),
    );
    expect([at(0, 0), at(1, 0), at(6, 4)]).toEqual([0, 0, 255]);
    // PS3.3 section C.11.2.1.2: ((x - (c - 0.5)) / (w - 1) + 0.5) · 255
    expect(at(3, 1)).toBeCloseTo(((310 - 299.5) / 200 + 0.5) * 255, 3);
    expect(notes).toContain('window centre 300, width 201');
  });

  it.each([
    ['LINEAR_EXACT', ((310 - 300) / 200 + 0.5) * 255],
    ['SIGMOID', 255 / (1 + Math.exp((-4 * (310 - 300)) / 200))],
  ])('follows the VOI LUT Function %s', async (kind, expected) => {
    const attributes = { WindowCenter: 300, WindowWidth: 200, VOILUTFunction: kind };
    expect((await grayValues(await gray({ attributes }))).at(3, 1)).toBeCloseTo(expected, 3);
  });

  it('is taken through a VOI LUT before its windows, behind the rescaling', async () => {
    const values = Uint16Array.from({ length: 1000 }, (_, n) => 1000 - n);
    const attributes = {
      RescaleSlope: 1,
      RescaleIntercept: -100,
      WindowCenter: 1,
      WindowWidth: 1,
      VOILUTSequence: [{ LUTDescriptor: [1000, 0, 10], LUTData: values.buffer, _vrMap: { LUTDescriptor: 'US' } }],
    };
    const { at, notes } = await grayValues(await gray({ attributes }));
    expect(at(3, 1)).toBeCloseTo(((1000 - 210) / 1023) * 255, 3);
    expect(notes).toContain('VOI LUT');
  });

  it('reaches from its least to its greatest value where it states no window, and says so', async () => {
    const { at, notes } = await grayValues(await gray());
    expect([at(0, 0), at(6, 4)]).toEqual([0, 255]);
    expect(at(3, 2)).toBeCloseTo((320 / 640) * 255, 3);
    expect(notes).toContain('states no window');
  });

  it('is as stored with 8 bits and no window', async () => {
    const { at, notes } = await grayValues(await gray({ pixels: { grayAt: (i, j) => 10 * i + j } }));
    expect([at(0, 0), at(3, 2), at(6, 4)]).toEqual([0, 32, 64]);
    expect(notes).toBe('');
  });

  it('is inverted where low values are white, and padding is black all the same', async () => {
    const attributes = { PhotometricInterpretation: 'MONOCHROME1', PixelPaddingValue: 0 };
    const { at, notes } = await grayValues(await gray({ attributes }));
    // The least value but for the padding is 10.
    expect([at(0, 0), at(0, 1), at(6, 4)]).toEqual([0, 255, 0]);
    expect(notes).toMatch(/MONOCHROME1.*1 padding pixels/);
  });

  it('of one value only is black', async () => {
    expect((await grayValues(await gray({ pixels: { grayAt: () => 700, bitsStored: 12 } }))).at(2, 2)).toBe(0);
  });

  it.each(['none', 'rle'] as const)('is the same with compression %s', async (compression) => {
    expect((await grayValues(await gray({ compression }))).at(3, 2)).toBeCloseTo((320 / 640) * 255, 3);
  });
});

describe('a colour image', () => {
  const spectrum = (i: number, j: number): Colour => [20 + 20 * i, 200 - 30 * j, 3 * i * j];
  const size = { columns: 10, rows: 6 };
  const colours = async (changes: Partial<ImageOptions>) => {
    const options = { name: 'c', kind: 'US', ...size, pixels: { colourAt: spectrum }, ...changes } as ImageOptions;
    const { pixels } = await read([await createImage(options)]);
    if (pixels.kind !== 'colour') throw new Error('not in colour');
    return pixels.values;
  };
  const expected = Array.from({ length: 60 }, (_, n) => spectrum(n % 10, Math.floor(n / 10))).flat();
  const greatestDifference = (values: Uint8Array) =>
    Math.max(...expected.map((value, n) => Math.abs(value - values[n]!)));

  it.each([
    ['RGB', 'none'],
    ['RGB', 'rle'],
    ['planes of RGB', 'none'],
    ['PALETTE COLOR', 'none'],
    ['PALETTE COLOR', 'rle'],
  ] as const)('as %s, compression %s, comes out exactly', async (as, compression) => {
    const values = await colours({ pixels: { colourAt: spectrum, as }, compression });
    expect(Array.from(values)).toEqual(expected);
  });

  it.each(['none', 'rle'] as const)('as YBR_FULL, compression %s, comes out within rounding', async (compression) => {
    const values = await colours({ pixels: { colourAt: spectrum, as: 'YBR_FULL' }, compression });
    expect(values).toHaveLength(180);
    expect(greatestDifference(values)).toBeLessThanOrEqual(2);
  });

  it('with halved colours has the brightness of each pixel', async () => {
    const values = await colours({ pixels: { colourAt: (i, j) => [9 * i, 9 * i, 20 * j], as: 'YBR_FULL_422' } });
    const gray = await colours({ pixels: { colourAt: (i) => [20 * i, 20 * i, 20 * i], as: 'YBR_FULL_422' } });
    expect(values).toHaveLength(180);
    expect(Array.from(gray.subarray(0, 12))).toEqual([0, 0, 0, 20, 20, 20, 40, 40, 40, 60, 60, 60]);
  });

  it('in baseline JPEG (YBR_FULL_422) is converted once, not twice', async () => {
    const smooth = (i: number): Colour => [200, 100 + i, 40];
    const options = { name: 'c', kind: 'ES', columns: 41, rows: 29, compression: 'jpeg-baseline' } as const;
    const { pixels, notes } = await read([await createImage({ ...options, pixels: { colourAt: smooth } })]);
    expect(pixels).toMatchObject({ kind: 'colour', values: { length: 3 * 41 * 29 } });
    for (let n = 0; n < 41 * 29; n++)
      smooth(n % 41).forEach((value, channel) => {
        if (Math.abs(pixels.values[3 * n + channel]! - value) > 6) throw new Error(`pixel ${n}`);
      });
    expect(notes).toEqual(['The image was compressed with loss before it was stored.']);
  });

  it('in JPEG that is gray is no colour image', async () => {
    const options = { name: 'c', kind: 'US', columns: 71, rows: 53, compression: 'jpeg-baseline' } as const;
    const { pixels } = await read([await createImage({ ...options, pixels: { grayAt: (i) => 40 + i } })]);
    expect(pixels.kind).toBe('gray');
    expect(Math.abs(pixels.values[30]! - 70)).toBeLessThanOrEqual(3);
  });
});

describe('the distance of pixels', () => {
  const region = (mm: number) => ({
    RegionSpatialFormat: 1,
    RegionDataType: 1,
    PhysicalUnitsXDirection: 3,
    PhysicalUnitsYDirection: 3,
    PhysicalDeltaX: mm / 10,
    PhysicalDeltaY: mm / 5,
  });
  const doppler = { ...region(1), RegionSpatialFormat: 3, PhysicalUnitsXDirection: 4 };

  it.each([
    [
      'at the detector is none in the patient',
      'DX',
      { ImagerPixelSpacing: [0.14, 0.14] },
      undefined,
      /at the detector/,
    ],
    [
      'that repeats the one at the detector is none either',
      'CR',
      { ImagerPixelSpacing: [0.14, 0.14], PixelSpacing: [0.14, 0.14] },
      undefined,
      /at the detector/,
    ],
    ['of unknown plane is none', 'CR', { PixelSpacing: [0.2, 0.2] }, undefined, /at the detector/],
    [
      'corrected for magnification counts',
      'MG',
      { ImagerPixelSpacing: [0.1, 0.1], PixelSpacing: [0.07, 0.08] },
      { betweenRows: 0.07, betweenColumns: 0.08, attribute: 'Pixel Spacing' },
      /^$/,
    ],
    [
      'calibrated against something of known size counts',
      'DX',
      { PixelSpacing: [0.2, 0.2], PixelSpacingCalibrationType: 'FIDUCIAL' },
      { betweenRows: 0.2, betweenColumns: 0.2, attribute: 'Pixel Spacing' },
      /^$/,
    ],
    [
      'of ultrasound is that of its two-dimensional regions',
      'US',
      { SequenceOfUltrasoundRegions: [doppler, region(0.3), region(0.3)] },
      { betweenRows: 0.6, betweenColumns: 0.3, attribute: 'Sequence of Ultrasound Regions' },
      /^$/,
    ],
    [
      'of two scales is none',
      'US',
      { SequenceOfUltrasoundRegions: [region(0.3), region(0.4)] },
      undefined,
      /different scales/,
    ],
    [
      'of a photograph of the eye is as stated',
      'OP',
      { PixelSpacing: [0.006, 0.006] },
      { betweenRows: 0.006, betweenColumns: 0.006, attribute: 'Pixel Spacing' },
      /^$/,
    ],
    ['that is nonsense is none', 'XC', { PixelSpacing: [0, -1] }, undefined, /^$/],
  ] as const)('%s', async (_, kind, attributes, expected, note) => {
    const image = await read([await gray({ kind, pixels: { grayAt: () => 9 }, attributes })]);
    if (expected === undefined) expect(image.pixelSpacing).toBeUndefined();
    else
      expect(image.pixelSpacing).toEqual({
        ...expected,
        betweenRows: expect.closeTo(expected.betweenRows, 9),
        betweenColumns: expect.closeTo(expected.betweenColumns, 9),
      });
    expect(image.notes.join(' ')).toMatch(note);
  });

  it('of optical coherence tomography is in its functional groups', async () => {
    const attributes = {
      SharedFunctionalGroupsSequence: [
        { PixelMeasuresSequence: [{ PixelSpacing: [0.004, 0.012], SliceThickness: 0.1 }] },
      ],
      PerFrameFunctionalGroupsSequence: [{ FrameContentSequence: [{ FrameAcquisitionNumber: 1 }] }],
    };
    const image = await read([await gray({ kind: 'OPT', pixels: { grayAt: () => 9 }, attributes })]);
    expect(image.pixelSpacing).toMatchObject({ betweenRows: 0.004, betweenColumns: 0.012 });
  });
});

describe('of several images of a series', () => {
  const view = (number: number, side: string, position: string) =>
    gray({
      kind: 'MG',
      number,
      pixels: { grayAt: () => number },
      attributes: { ImageLaterality: side, ViewPosition: position },
    });

  it('the first by Instance Number is used, in any order of arrival; the record says which', async () => {
    const views = await Promise.all([view(1, 'R', 'CC'), view(2, 'L', 'CC'), view(3, 'L', 'MLO')]);
    for (const instances of [views, shuffled(views), views.toReversed()]) {
      const { stacks, notes, pixels } = await read(instances);
      expect(pixels.values[0]).toBe(1);
      expect(stacks?.map(({ id, description, chosen }) => [id, description, chosen])).toEqual([
        ['image-1', 'image 1 (right CC), 7 × 5 pixels', true],
        ['image-2', 'image 2 (left CC), 7 × 5 pixels', false],
        ['image-3', 'image 3 (left MLO), 7 × 5 pixels', false],
      ]);
      expect(notes[0]).toBe(
        'The series holds 3 single images. Used by rule (the first by Instance Number): image-1 (image 1 (right ' +
          'CC), 7 × 5 pixels). The others: image-2, image-3.',
      );
    }
  });

  it('another can be asked for, and one that is not there is refused with those that are', async () => {
    const views = await Promise.all([view(1, 'R', 'CC'), view(2, 'L', 'CC')]);
    const second = await read(views, 'image-2');
    expect(second.pixels.values[0]).toBe(2);
    expect(await read(views, second.sourceImages[0]!.sopInstanceUID)).toEqual(second);
    await expect(read(views, 'image-9')).rejects.toMatchObject({
      code: 'stack-not-found',
      message: expect.stringContaining('image-1, image-2'),
    });
  });

  it('loops and others are left out, and counted', async () => {
    const still = await gray({ kind: 'US', pixels: { grayAt: () => 9 } });
    const loop = await gray({
      kind: 'US loop',
      number: 2,
      rows: 10,
      pixels: { grayAt: () => 9 },
      attributes: { NumberOfFrames: 2, Rows: 5 },
    });
    const capture = await gray({ number: 3, attributes: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' } });
    const { notes, stacks } = await read([loop, capture, still]);
    expect(notes[0]).toBe('Used 1 of 3 images: 1 loop of several frames, 1 secondary capture left out.');
    expect(stacks).toBeUndefined();
  });
});

describe('refused by name is', () => {
  it.each([
    [
      'a loop',
      { kind: 'US loop', rows: 10, attributes: { NumberOfFrames: 2, Rows: 5 } },
      'image-kind-unsupported',
      /2 frames/,
    ],
    [
      'raw data',
      { attributes: { PresentationIntentType: 'FOR PROCESSING' } },
      'image-kind-unsupported',
      /for processing/,
    ],
    [
      'a slide',
      { attributes: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.6' } },
      'sop-class-unsupported',
      /Whole Slide/,
    ],
    ['an odd photometry', { attributes: { PhotometricInterpretation: 'CMYK' } }, 'photometric-unsupported', /CMYK/],
    ['an absurd slope', { attributes: { RescaleSlope: 0, RescaleIntercept: 0 } }, 'instance-unreadable', /Slope/],
  ] as const)('%s', async (_, changes, code, message) => {
    const error = await refusal(await gray({ pixels: { grayAt: () => 9 }, ...(changes as Partial<ImageOptions>) }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('a damaged image', async () => {
    const whole = await gray();
    expect((await refusal(whole.subarray(0, whole.length - 30))).code).toBe('instance-unreadable');
  });

  it('a mixture of two series', async () => {
    expect((await refusal(await gray(), await gray({ name: 'another' }))).code).toBe('series-mixed');
  });

  it('a series without any image, and nothing at all', async () => {
    expect((await refusal()).code).toBe('series-without-images');
  });
});
