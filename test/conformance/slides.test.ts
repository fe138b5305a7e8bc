import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSlide } from '../../dicom-fixtures/src/createSlide.js';
import { headerOfJson } from '../../server/src/dicom/headerOfJson.js';
import { instanceMetadata } from '../../server/src/dicom/instanceMetadata.js';
import { naturalizeJson } from '../../server/src/dicom/naturalizeJson.js';
import { encodeResults } from '../../server/src/results/encodeResults.js';
import { encodeSegmentation, type SegmentationInput } from '../../server/src/results/encodeSegmentation.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { makeInput, random } from '../../server/src/results/syntheticSegments.js';
import { verifyStored } from '../../server/src/results/verifyStored.js';
import type { PixelGrid } from '../../server/src/values/grid.js';
import type { Mask } from '../../server/src/values/mask.js';
import { getBit, setBit } from '../../server/src/values/maskBits.js';
import type { SlideRegion } from '../../server/src/values/slide.js';
import { readSlideRegion } from '../../server/src/volume/readSlideRegion.js';
import { dciodvfy, itWithDciodvfy, itWithPython, readSlideWithHighdicom } from './outsideTools.js';

const kinds = ['BINARY', 'LABELMAP', 'FRACTIONAL'] as const;
const next = random(91);
const [columns, rows] = [150, 110];

/** 70 × 50 pixels from column 41 and row 31 on: parts of 3 × 3 tiles of 32 × 24. */
async function regionOf(organization: 'TILED_FULL' | 'TILED_SPARSE', orientation?: readonly number[]) {
  const parts = await createSlide({
    name: `slide ${organization}`,
    columns,
    rows,
    levels: 1,
    spacing: 0.0005,
    tile: { columns: 32, rows: 24 },
    colourAt: () => [220, 180, 200],
    organization,
    ...(orientation && { orientation }),
  });
  const metadata = parts.map(instanceMetadata);
  const frame = { bytes: new Uint8Array(3 * 32 * 24).fill(200), transferSyntaxUID: '1.2.840.10008.1.2.1' };
  return readSlideRegion(
    metadata.map(headerOfJson),
    () => naturalizeJson(metadata[0]!),
    async function* (_uid, numbers) {
      for (const _ of numbers) yield frame;
    },
    {
      stack: 'level-1',
      region: { unit: 'pixels', column: 41, row: 31, columns: 70, rows: 50 },
      modelSize: 64,
      signal: new AbortController().signal,
      onProgress: () => {},
    },
  );
}

/** Two segments that share no pixel; the second is in one corner only, so most of its tiles are empty. */
function inputOf(source: SlideRegion, kind: (typeof kinds)[number]): SegmentationInput<SlideRegion> {
  const [width, height] = source.grid.size;
  const masks = [1, 2].map((segment): Mask<PixelGrid> => {
    const bits = new Uint8Array(Math.ceil((width * height) / 8));
    for (let n = 0; n < width * height; n++) {
      const isInCorner = n % width > 60 && n / width > 44;
      if (isInCorner === (segment === 2) && next() < 0.4) setBit(bits, n);
    }
    return { grid: source.grid, bits };
  });
  const input = makeInput(source, masks);
  if (kind !== 'FRACTIONAL') return { ...input, kind };
  const segments = input.segments.map((segment) => ({
    ...segment,
    probability: Uint8Array.from({ length: width * height }, (_, n) => (getBit(segment.mask.bits, n) ? 200 : 7)),
  }));
  return { ...input, kind, segments };
}

/** What the whole total pixel matrix must hold of one segment, a byte per pixel. */
function inMatrix({ grid: { size }, first }: SlideRegion, valueAt: (n: number) => number): string {
  const matrix = new Uint8Array(columns * rows);
  for (let n = 0; n < size[0] * size[1]; n++)
    matrix[(first[1] + Math.floor(n / size[0])) * columns + first[0] + (n % size[0])] = valueAt(n);
  return createHash('sha256').update(matrix).digest('hex');
}

describe.each([
  ['TILED_FULL', undefined],
  ['TILED_SPARSE', [0, 1, 0, 1, 0, 0]],
] as const)('a segmentation of a region of a slide (%s)', (organization, orientation) => {
  let scratch: string;
  let source: SlideRegion;
  let inputs: SegmentationInput<SlideRegion>[];
  let parts: Uint8Array[];
  let files: string[];

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-slides-'));
    source = await regionOf(organization, orientation);
    inputs = kinds.map((kind) => inputOf(source, kind));
    parts = inputs.map((input) => encodeSegmentation(input).part10);
    files = kinds.map((kind) => path.join(scratch, `${kind}.dcm`));
    await Promise.all(files.map((file, index) => writeFile(file, parts[index]!)));
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  it('has the total pixel matrix of its level, and each tile refers to the frame that it is on', () => {
    const read = readSegmentation(parts[0]!);
    expect(read).toMatchObject({ totalPixelMatrix: [columns, rows], columns: 32, rows: 24 });
    expect(read.frameOfReferenceUID).toBe(source.slide.frameOfReferenceUID);
    // 3 × 3 tiles hold the first segment, one the second.
    expect(read.frames.map(({ segmentNumber }) => segmentNumber)).toEqual([...new Array(9).fill(1), 2]);
    for (const { placeInMatrix, sourceImages } of read.frames) {
      const [column, row] = placeInMatrix!;
      expect([(column - 1) % 32, (row - 1) % 24]).toEqual([0, 0]);
      const frameNumber = ((row - 1) / 24) * Math.ceil(columns / 32) + (column - 1) / 32 + 1;
      expect(sourceImages).toEqual([{ ...source.sourceImages[0], frameNumber }]);
    }
  });

  it('is not taken for the same at another place', async () => {
    const moved = { ...source, first: [source.first[0] + 32, source.first[1]] as const };
    const other = encodeSegmentation({ ...inputs[0]!, source: moved }).part10;
    await expect(verifyStored(parts[0]!, other)).rejects.toMatchObject({ details: { differing: ['frames'] } });
  });

  itWithDciodvfy('has no errors for dciodvfy', async () => {
    for (const file of [files[0]!, files[2]!]) expect((await dciodvfy(file)).errors).toEqual([]);
    // Of LABELMAP the dicom3tools of 2022 know neither the SOP class nor that the background is segment 0.
    const unknown = [/Information Object Not found/, /SegmentNumber not monotonically increasing from one/];
    const { errors } = await dciodvfy(files[1]!);
    expect(errors.filter((error) => !unknown.some((each) => each.test(error)))).toEqual([]);
  });

  itWithPython('fills the total pixel matrix of highdicom as it fills ours', async () => {
    const read = await Promise.all(files.map(readSlideWithHighdicom));
    for (const [index, { matrix, segments, origin, orientation: stated, frameOfReferenceUID }] of read.entries()) {
      expect(matrix).toEqual([columns, rows]);
      expect(origin).toEqual([...source.slide.origin]);
      expect(stated).toEqual([...source.slide.orientation]);
      expect(frameOfReferenceUID).toBe(source.slide.frameOfReferenceUID);
      const fractional = kinds[index] === 'FRACTIONAL';
      expect(segments.map(({ label, sha256 }) => [label, sha256])).toEqual(
        inputs[index]!.segments.map(({ target, mask, probability }) => [
          target.name,
          inMatrix(source, (n) => (fractional ? probability![n]! : Number(getBit(mask.bits, n)))),
        ]),
      );
      // The place on the slide of every frame, by highdicom's own geometry.
      expect(Math.max(...segments.map(({ greatestOffset }) => greatestOffset))).toBeLessThan(1e-6);
    }
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
});
