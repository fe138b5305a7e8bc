import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { chooseContainer } from '../../server/src/results/chooseContainer.js';
import { encodeSegmentation } from '../../server/src/results/encodeSegmentation.js';
import type { SegmentOfInput } from '../../server/src/results/storedFrames.js';
import { makeTarget } from '../../server/src/results/syntheticSegments.js';
import { fromAxes } from '../../server/src/values/affine.js';
import type { Mask } from '../../server/src/values/mask.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { launchChromium } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { streamOf } from '../volume/streamOf.js';
import { type DrawnFrame, drawnFrames, drawSegmentation, openViewer, screenshot } from './viewerPage.js';

/** 51 × 43 pixels are no multiple of 8, so all but the first frame of one bit per pixel begin within a byte. */
const [columns, rows, slices] = [51, 43, 6] as const;
const grid = {
  size: [columns, rows, slices],
  voxelToLps: fromAxes([4, 0, 0], [0, 4, 0], [0, 0, 5], [-100, -84, 0]),
} as const;

/** A disc on every slice but the first, which OHIF shows last, around (x, y). */
const disc = (x: number, y: number, radius: number): Mask => {
  const bits = new Uint8Array(Math.ceil((columns * rows * slices) / 8));
  for (let n = columns * rows; n < columns * rows * slices; n++) {
    const [i, j] = [n % columns, Math.floor(n / columns) % rows];
    if (Math.hypot(i - x, j - y) < radius) bits[n >> 3]! |= 1 << (n & 7);
  }
  return { grid, bits };
};

const apart = [disc(12, 20, 9), disc(37, 22, 9)];
const overlapping = [disc(20, 20, 12), disc(30, 22, 12), disc(25, 20, 5)];
const oneFrame = () => '1.2.4';

/** What is segmented, in which kind where the request names one, and the frames of reference that the images state. */
const cases = [
  { name: 'apart', masks: apart, frameOfReference: oneFrame, as: 'a label map' },
  { name: 'none', masks: apart, frameOfReference: () => undefined, as: 'on images without a frame of reference' },
  { name: 'own', masks: apart, frameOfReference: (k: number) => `1.2.4.${k}`, as: 'on images of one frame each' },
  { name: 'overlapping', masks: overlapping, frameOfReference: oneFrame, as: 'of segments that overlap' },
  { name: 'binary', masks: apart, wanted: 'binary', frameOfReference: oneFrame, as: 'of one bit per pixel' },
  {
    name: 'overlapping-binary',
    masks: overlapping,
    wanted: 'binary',
    frameOfReference: oneFrame,
    as: 'of one bit per pixel whose segments overlap',
  },
] as const;

let product: Product;
let browser: Browser;
const volumes: Volume[] = [];

const identifiersOf = (index: number) => ({ seriesInstanceUID: `2.25.91${index}`, sopInstanceUID: `2.25.92${index}` });

beforeAll(async () => {
  const instances: Uint8Array[] = [];
  for (const [index, { name, masks, frameOfReference, ...rest }] of cases.entries()) {
    const images = await createSeries({
      name: `odd size, ${name}`,
      modality: 'CT',
      grid,
      valueAt: (i, j, k) => (Math.hypot(i - 25, j - 21) < 20 ? 40 + k : -1000),
      attributes: (k) => ({ FrameOfReferenceUID: frameOfReference(k) }),
    });
    const volume = await assembleVolume(streamOf(images), { signal: new AbortController().signal });
    volumes.push(volume);
    const segments = masks.map((mask, n): SegmentOfInput => ({ target: makeTarget(`disc-${n}`), mask }));
    const { part10 } = encodeSegmentation({
      kind: chooseContainer('wanted' in rest ? rest.wanted : undefined, masks).kind,
      source: volume,
      segments,
      algorithm: {
        name: 'Test',
        version: '1.0.0',
        familyCode: { value: '123105', scheme: 'DCM', meaning: 'Histogram Analysis' },
      },
      identifiers: identifiersOf(index),
      seriesDescription: name,
      createdAt: new Date('2026-11-22T04:05:06.789Z'),
    });
    instances.push(...images, part10);
  }
  product = await startProduct({ instances });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

describe('the unmodified OHIF draws a segmentation of an odd size, voxel for voxel,', () => {
  it.each(cases.map(({ as, name }, index) => [as, name, index] as const))('%s (%s)', async (_, name, index) => {
    const { seriesInstanceUID } = identifiersOf(index);
    const { page, incidents } = await openViewer(browser, product.url, volumes[index]!.studyInstanceUID);
    try {
      await drawSegmentation(page, seriesInstanceUID);
      const drawn = await drawnFrames(page, seriesInstanceUID);
      await screenshot(page, `odd-size-${name}`);
      const expected = cases[index]!.masks.flatMap((mask, n) => framesOf(mask, n + 1, volumes[index]!));
      expect(drawn).toHaveLength(expected.length);
      expect(JSON.stringify(inOrder(drawn)) === JSON.stringify(inOrder(expected))).toBe(true);
      expect(incidents).toEqual([]);
    } finally {
      await page.close();
    }
  });
});

/** The slices of a mask that hold anything, each from a byte of its own on. */
const framesOf = ({ bits }: Mask, segmentNumber: number, { sourceImages }: Volume): DrawnFrame[] =>
  sourceImages.flatMap(({ sopInstanceUID }, slice) => {
    const packed = Buffer.alloc(Math.ceil((columns * rows) / 8));
    for (let n = 0; n < columns * rows; n++) {
      const voxel = slice * columns * rows + n;
      if ((bits[voxel >> 3]! >> (voxel & 7)) & 1) packed[n >> 3]! |= 1 << (n & 7);
    }
    return packed.every((byte) => byte === 0)
      ? []
      : [{ image: sopInstanceUID, segmentNumber, packed: packed.toString('base64') }];
  });

const inOrder = (frames: readonly DrawnFrame[]) =>
  [...frames].sort((a, b) => a.segmentNumber - b.segmentNumber || a.image.localeCompare(b.image));
