import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createImage } from '../../dicom-fixtures/src/createImage.js';
import { encodeResults } from '../../server/src/results/encodeResults.js';
import { encodeSegmentation, type SegmentationInput } from '../../server/src/results/encodeSegmentation.js';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import type { SegmentationKind } from '../../server/src/results/segmentationFrames.js';
import { makeInput, random } from '../../server/src/results/syntheticSegments.js';
import type { Mask } from '../../server/src/values/mask.js';
import { getBit } from '../../server/src/values/maskBits.js';
import type { SingleImage } from '../../server/src/values/singleImage.js';
import { readSingleImage } from '../../server/src/volume/readSingleImage.js';
import { streamOf } from '../volume/streamOf.js';
import { dciodvfy, itWithDciodvfy, itWithPython, readFramesWithHighdicom, readWithHighdicom } from './outsideTools.js';

const next = random(71);
const kinds = ['BINARY', 'LABELMAP', 'FRACTIONAL'] as const;

/** 23 × 37 pixels are 851 bits: the second frame does not begin with a byte. */
const image = async (kind: 'DX' | 'US' | 'OP'): Promise<SingleImage> => {
  const pixels =
    kind === 'DX'
      ? { grayAt: (i: number, j: number) => 40 * i + j, bitsStored: 12 }
      : { colourAt: (i: number, j: number) => [9 * i, 5 * j, 77] as const };
  const attributes = kind === 'DX' ? { FrameOfReferenceUID: '2.25.77', ImagerPixelSpacing: [0.14, 0.14] } : {};
  const part10 = await createImage({ name: 'image', kind, columns: 23, rows: 37, pixels, attributes });
  return readSingleImage(streamOf([part10]), { signal: new AbortController().signal });
};

/** Two segments that share no pixel. */
function inputOf(source: SingleImage, kind: SegmentationKind): SegmentationInput<SingleImage> {
  const count = 23 * 37;
  const owner = Uint8Array.from({ length: count }, () => Math.floor(4 * next()));
  const masks = [1, 2].map((segment): Mask<SingleImage['grid']> => {
    const bits = new Uint8Array(Math.ceil(count / 8));
    owner.forEach((each, pixel) => {
      if (each === segment) bits[pixel >> 3]! |= 1 << (pixel & 7);
    });
    return { grid: source.grid, bits };
  });
  const input = makeInput(source, masks);
  if (kind !== 'FRACTIONAL') return { ...input, kind };
  const probabilityOf = ({ bits }: Mask<SingleImage['grid']>) =>
    Uint8Array.from({ length: count }, (_, pixel) => (getBit(bits, pixel) ? 255 : Math.floor(100 * next())));
  return {
    ...input,
    kind,
    segments: input.segments.map((segment) => ({ ...segment, probability: probabilityOf(segment.mask) })),
  };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a segmentation of a single image', () => {
  let scratch: string;
  let source: SingleImage;
  let inputs: SegmentationInput<SingleImage>[];
  let parts: Uint8Array[];
  let files: string[];

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-single-'));
    source = await image('DX');
    inputs = kinds.map((kind) => inputOf(source, kind));
    parts = inputs.map((input) => encodeSegmentation(input).part10);
    files = kinds.map((kind) => path.join(scratch, `${kind}.dcm`));
    await Promise.all(files.map((file, index) => writeFile(file, parts[index]!)));
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  it('has no place: every frame is pixel for pixel on the image that it refers to', () => {
    for (const part10 of parts) {
      const { frameOfReferenceUID, frames, referencedSeries, rows, columns } = readSegmentation(part10);
      expect([frameOfReferenceUID, rows, columns]).toEqual([undefined, 37, 23]);
      expect(referencedSeries).toEqual([
        { seriesInstanceUID: source.seriesInstanceUID, instances: source.sourceImages },
      ]);
      for (const frame of frames) {
        expect(frame.imagePositionPatient).toBeUndefined();
        expect(frame.sourceImages).toEqual(source.sourceImages);
      }
    }
  });

  it('is the same pixel by pixel for our own reader', () => {
    const read = readSegmentation(parts[0]!);
    inputs[0]!.segments.forEach(({ mask }, index) => {
      expect(Buffer.compare(maskOfSegment(read, index + 1, source.grid).bits, mask.bits)).toBe(0);
    });
  });

  itWithDciodvfy('has no errors for dciodvfy, and no warnings of its own', async () => {
    expect(await dciodvfy(files[0]!)).toEqual({ errors: [], warnings: [] });
    expect((await dciodvfy(files[2]!)).errors).toEqual([]);
    // Of LABELMAP the dicom3tools of 2022 know neither the SOP class nor that the background is segment 0.
    const unknown = [/Information Object Not found/, /SegmentNumber not monotonically increasing from one/];
    const { errors } = await dciodvfy(files[1]!);
    expect(errors.filter((error) => !unknown.some((each) => each.test(error)))).toEqual([]);
  });

  itWithPython('is found by its image, the same pixel by pixel, for highdicom', async () => {
    const read = await readWithHighdicom(files[0]!, source.sourceImages);
    expect(read.map(({ number, label, sha256: found }) => [number, label, found])).toEqual(
      inputs[0]!.segments.map(({ target, mask }, index) => [index + 1, target.name, sha256(mask.bits)]),
    );
    const [labelMap, fractional] = await readFramesWithHighdicom(files.slice(1));
    const labels = new Uint8Array(23 * 37);
    for (const [index, { mask }] of inputs[1]!.segments.entries())
      for (let pixel = 0; pixel < labels.length; pixel++) if (getBit(mask.bits, pixel)) labels[pixel] = index + 1;
    expect(labelMap!.frames).toEqual([{ segment: null, sha256: sha256(labels) }]);
    expect(fractional!.frames).toEqual(
      inputs[2]!.segments.map(({ probability }, index) => ({ segment: index + 1, sha256: sha256(probability!) })),
    );
  });

  itWithDciodvfy.each(['US', 'OP'] as const)('in colour (%s) has no errors for dciodvfy either', async (kind) => {
    const file = path.join(scratch, `${kind}.dcm`);
    await writeFile(file, encodeSegmentation(inputOf(await image(kind), 'BINARY')).part10);
    expect(await dciodvfy(file)).toEqual({ errors: [], warnings: [] });
  });

  it.each(['measurementReport', 'rtStructureSet', 'secondaryCapture', 'report', 'presentationState'] as const)(
    'is all that can be made of it: no %s',
    (companion) => {
      const segments = inputs[0]!.segments.map((segment, index) => ({ ...segment, segmentNumber: index + 1 }));
      const input = { ...inputs[0]!, segments, output: { [companion]: true } };
      expect(() => encodeResults(input)).toThrow(expect.objectContaining({ code: 'volume-needed' }));
      expect(encodeResults({ ...input, output: {} })).toHaveLength(1);
    },
  );

  it('refuses a mask of another size, and one without a pixel', () => {
    const [{ target, mask }] = inputs[0]!.segments as [(typeof inputs)[0]['segments'][0]];
    const wrong = { ...mask, grid: { size: [37, 23, 1] as const } };
    const empty = { ...mask, bits: new Uint8Array(mask.bits.length) };
    for (const each of [wrong, empty])
      expect(() => encodeSegmentation({ ...inputs[0]!, segments: [{ target, mask: each }] })).toThrow(
        expect.objectContaining({ code: 'result-not-encodable' }),
      );
  });
});
