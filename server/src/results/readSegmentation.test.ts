import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import dcmjs from 'dcmjs';
import { scale } from '../values/affine.js';
import type { Grid } from '../values/grid.js';
import { encodeSegmentation } from './encodeSegmentation.js';
import { maskOfSegment } from './maskOfSegment.js';
import { readSegmentation } from './readSegmentation.js';
import { makeInput, makeTarget, makeVolume, random, randomGrid, randomMask } from './syntheticSegments.js';

const { DicomMessage } = dcmjs.data;

const next = random(31);
const grid = randomGrid(next, [11, 13, 6]);
const masks = [randomMask(grid, next, (slice) => slice > 1), randomMask(grid, next, (slice) => slice === 5)];
const input = makeInput(makeVolume(grid), masks);
const { part10 } = encodeSegmentation({
  ...input,
  segments: [
    { target: makeTarget('left lung', { laterality: 'left' }), mask: masks[0]! },
    { target: makeTarget('spleen'), mask: masks[1]! },
  ],
});

/** The object with another file meta information or dataset, written by dcmjs. */
function rewritten(change: (file: ReturnType<typeof DicomMessage.readFile>) => void): Uint8Array {
  const file = DicomMessage.readFile(part10.slice().buffer as ArrayBuffer);
  change(file);
  return new Uint8Array(file.write());
}

const unreadable = (bytes: Uint8Array) => () => {
  expect(() => readSegmentation(bytes)).toThrow(expect.objectContaining({ code: 'segmentation-unreadable' }));
};

describe('readSegmentation', () => {
  it('gives identifiers, segments and codes', () => {
    const read = readSegmentation(part10);
    expect(read).toMatchObject({
      sopInstanceUID: '2.25.3002',
      seriesInstanceUID: '2.25.3001',
      studyInstanceUID: '2.25.1001',
      frameOfReferenceUID: '2.25.1003',
      columns: 11,
      rows: 13,
    });
    // A reference names an image; how it is displayed is not in it.
    const instances = input.source.sourceImages.map(({ display: _, ...image }) => image);
    expect(read.referencedSeries).toEqual([{ seriesInstanceUID: '2.25.1002', instances }]);
    expect(read.segments.map(({ number, label }) => [number, label])).toEqual([
      [1, 'left lung'],
      [2, 'spleen'],
    ]);
    expect(read.segments[0]).toMatchObject({
      type: { value: '39607008', scheme: 'SCT', meaning: 'Lung' },
      typeModifiers: [{ value: '7771000', scheme: 'SCT', meaning: 'Left' }],
      algorithmType: 'AUTOMATIC',
      algorithmName: 'CT tissues',
    });
  });

  it('reads a BINARY object of a byte per pixel, as Cornerstone writes it when it compresses', () => {
    const bytes = new Uint8Array(readSegmentation(part10).frames.length * 11 * 13);
    const { pixels } = readSegmentation(part10);
    if (pixels.type !== 'BINARY') throw new Error('the object is not BINARY');
    for (let n = 0; n < bytes.length; n++) bytes[n] = (pixels.bits[n >> 3]! >> (n & 7)) & 1;
    const object = rewritten(({ dict }) => {
      dict['00280100'] = { vr: 'US', Value: [8] };
      dict['7FE00010'] = { vr: 'OB', Value: [bytes.buffer] };
    });
    const read = readSegmentation(object);
    expect(maskOfSegment(read, 1, grid)).toEqual(masks[0]);
    expect(maskOfSegment(read, 2, grid)).toEqual(masks[1]);
  });

  it('reads Implicit VR Little Endian', () => {
    const implicit = rewritten(({ meta }) => {
      meta['00020010']!.Value = ['1.2.840.10008.1.2'];
    });
    const read = readSegmentation(implicit);
    expect(maskOfSegment(read, 1, grid).bits).toEqual(masks[0]!.bits);
    expect(read.segments).toEqual(readSegmentation(part10).segments);
  });

  it('reads a deflated object', () => {
    const explicit = Buffer.from(
      rewritten(({ meta }) => {
        meta['00020010']!.Value = ['1.2.840.10008.1.2.1.99'];
      }),
    );
    // the dataset begins behind the group length, 12 bytes after preamble and prefix, and the group
    const start = 132 + 12 + explicit.readUInt32LE(140);
    const deflated = Buffer.concat([explicit.subarray(0, start), deflateRawSync(explicit.subarray(start))]);
    expect(maskOfSegment(readSegmentation(deflated), 2, grid).bits).toEqual(masks[1]!.bits);
  });

  it(
    'refuses single bits in a compression, whose bytes are no pixels',
    unreadable(
      rewritten(({ dict, meta }) => {
        meta['00020010']!.Value = ['1.2.840.10008.1.2.5'];
        dict['7FE00010'] = { vr: 'OB', Value: [new Uint8Array(4096).fill(255).buffer] };
      }),
    ),
  );

  it(
    'refuses an object that is no segmentation',
    unreadable(
      rewritten(({ dict }) => {
        delete dict['00620001'];
      }),
    ),
  );

  it.each([
    ['FRACTIONAL', 'whose pixels are single bits'],
    ['LABELMAP', 'whose pixels are single bits'],
    ['SURFACE', 'that nobody knows'],
  ])('refuses a segmentation of type %s %s', (type) => {
    unreadable(
      rewritten(({ dict }) => {
        dict['00620001']!.Value = [type];
      }),
    )();
  });

  it(
    'refuses fewer pixels than frames',
    unreadable(
      rewritten(({ dict }) => {
        dict['7FE00010']!.Value = [new ArrayBuffer(20)];
      }),
    ),
  );

  it(
    'refuses more frames than are described',
    unreadable(
      rewritten(({ dict }) => {
        dict['00280008']!.Value = ['99'];
      }),
    ),
  );

  it('refuses a truncated file', () => {
    expect(() => readSegmentation(part10.subarray(0, part10.length - 40))).toThrow(
      expect.objectContaining({ code: 'instance-unreadable' }),
    );
  });
});

describe('maskOfSegment', () => {
  const read = readSegmentation(part10);
  const refuses = (segmentNumber: number, on: Grid) =>
    expect(() => maskOfSegment(read, segmentNumber, on)).toThrow(
      expect.objectContaining({ code: 'segmentation-unreadable' }),
    );

  it('finds slices by their position, in a grid that is turned over', () => {
    const [columns, rows, slices] = grid.size;
    const m = grid.voxelToLps;
    const last = [0, 4, 8].map((row) => m[row + 3]! + (slices - 1) * m[row + 2]!);
    const flipped = [0, 4, 8].flatMap((row, axis) => [m[row]!, m[row + 1]!, -m[row + 2]!, last[axis]!]);
    const turned: Grid = { size: grid.size, voxelToLps: [...flipped, 0, 0, 0, 1] as unknown as Grid['voxelToLps'] };
    const { bits } = maskOfSegment(read, 1, turned);
    const voxelOf = (mask: Uint8Array, index: number) => (mask[index >> 3]! >> (index & 7)) & 1;
    for (let k = 0; k < slices; k++)
      for (let voxel = 0; voxel < columns * rows; voxel++)
        expect(voxelOf(bits, voxel + columns * rows * (slices - 1 - k))).toBe(
          voxelOf(masks[0]!.bits, voxel + columns * rows * k),
        );
  });

  it('refuses a segment that is not there', () => refuses(3, grid));

  it('refuses a grid of another size, place, orientation or spacing', () => {
    refuses(1, { ...grid, size: [13, 11, 6] });
    refuses(1, { ...grid, size: [11, 13, 3] });
    refuses(1, randomGrid(next, [11, 13, 6]));
    const m = grid.voxelToLps;
    const stretched = scale([m[0], m[4], m[8]], 1.01);
    refuses(1, {
      ...grid,
      voxelToLps: [
        stretched[0],
        m[1],
        m[2],
        m[3],
        stretched[1],
        m[5],
        m[6],
        m[7],
        stretched[2],
        m[9],
        m[10],
        m[11],
        0,
        0,
        0,
        1,
      ],
    });
  });
});
