import { describe, expect, it } from '@jest/globals';
import dcmjs from 'dcmjs';
import { encodeJpeg } from '../../dicom-fixtures/src/encodeJpeg.js';
import { type Compression, encodePixelData, transferSyntaxUIDs } from '../../dicom-fixtures/src/encodePixelData.js';
import { decodeSegmentation } from '../../server/src/results/decodeSegmentation.js';
import { encodeSegmentation } from '../../server/src/results/encodeSegmentation.js';
import { type ReadSegmentation, readSegmentation } from '../../server/src/results/readSegmentation.js';
import { makeInput, makeVolume } from '../../server/src/results/syntheticSegments.js';
import { verifyStored } from '../../server/src/results/verifyStored.js';
import { fromAxes } from '../../server/src/values/affine.js';
import type { Mask } from '../../server/src/values/mask.js';

const grid = {
  size: [72, 68, 4],
  voxelToLps: fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 3], [0, 0, 0]),
} as const;

/** Masks that share no voxel: voxel n belongs to mask n mod 4, if there is one. */
const masks = [0, 1, 2].map((index): Mask => {
  const bits = new Uint8Array(Math.ceil((72 * 68 * 4) / 8));
  for (let n = index; n < 72 * 68 * 4; n += 4) bits[n >> 3]! |= 1 << (n & 7);
  return { grid, bits };
});

const labelsOf = ({ pixels }: ReadSegmentation): Uint8Array | Uint16Array => {
  if (pixels.type !== 'LABELMAP') throw new Error(`a ${pixels.type}`);
  return pixels.labels;
};

const labelMap = encodeSegmentation({ ...makeInput(makeVolume(grid), masks), kind: 'LABELMAP' }).part10;

type Encode = (samples: Uint8Array) => Promise<Uint8Array>;
const [columns, rows, slices] = grid.size;
const coded =
  (compression: Compression, near = 0): Encode =>
  (samples) =>
    encodePixelData({ columns, rows, samples, bitsStored: 8 }, compression, near);
const jpeg: Encode = (samples) => encodeJpeg(samples, columns, rows, 1);

/** The label map with its frames compressed by codecs that are not ours, as an archive may do. */
async function compressed(encode: Encode, transferSyntaxUID: string, change = (_labels: Uint8Array) => {}) {
  const labels = Uint8Array.from(labelsOf(readSegmentation(labelMap)));
  change(labels);
  const frames = Array.from({ length: slices }, (_, k) => labels.slice(k * columns * rows, (k + 1) * columns * rows));
  const file = dcmjs.data.DicomMessage.readFile(labelMap.slice().buffer);
  file.meta['00020010']!.Value = [transferSyntaxUID];
  file.dict['7FE00010'] = { vr: 'OB', Value: (await Promise.all(frames.map(encode))).map(bufferOf) };
  return new Uint8Array(file.write({ fragmentMultiframe: false }));
}

const bufferOf = (bytes: Uint8Array) => bytes.slice().buffer;

/**
 * As it was coded, and under which transfer syntax; archives keep what has no loss under those that allow for loss too.
 */
const withoutLoss: readonly (readonly [name: string, encode: Encode, transferSyntaxUID: string])[] = [
  ['JPEG-LS Lossless', coded('jpeg-ls'), transferSyntaxUIDs['jpeg-ls']],
  ['JPEG 2000 Lossless Only', coded('jpeg-2000'), transferSyntaxUIDs['jpeg-2000']],
  ['JPEG-LS Near-Lossless, but none is off', coded('jpeg-ls'), '1.2.840.10008.1.2.4.81'],
  ['JPEG 2000, reversible', coded('jpeg-2000'), '1.2.840.10008.1.2.4.91'],
];
const withLoss: typeof withoutLoss = [
  ['JPEG-LS Near-Lossless', coded('jpeg-ls', 1), '1.2.840.10008.1.2.4.81'],
  ['JPEG Baseline', jpeg, transferSyntaxUIDs['jpeg-baseline']],
];

describe('a label map', () => {
  it.each(withoutLoss)('in %s is read like the one in RLE', async (_, encode, transferSyntaxUID) => {
    const part10 = await compressed(encode, transferSyntaxUID);
    const read = await decodeSegmentation(part10);
    expect([...labelsOf(read)]).toEqual([...labelsOf(readSegmentation(labelMap))]);
    expect(read.segments).toEqual(readSegmentation(labelMap).segments);
    expect(() => readSegmentation(part10)).toThrow(expect.objectContaining({ code: 'segmentation-unreadable' }));
  });

  it.each(withLoss)('in %s is refused, by name', async (name, encode, transferSyntaxUID) => {
    await expect(decodeSegmentation(await compressed(encode, transferSyntaxUID))).rejects.toMatchObject({
      code: 'segmentation-unreadable',
      message: expect.stringContaining(name.split(' ')[0]!),
    });
  });

  it('whose codestream is damaged is refused', async () => {
    const part10 = await compressed(coded('jpeg-2000'), transferSyntaxUIDs['jpeg-2000']);
    part10.fill(0xff, part10.length - 60, part10.length - 8);
    await expect(decodeSegmentation(part10)).rejects.toMatchObject({ code: 'segmentation-unreadable' });
    await expect(verifyStored(labelMap, part10)).rejects.toMatchObject({
      code: 'store-not-verified',
      message: expect.stringContaining('damaged'),
    });
  });

  it('without compression or in RLE is read as before', async () => {
    expect(await decodeSegmentation(labelMap)).toEqual(readSegmentation(labelMap));
  });
});

describe('a label map that the archive compressed again is', () => {
  // Of so few labels the JPEG at hand loses nothing: what counts is every pixel, not the name.
  it.each([...withoutLoss, withLoss[1]!])('what was sent, in %s', async (_, encode, transferSyntaxUID) => {
    await verifyStored(labelMap, await compressed(encode, transferSyntaxUID));
    // To a destination it goes as the archive has it now.
    await verifyStored(await compressed(encode, transferSyntaxUID), labelMap);
  });

  const changed: readonly (readonly [...(typeof withLoss)[number], off: number])[] = [
    [...withLoss[0]!, 0],
    [...withLoss[1]!, 200],
    ...withoutLoss.map(([name, encode, uid]) => [`${name}, with one label off`, encode, uid, 1] as const),
  ];
  it.each(changed)('not what was sent, in %s', async (_, encode, transferSyntaxUID, off) => {
    const part10 = await compressed(encode, transferSyntaxUID, (labels) => {
      labels[0]! += off;
    });
    await expect(verifyStored(labelMap, part10)).rejects.toMatchObject({
      code: 'store-not-verified',
      message: expect.stringMatching(/^The archive gives the result back with other pixels: it wrote it as JPEG/),
      details: { differing: ['pixels'] },
    });
  });

  it('not known, in a compression that nobody here reads', async () => {
    const part10 = await compressed(async (samples) => samples, '1.2.840.10008.1.2.4.110');
    await expect(verifyStored(labelMap, part10)).rejects.toMatchObject({
      code: 'store-not-verified',
      message: expect.stringContaining('compressed in a way that is not supported'),
    });
  });
});
