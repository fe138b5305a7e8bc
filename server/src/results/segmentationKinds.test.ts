import { describe, expect, it } from '@jest/globals';
import dcmjs from 'dcmjs';
import { parseInstance } from '../dicom/dicomInstance.js';
import { PromptsegError } from '../platform/errors.js';
import type { Vector3 } from '../values/affine.js';
import { type SliceGrid, voxelCount } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import type { Volume } from '../values/volume.js';
import { bitsOfSegment } from './bitsOfSegment.js';
import { encodeSegmentation, type SegmentationInput } from './encodeSegmentation.js';
import { fractionsOfSegment, maskOfSegment } from './maskOfSegment.js';
import { requirePixelDataFits } from './pixelDataLimit.js';
import { readSegmentation } from './readSegmentation.js';
import type { SegmentationKind } from './segmentationFrames.js';
import { header, makeInput, makeTarget, makeVolume, random, randomGrid, randomMask } from './syntheticSegments.js';
import { verifyStored } from './verifyStored.js';

const { DicomMessage, DicomMetaDictionary } = dcmjs.data;

// biome-ignore lint/suspicious/noExplicitAny: dcmjs, a reader that is not ours, gives values without types
type Naturalized = any;

function parse(part10: Uint8Array): Naturalized {
  return DicomMetaDictionary.naturalizeDataset(DicomMessage.readFile(part10.slice().buffer as ArrayBuffer).dict);
}

const isSet = ({ bits }: Mask, voxel: number): boolean => ((bits[voxel >> 3]! >> (voxel & 7)) & 1) === 1;

/** Masks of which no two share a voxel, each with at least one; some slices hold none, some several. */
function disjointMasks(grid: SliceGrid, count: number, next: () => number): Mask[] {
  const voxels = voxelCount(grid);
  const frameVoxels = grid.size[0] * grid.size[1];
  const masks = Array.from({ length: count }, () => ({ grid, bits: new Uint8Array(Math.ceil(voxels / 8)) }));
  for (let voxel = 0; voxel < voxels; voxel++) {
    const slice = Math.floor(voxel / frameVoxels);
    const index = voxel < count ? voxel : slice % 3 === 1 ? count : Math.floor(1.5 * count * next());
    if (index < count) masks[index]!.bits[voxel >> 3]! |= 1 << (voxel & 7);
  }
  return masks;
}

/** Probabilities that are 0 in most places, at least 128 in the mask. */
function probabilityOf(mask: Mask, next: () => number): Uint8Array {
  return Uint8Array.from({ length: voxelCount(mask.grid) }, (_, voxel) => {
    if (isSet(mask, voxel)) return 128 + Math.floor(128 * next());
    return next() < 0.1 ? Math.floor(128 * next()) : 0;
  });
}

function inputOf(
  kind: SegmentationKind,
  volume: Volume,
  masks: readonly Mask[],
  next: () => number = random(7),
): SegmentationInput {
  const input = makeInput(volume, masks);
  if (kind !== 'FRACTIONAL') return { ...input, kind };
  return {
    ...input,
    kind,
    segments: input.segments.map((segment) => ({ ...segment, probability: probabilityOf(segment.mask, next) })),
  };
}

/** What was put in comes out, for our own reader, voxel by voxel. */
function expectSame({ kind, segments, source }: SegmentationInput, part10: Uint8Array): void {
  const read = readSegmentation(part10);
  expect(read.pixels.type).toBe(kind === 'OCCUPANCY' ? 'FRACTIONAL' : kind);
  segments.forEach(({ mask, probability }, index) => {
    if (probability !== undefined)
      expect(Buffer.compare(fractionsOfSegment(read, index + 1, source.grid), probability)).toBe(0);
    else expect(Buffer.compare(bitsOfSegment(read, index + 1, source.grid).bits, mask.bits)).toBe(0);
  });
}

const kinds = ['BINARY', 'LABELMAP', 'FRACTIONAL', 'OCCUPANCY'] as const;

describe.each(kinds)('a %s segmentation, encoded and read', (kind) => {
  const sizes: Vector3[] = [
    [23, 37, 5],
    [16, 16, 7],
    [3, 1, 3],
    [3, 5, 1],
    [257, 3, 4],
    [64, 33, 9],
  ];
  it.each(sizes.flatMap((size) => [0, 1, 2, 3].map((seed) => ({ size, seed }))))(
    'is the same on oblique, flipped and tilted grids: $size, seed $seed',
    ({ size, seed }) => {
      const next = random(100 * seed + size[1]);
      const grid = randomGrid(next, size, seed % 2 === 1);
      const input = inputOf(kind, makeVolume(grid), disjointMasks(grid, 3, next), next);
      expectSame(input, encodeSegmentation(input).part10);
    },
  );

  it('is the same on slices of uneven distance, and states no distance, but the thickness of the source', () => {
    const next = random(11);
    const { size, voxelToLps } = randomGrid(next, [9, 7, 5], true);
    const grid: SliceGrid = { size, voxelToLps, slicePositions: [0, 1, 2.5, 3, 7.25] };
    const volume = makeVolume(grid, { header: { ...header, SliceThickness: '2.5' } });
    const input = inputOf(kind, volume, disjointMasks(grid, 2, next), next);
    const { part10 } = encodeSegmentation(input);
    expectSame(input, part10);
    const [measures] = parse(part10).SharedFunctionalGroupsSequence[0].PixelMeasuresSequence;
    expect(measures).not.toHaveProperty('SpacingBetweenSlices');
    expect(measures.SliceThickness).toBe(2.5);
  });

  it('refers to the instance and frame of a multi-frame source, and repeats its position to the digit', () => {
    const next = random(12);
    const grid = randomGrid(next, [6, 5, 3]);
    const sourceImages = [1.1000001, 3.3000007, 5.5].map((z, slice) => ({
      sopClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
      sopInstanceUID: '2.25.77',
      frameNumber: 3 - slice,
      imagePositionPatient: [0.123456789012, -7, z] as const,
    }));
    const [mask] = [randomMask(grid, next, () => true)];
    const { part10 } = encodeSegmentation(inputOf(kind, makeVolume(grid, { sourceImages }), [mask!]));
    const { frames } = readSegmentation(part10);
    expect(frames.map(({ sourceImages: [source] }) => [source!.sopInstanceUID, source!.frameNumber])).toEqual([
      ['2.25.77', 3],
      ['2.25.77', 2],
      ['2.25.77', 1],
    ]);
    expect(frames.map(({ imagePositionPatient }) => imagePositionPatient)).toEqual(
      sourceImages.map(({ imagePositionPatient }) => imagePositionPatient),
    );
    expect(new Set(frames.map(({ imageOrientationPatient }) => imageOrientationPatient.join())).size).toBe(1);
  });

  it('is the same bytes for the same input', () => {
    const next = random(13);
    const grid = randomGrid(next, [9, 7, 3]);
    const input = inputOf(kind, makeVolume(grid), disjointMasks(grid, 2, next));
    expect(Buffer.compare(encodeSegmentation(input).part10, encodeSegmentation(input).part10)).toBe(0);
  });

  it('is compared pixel by pixel after the archive', async () => {
    const next = random(14);
    const grid = randomGrid(next, [9, 7, 3]);
    const input = inputOf(kind, makeVolume(grid), disjointMasks(grid, 2, next));
    const sent = encodeSegmentation(input).part10;
    const coerced = { ...input.source, header: { ...input.source.header, PatientID: 'COERCED' } };
    await verifyStored(sent, encodeSegmentation({ ...input, source: coerced }).part10);

    const changed = input.segments.map(({ target, mask, probability }, index) => {
      const bits = Uint8Array.from(mask.bits);
      if (index === 1) bits[0]! ^= 1 << 1; // takes one of several voxels away
      const values = probability?.with(40, probability[40]! ^ 1);
      return { target, mask: { grid, bits }, ...(values && { probability: values }) };
    });
    await expect(verifyStored(sent, encodeSegmentation({ ...input, segments: changed }).part10)).rejects.toMatchObject({
      code: 'store-not-verified',
      details: { differing: ['pixels'] },
    });
  });

  it('refuses damaged pixels', () => {
    const next = random(15);
    const grid = randomGrid(next, [40, 30, 3]);
    const { part10 } = encodeSegmentation(inputOf(kind, makeVolume(grid), disjointMasks(grid, 2, next)));
    for (const length of [40, 400])
      expect(() => readSegmentation(part10.subarray(0, part10.length - length))).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(instance|segmentation)-unreadable$/) }),
      );
  });
});

describe.each(kinds)('a %s segmentation with flipped bits', (kind) => {
  it('is read or refused, and nothing else happens', () => {
    const next = random(16);
    const grid = randomGrid(next, [9, 7, 3]);
    const { part10 } = encodeSegmentation(inputOf(kind, makeVolume(grid), disjointMasks(grid, 2, next)));
    const outcomes = Array.from({ length: 400 }, () => {
      const mutated = Uint8Array.from(part10);
      for (let flips = 1 + Math.floor(3 * next()); flips > 0; flips--)
        mutated[Math.floor(next() * mutated.length)]! ^= 1 << Math.floor(8 * next());
      try {
        readSegmentation(mutated);
        return 'read';
      } catch (error) {
        return error instanceof PromptsegError ? error.code : error;
      }
    });
    expect(outcomes).toContain('read');
    expect(
      outcomes.filter(
        (outcome) => !['read', 'instance-unreadable', 'segmentation-unreadable'].includes(outcome as string),
      ),
    ).toEqual([]);
  });
});

describe('the pixels of one object', () => {
  it('are fewer than 3.75 GiB', () => {
    expect(() => requirePixelDataFits(0xf0000000 - 1)).not.toThrow();
    expect(() => requirePixelDataFits(0xf0000000)).toThrow(expect.objectContaining({ code: 'result-not-encodable' }));
  });
});

describe('a label map', () => {
  const next = random(21);
  const grid = randomGrid(next, [9, 7, 5]);
  const volume = makeVolume(grid);
  const masks = disjointMasks(grid, 3, next);
  const { part10, sopClassUID, numberOfFrames } = encodeSegmentation(inputOf('LABELMAP', volume, masks));
  const dataset = parse(part10);

  it('is of its own SOP class, with one frame per slice and no segment of a frame', () => {
    expect(sopClassUID).toBe('1.2.840.10008.5.1.4.1.1.66.7');
    expect(dataset).toMatchObject({ SOPClassUID: sopClassUID, SegmentationType: 'LABELMAP', SegmentsOverlap: 'NO' });
    // slices 1 and 4 hold nothing
    expect(numberOfFrames).toBe(3);
    expect(dataset.DimensionIndexSequence).toHaveLength(1);
    const groups = dataset.PerFrameFunctionalGroupsSequence;
    expect(groups.map((frame: Naturalized) => frame.FrameContentSequence[0].DimensionIndexValues)).toEqual([1, 2, 3]);
    expect(groups[0]).not.toHaveProperty('SegmentIdentificationSequence');
  });

  it('describes its background as segment 0, which is padding', () => {
    expect(dataset).toMatchObject({ BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelPaddingValue: 0 });
    expect(dataset.SegmentSequence.map(({ SegmentNumber }: Naturalized) => SegmentNumber)).toEqual([1, 2, 3, 0]);
    expect(dataset.SegmentSequence[3].SegmentedPropertyTypeCodeSequence[0].CodeValue).toBe('125040');
    expect(readSegmentation(part10).pixels).toMatchObject({ background: 0 });
  });

  it('says in its Basic Offset Table where each frame begins', () => {
    const { basicOffsetTable, fragments } = parseInstance(part10).element('x7fe00010')!;
    expect(fragments).toHaveLength(3);
    expect(basicOffsetTable).toEqual(fragments!.map(({ offset }) => offset));
  });

  it.each([
    [255, 8],
    [256, 16],
    [300, 16],
  ])('of %i segments has %i bits per pixel', (count, bitsAllocated) => {
    const many = disjointMasks(randomGrid(next, [21, 19, 2]), count, next);
    const input = inputOf('LABELMAP', makeVolume(many[0]!.grid), many);
    const { part10: encoded } = encodeSegmentation(input);
    expect(parse(encoded)).toMatchObject({ BitsAllocated: bitsAllocated, HighBit: bitsAllocated - 1 });
    expectSame(input, encoded);
  });

  it('never holds segments that overlap: they are refused, and the error names two', () => {
    const mask = masks[0]!;
    const overlapping = makeInput(volume, masks).segments.concat({ target: makeTarget('the same again'), mask });
    expect(() => encodeSegmentation({ ...makeInput(volume, masks), kind: 'LABELMAP', segments: overlapping })).toThrow(
      expect.objectContaining({
        code: 'segments-overlap',
        details: { overlapping: ['target 1', 'the same again'] },
      }),
    );
  });

  it('does not take a neighbour in the same byte for an overlap, where frames do not end at bytes', () => {
    // 3 pixels per frame: byte 0 holds frames 0, 1 and a part of 2
    const narrow = randomGrid(next, [3, 1, 3]);
    const of = (...voxels: number[]): Mask => ({
      grid: narrow,
      bits: Uint8Array.of(
        voxels.filter((voxel) => voxel < 8).reduce((byte, voxel) => byte | (1 << voxel), 0),
        0,
      ),
    });
    const input = inputOf('LABELMAP', makeVolume(narrow), [of(0, 3, 6), of(1, 4, 7), of(2, 5)]);
    expectSame(input, encodeSegmentation(input).part10);
  });
});

describe('masks of a byte per pixel', () => {
  const next = random(41);
  const grid = randomGrid(next, [9, 7, 4]);
  const [mask, other] = disjointMasks(grid, 2, next);

  it.each([
    ['YES', [mask!, mask!]],
    ['NO', [mask!, other!]],
  ] as const)('may overlap (%s), and say that each voxel is wholly inside or outside', (overlap, masks) => {
    const input = inputOf('OCCUPANCY', makeVolume(grid), masks);
    const { part10, sopClassUID } = encodeSegmentation(input);
    expect(sopClassUID).toBe('1.2.840.10008.5.1.4.1.1.66.4');
    expect(parse(part10)).toMatchObject({
      SegmentationType: 'FRACTIONAL',
      SegmentationFractionalType: 'OCCUPANCY',
      MaximumFractionalValue: 1,
      SegmentsOverlap: overlap,
    });
    expectSame(input, part10);
  });
});

describe('a fractional segmentation', () => {
  const next = random(31);
  const grid = randomGrid(next, [9, 7, 4]);
  const volume = makeVolume(grid);
  const masks = [randomMask(grid, next, () => true)];

  it('says that it holds probabilities, and what stands for 1', () => {
    const { part10 } = encodeSegmentation(inputOf('FRACTIONAL', volume, masks));
    expect(parse(part10)).toMatchObject({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
      SegmentationType: 'FRACTIONAL',
      SegmentationFractionalType: 'PROBABILITY',
      MaximumFractionalValue: 255,
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
    });
    expect(readSegmentation(part10).pixels).toMatchObject({
      fractionalType: 'PROBABILITY',
      maximumFractionalValue: 255,
    });
  });

  it('has a frame wherever there is any probability, inside the mask or not', () => {
    const [segment] = makeInput(volume, masks).segments;
    const probability = new Uint8Array(voxelCount(grid));
    probability[3 * 63 + 62] = 1;
    probability[5] = 255;
    const { part10 } = encodeSegmentation({
      ...makeInput(volume, masks),
      kind: 'FRACTIONAL',
      segments: [{ ...segment!, probability }],
    });
    const read = readSegmentation(part10);
    expect(read.frames.map(({ sourceImages }) => sourceImages[0]!.sopInstanceUID)).toEqual([
      '2.25.20000',
      '2.25.20003',
    ]);
    expect(Buffer.compare(fractionsOfSegment(read, 1, grid), probability)).toBe(0);
  });

  it('cannot be made without probabilities', () => {
    expect(() => encodeSegmentation({ ...makeInput(volume, masks), kind: 'FRACTIONAL' })).toThrow(
      expect.objectContaining({ code: 'probabilities-unavailable' }),
    );
  });

  it.each([
    ['of another size', new Uint8Array(voxelCount(grid) - 1).fill(9)],
    ['that are all 0', new Uint8Array(voxelCount(grid))],
  ])('cannot be made of probabilities %s', (_what, probability) => {
    const segments = makeInput(volume, masks).segments.map((segment) => ({ ...segment, probability }));
    expect(() => encodeSegmentation({ ...makeInput(volume, masks), kind: 'FRACTIONAL', segments })).toThrow(
      expect.objectContaining({ code: 'result-not-encodable' }),
    );
  });

  it('has no mask, and a mask has no fractions', () => {
    const read = (kind: SegmentationKind) => readSegmentation(encodeSegmentation(inputOf(kind, volume, masks)).part10);
    expect(() => maskOfSegment(read('FRACTIONAL'), 1, grid)).toThrow(
      expect.objectContaining({ code: 'segmentation-unreadable' }),
    );
    expect(() => fractionsOfSegment(read('BINARY'), 1, grid)).toThrow(
      expect.objectContaining({ code: 'segmentation-unreadable' }),
    );
  });
});
