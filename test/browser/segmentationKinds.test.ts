import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { shippedPhantomFolder } from '../../dicom-fixtures/src/shippedPhantom.js';
import { encodeSegmentation, type SegmentationInput } from '../../server/src/results/encodeSegmentation.js';
import type { Mask } from '../../server/src/values/mask.js';
import type { Volume } from '../../server/src/values/volume.js';
import { disjointSegmentsOf, segmentsOf, volumeOfFolder } from '../conformance/encodeSeries.js';
import { launchChromium } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { type DrawnFrame, drawnColours, drawnFrames, drawSegmentation, openViewer, screenshot } from './viewerPage.js';

const instances = path.join(shippedPhantomFolder, 'instances');

let product: Product;
let browser: Browser;
let volume: Volume;
let inputs: readonly SegmentationInput[];
/** Of the segments of each input, as OHIF draws them. */
const colours: number[][][] = [];

/** The same volume with the identifiers of one object of its own. */
const inputOf = (
  kind: 'BINARY' | 'LABELMAP',
  series: number,
  segments: SegmentationInput['segments'],
): SegmentationInput => ({
  source: volume,
  kind,
  segments,
  algorithm: {
    name: 'Conformance test',
    version: '1.0.0',
    familyCode: { value: '123105', scheme: 'DCM', meaning: 'Histogram Analysis' },
  },
  identifiers: { seriesInstanceUID: `2.25.81${series}`, sopInstanceUID: `2.25.82${series}` },
  seriesDescription: kind,
  createdAt: new Date('2026-11-22T04:05:06.789Z'),
});

beforeAll(async () => {
  volume = await volumeOfFolder(instances);
  inputs = [inputOf('BINARY', 1, segmentsOf(volume)), inputOf('LABELMAP', 2, disjointSegmentsOf(volume))];
  product = await startProduct({
    dicomFolders: [instances],
    instances: inputs.map((input) => encodeSegmentation(input).part10),
  });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

describe('the unmodified OHIF', () => {
  it.each([
    ['BINARY, overlapping segments', 0],
    ['LABELMAP', 1],
  ])('draws a segmentation of kind %s, voxel for voxel', async (_kind, index) => {
    const { identifiers, segments, seriesDescription } = inputs[index]!;
    const { page, incidents } = await openViewer(browser, product.url, volume.studyInstanceUID);
    try {
      await drawSegmentation(page, identifiers.seriesInstanceUID);
      const drawn = await drawnFrames(page, identifiers.seriesInstanceUID);
      await screenshot(page, `kind-${seriesDescription.toLowerCase()}`);
      const expected = segments.flatMap(({ mask }, segment) => framesOf(mask, segment + 1));
      // toEqual would print megabytes where they differ
      expect(drawn).toHaveLength(expected.length);
      expect(JSON.stringify(inOrder(drawn)) === JSON.stringify(inOrder(expected))).toBe(true);
      colours.push(await drawnColours(page, segments.length));
      expect(incidents).toEqual([]);
    } finally {
      await page.close();
    }
  });

  it('gives the segments of a label map the colours that they have in the other kind', () => {
    const [binary, labelMap] = colours;
    expect(new Set(binary!.map(String)).size).toBe(inputs[0]!.segments.length);
    expect(labelMap).toEqual(binary);
  });
});

/** The slices of a mask that hold anything. Every slice begins with a byte. */
function framesOf({ grid: { size }, bits }: Mask, segmentNumber: number): DrawnFrame[] {
  const bytes = (size[0] * size[1]) / 8;
  return volume.sourceImages.flatMap(({ sopInstanceUID }, slice) => {
    const frame = bits.subarray(slice * bytes, (slice + 1) * bytes);
    if (frame.every((byte) => byte === 0)) return [];
    return [{ image: sopInstanceUID, segmentNumber, packed: Buffer.from(frame).toString('base64') }];
  });
}

const inOrder = (frames: readonly DrawnFrame[]) =>
  [...frames].sort((a, b) => a.segmentNumber - b.segmentNumber || a.image.localeCompare(b.image));
