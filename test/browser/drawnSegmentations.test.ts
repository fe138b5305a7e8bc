import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { shippedVocabulary } from '../../server/src/prompts/testing/shippedVocabulary.js';
import { chooseContainer } from '../../server/src/results/chooseContainer.js';
import type { EncodedResults } from '../../server/src/results/encodeResults.js';
import { encodeSegmentation, type SegmentationInput } from '../../server/src/results/encodeSegmentation.js';
import { withSideShades } from '../../server/src/segmenter/sideShades.js';
import { fromAxes } from '../../server/src/values/affine.js';
import type { Mask } from '../../server/src/values/mask.js';
import type { Target } from '../../server/src/values/target.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { encodeCompanions } from '../conformance/encodeCompanions.js';
import { disjointSegmentsOf, segmentsOf } from '../conformance/encodeSeries.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { until } from '../support/until.js';
import { streamOf } from '../volume/streamOf.js';
import {
  canvasPixels,
  type DrawnFrame,
  drawnColours,
  drawnFrames,
  drawSegmentation,
  imageOnScreen,
  oneViewport,
  openViewer,
  putSeries,
  screenshot,
  type ViewerPage,
} from './viewerPage.js';

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
/** What the masks are called, in their order: a left and a right one of the same colour, in their shades. */
const { targets } = withSideShades(shippedVocabulary('head'));
const names = ['left-thalamus', 'right-thalamus', 'brain-stem'];
const structures = names.map((id): Target => {
  const { name, concept } = targets.find((each) => each.id === id)!;
  return { id, name, prompt: name, concept };
});
const oneFrame = (_k: number, series: number) => `1.2.4.${series}`;

/** What is segmented, in which kind where the request names one, and the frames of reference that the images state. */
const cases = [
  { name: 'apart', masks: apart, frameOfReference: oneFrame, as: 'a label map' },
  { name: 'none', masks: apart, frameOfReference: () => undefined, as: 'on images without a frame of reference' },
  {
    name: 'own',
    masks: apart,
    frameOfReference: (k: number) => `1.2.5.${k}`,
    as: 'on images of one frame each',
  },
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
let viewer: ViewerPage;
/** Of the odd size, one per case. */
const volumes: Volume[] = [];
/** Of an ordinary size, in a study of its own. */
let body: Volume;
let kinds: readonly SegmentationInput[];
let companions: EncodedResults;

const inputOf = (
  kind: NonNullable<SegmentationInput['kind']>,
  source: Volume,
  segments: SegmentationInput['segments'],
  series: string,
): SegmentationInput => ({
  source,
  kind,
  segments,
  algorithm: {
    name: 'Test',
    version: '1.0.0',
    familyCode: { value: '123105', scheme: 'DCM', meaning: 'Histogram Analysis' },
  },
  identifiers: { seriesInstanceUID: `2.25.81${series}`, sopInstanceUID: `2.25.82${series}` },
  seriesDescription: `Segmentation ${series}`,
  createdAt: new Date('2026-11-22T04:05:06.789Z'),
});

const volumeOf = (instances: readonly Uint8Array[]): Promise<Volume> =>
  assembleVolume(streamOf(instances), { signal: new AbortController().signal });

beforeAll(async () => {
  const instances: Uint8Array[] = [];
  for (const [index, { name, masks, frameOfReference, ...rest }] of cases.entries()) {
    const images = await createSeries({
      name: `odd size, ${name}`,
      study: 'odd sizes',
      modality: 'CT',
      grid,
      valueAt: (i, j, k) => (Math.hypot(i - 25, j - 21) < 20 ? 40 + k : -1000),
      attributes: (k) => ({ FrameOfReferenceUID: frameOfReference(k, index) }),
    });
    volumes.push(await volumeOf(images));
    const { kind } = chooseContainer('wanted' in rest ? rest.wanted : undefined, masks);
    const segments = masks.map((mask, n) => ({ target: structures[n]!, mask }));
    instances.push(...images, encodeSegmentation(inputOf(kind, volumes[index]!, segments, `1${index}`)).part10);
  }
  const images = await smallPhantom('segmentation kinds');
  body = await volumeOf(images);
  kinds = [inputOf('BINARY', body, segmentsOf(body), '21'), inputOf('LABELMAP', body, disjointSegmentsOf(body), '22')];
  companions = encodeCompanions(body).results;
  instances.push(...images, ...[...kinds.map(encodeSegmentation), ...companions].map(({ part10 }) => part10));
  product = await startProduct({ instances });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

async function open(study: string): Promise<void> {
  await viewer?.page.close();
  viewer = await openViewer(browser, product.url, study);
}

/** Draws a segmentation that is in the archive, and compares what OHIF holds with what was encoded. */
async function isDrawn(seriesInstanceUID: string, masks: readonly Mask[], volume: Volume, name: string): Promise<void> {
  await drawSegmentation(viewer.page, seriesInstanceUID);
  const drawn = await drawnFrames(viewer.page, seriesInstanceUID);
  await screenshot(viewer.page, name);
  const expected = masks.flatMap((mask, n) => framesOf(mask, n + 1, volume));
  expect(drawn).toHaveLength(expected.length);
  // toEqual would print megabytes where they differ.
  expect(JSON.stringify(inOrder(drawn)) === JSON.stringify(inOrder(expected))).toBe(true);
  expect(viewer.incidents).toEqual([]);
}

describe('the unmodified OHIF draws a segmentation of an odd size, voxel for voxel,', () => {
  beforeAll(async () => {
    await open(volumes[0]!.studyInstanceUID);
    await oneViewport(viewer.page);
  });

  it.each(cases.map(({ as, name }, index) => [as, name, index] as const))('%s (%s)', async (_, name, index) => {
    const volume = volumes[index]!;
    await putSeries(viewer.page, volume.seriesInstanceUID);
    const images = volume.sourceImages.map(({ sopInstanceUID }) => sopInstanceUID);
    await until(async () => images.includes(await imageOnScreen(viewer.page)));
    await isDrawn(`2.25.811${index}`, cases[index]!.masks, volume, `odd-size-${name}`);
  });

  it('left and right in different shades', async () => {
    const [left, right] = await drawnColours(viewer.page, `2.25.811${cases.length - 1}`, 2);
    expect(left!.every((channel, index) => channel > right![index]!)).toBe(true);
  });
});

describe('the unmodified OHIF', () => {
  /** Of the segments of each input, as OHIF draws them. */
  const colours: number[][][] = [];

  beforeAll(() => open(body.studyInstanceUID));

  it.each([
    ['BINARY, overlapping segments', 0],
    ['LABELMAP', 1],
  ])('draws a segmentation of kind %s, voxel for voxel', async (_kind, index) => {
    const { identifiers, segments, kind } = kinds[index]!;
    const masks = segments.map(({ mask }) => mask);
    await isDrawn(identifiers.seriesInstanceUID, masks, body, `kind-${kind!.toLowerCase()}`);
    colours.push(await drawnColours(viewer.page, identifiers.seriesInstanceUID, segments.length));
  });

  it('gives the segments of a label map the colours that they have in the other kind', () => {
    const [binary, labelMap] = colours;
    expect(new Set(binary!.map(String)).size).toBe(kinds[0]!.segments.length);
    expect(labelMap).toEqual(binary);
  });

  it('lists the structure set in the mode "Segment by text"', async () => {
    expect(await displaySet(viewer.page, companions[2]!.seriesInstanceUID)).toEqual({
      Modality: 'RTSTRUCT',
      SOPClassHandlerId: '@ohif/extension-cornerstone-dicom-rt.sopClassHandlerModule.dicom-rt',
    });
    expect(viewer.incidents).toEqual([]);
  });

  it('lists the report in its basic viewer', async () => {
    await viewer.page.close();
    const page = await newPage(browser, canvasPixels);
    await page.goto(`${product.url}/viewer?StudyInstanceUIDs=${body.studyInstanceUID}`);
    expect(await displaySet(page, companions[1]!.seriesInstanceUID)).toEqual({
      Modality: 'SR',
      SOPClassHandlerId: '@ohif/extension-cornerstone-dicom-sr.sopClassHandlerModule.dicom-sr',
    });
  });
});

/** What the test asks of OHIF's display sets. */
interface DisplaySet {
  readonly Modality: string;
  /** "unsupported" where OHIF can do nothing with it. */
  readonly SOPClassHandlerId: string;
}

interface ActiveDisplaySet extends DisplaySet {
  readonly SeriesInstanceUID: string;
}

/** What OHIF makes of a series of the study, once it has read it. */
const displaySet = (page: Page, seriesInstanceUID: string): Promise<DisplaySet> =>
  until(() =>
    page.evaluate((wanted) => {
      const { services } = window as unknown as {
        services?: { displaySetService?: { getActiveDisplaySets(): readonly ActiveDisplaySet[] } };
      };
      const active = services?.displaySetService?.getActiveDisplaySets() ?? [];
      const found = active.find(({ SeriesInstanceUID }) => SeriesInstanceUID === wanted);
      return found && { Modality: found.Modality, SOPClassHandlerId: found.SOPClassHandlerId };
    }, seriesInstanceUID),
  );

/** The slices of a mask that hold anything, each from a byte of its own on. */
const framesOf = ({ grid: { size }, bits }: Mask, segmentNumber: number, { sourceImages }: Volume): DrawnFrame[] =>
  sourceImages.flatMap(({ sopInstanceUID }, slice) => {
    const pixels = size[0] * size[1];
    const packed = Buffer.alloc(Math.ceil(pixels / 8));
    for (let n = 0; n < pixels; n++) {
      const voxel = slice * pixels + n;
      if ((bits[voxel >> 3]! >> (voxel & 7)) & 1) packed[n >> 3]! |= 1 << (n & 7);
    }
    return packed.every((byte) => byte === 0)
      ? []
      : [{ image: sopInstanceUID, segmentNumber, packed: packed.toString('base64') }];
  });

const inOrder = (frames: readonly DrawnFrame[]) =>
  [...frames].sort((a, b) => a.segmentNumber - b.segmentNumber || a.image.localeCompare(b.image));
