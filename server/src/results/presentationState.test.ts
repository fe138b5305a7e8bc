import { describe, expect, it } from '@jest/globals';
import { naturalizeHeader } from '../dicom/naturalizeHeader.js';
import { fromAxes } from '../values/affine.js';
import type { Mask } from '../values/mask.js';
import type { StatedDisplay, Volume } from '../values/volume.js';
import { encodePresentationState } from './presentationState.js';
import { makeVolume, random, randomMask } from './syntheticSegments.js';

// biome-ignore lint/suspicious/noExplicitAny: datasets as dcmjs reads them
type Naturalized = any;

const grid = { size: [6, 5, 3], voxelToLps: fromAxes([0.5, 0, 0], [0, 0.75, 0], [0, 0, 2], [0, 0, 0]) } as const;
const ring: Mask = { grid, bits: new Uint8Array(Math.ceil((6 * 5 * 3) / 8)) };
for (const n of [7, 8, 9, 13, 15, 19, 20, 21]) {
  const voxel = n + 6 * 5;
  ring.bits[voxel >> 3]! |= 1 << (voxel & 7);
}
const segment = { segmentNumber: 4, name: 'Ring', colour: [255, 0, 0], mask: ring } as const;

function encode(volume: Volume, segments: Parameters<typeof encodePresentationState>[0]['segments'] = [segment]) {
  return encodePresentationState({
    source: volume,
    segmentation: { sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4', sopInstanceUID: '2.25.3002' },
    segments,
    seriesDescription: 'Outlines of ring',
    createdAt: new Date('2026-11-22T04:05:06.789Z'),
  }).part10;
}
const read = (part10: Uint8Array): Naturalized => naturalizeHeader(part10);

/** A volume whose slices are displayed so. */
const displayed = (displays: readonly StatedDisplay[], changes: Partial<Volume> = {}): Volume => {
  const volume = makeVolume(grid, changes);
  const sourceImages = volume.sourceImages.map((image, slice) => ({ ...image, display: displays[slice]! }));
  return { ...volume, sourceImages };
};
const scaled = (slope: number, intercept: number, window?: StatedDisplay['window']): StatedDisplay => ({
  rescale: { slope, intercept },
  toVoxels: { slope, intercept },
  ...(window && { window }),
});

describe('a presentation state', () => {
  it('has closed polylines along the sides of the pixels, also around holes', () => {
    const state = read(encode(makeVolume(grid)));
    const [annotation, words] = state.GraphicAnnotationSequence;
    expect(annotation).toMatchObject({
      GraphicLayer: 'SEGMENT 4',
      ReferencedImageSequence: [{ ReferencedSOPInstanceUID: '2.25.20001' }],
      TextObjectSequence: [{ UnformattedTextValue: 'Ring' }],
    });
    expect(annotation.GraphicObjectSequence.map(({ GraphicData: data }: Naturalized) => [...data])).toEqual([
      [1, 1, 4, 1, 4, 4, 1, 4, 1, 1],
      expect.arrayContaining([2, 3]),
    ]);
    expect(annotation.GraphicObjectSequence).toMatchObject([
      { NumberOfGraphicPoints: 5, GraphicDimensions: 2, GraphicType: 'POLYLINE', GraphicAnnotationUnits: 'PIXEL' },
      { NumberOfGraphicPoints: 5, GraphicFilled: 'N' },
    ]);
    expect(words).toMatchObject({ TextObjectSequence: [{ UnformattedTextValue: 'Research use only' }] });
    expect(words.ReferencedImageSequence).toBeUndefined();
    expect(state.DisplayedAreaSelectionSequence).toMatchObject([{ PresentationPixelSpacing: [0.75, 0.5] }]);
  });

  it('names the structures that fit on the display, and outlines the others too', () => {
    const many = Array.from({ length: 32 }, (_, n) => ({ ...segment, segmentNumber: n + 1 }));
    const state = read(encode(makeVolume(grid), many));
    const named = state.GraphicAnnotationSequence.filter((each: Naturalized) => each.TextObjectSequence);
    expect([state.GraphicAnnotationSequence.length, named.length]).toEqual([33, 31]);
    expect(state.GraphicLayerSequence).toHaveLength(33);
  });

  it('has one Modality LUT and one window where the images agree', () => {
    const window = { center: 40, width: 400 };
    const state = read(encode(displayed(Array(3).fill(scaled(2, -1024, window)))));
    expect(state).toMatchObject({ RescaleSlope: 2, RescaleIntercept: -1024, PresentationLUTShape: 'IDENTITY' });
    expect(state.SoftcopyVOILUTSequence).toMatchObject([{ WindowCenter: 40, WindowWidth: 400 }]);
    expect(state.SoftcopyVOILUTSequence[0].ReferencedImageSequence).toBeUndefined();
  });

  it('has windows in stored values, and no Modality LUT, where slopes differ', () => {
    const window = { center: 100, width: 50, function: 'LINEAR_EXACT' };
    const state = read(encode(displayed([1, 2, 2].map((slope) => scaled(slope, 0, window)))));
    expect([state.RescaleSlope, state.RescaleIntercept, state.RescaleType]).toEqual([undefined, undefined, undefined]);
    expect(state.SoftcopyVOILUTSequence).toMatchObject([
      { WindowCenter: 100, WindowWidth: 50, ReferencedImageSequence: [{ ReferencedSOPInstanceUID: '2.25.20000' }] },
      { WindowCenter: 50, WindowWidth: 25, VOILUTFunction: 'LINEAR_EXACT' },
    ]);
    expect(state.SoftcopyVOILUTSequence[1].ReferencedImageSequence).toHaveLength(2);
  });

  it('shows images without a window from the lowest to the highest value of the volume', () => {
    const voxels = Int16Array.from({ length: 90 }, (_, n) => n - 10);
    const state = read(encode(displayed(Array(3).fill(scaled(0.5, -10)), { voxels })));
    // From -10 to 79, black to white.
    expect(state.SoftcopyVOILUTSequence).toMatchObject([{ WindowCenter: 35, WindowWidth: 90 }]);
  });

  it('keeps images white on black or black on white as they are', () => {
    const { header } = makeVolume(grid);
    const inverse = makeVolume(grid, { header: { ...header, PhotometricInterpretation: 'MONOCHROME1' } });
    expect(read(encode(inverse)).PresentationLUTShape).toBe('INVERSE');
  });

  it('names the frames of an image that has several', () => {
    const volume = makeVolume(grid);
    const sourceImages = volume.sourceImages.map((image, slice) => ({
      ...image,
      sopInstanceUID: '2.25.1',
      frameNumber: slice + 5,
    }));
    const state = read(encode({ ...volume, sourceImages }));
    expect(state.ReferencedSeriesSequence[0].ReferencedImageSequence).toMatchObject([
      { ReferencedSOPInstanceUID: '2.25.1', ReferencedFrameNumber: [5, 6, 7] },
    ]);
    expect(state.GraphicAnnotationSequence[0].ReferencedImageSequence).toMatchObject([{ ReferencedFrameNumber: 6 }]);
  });

  it('is refused for images that are shown through a table, and for more outlines than it can hold', () => {
    const volume = makeVolume(grid);
    const withTable = volume.sourceImages.map(({ display: _display, ...image }) => image);
    const refusal = (sentence: string) =>
      expect.objectContaining({ code: 'result-not-encodable', message: expect.stringContaining(sentence) });
    expect(() => encode({ ...volume, sourceImages: withTable })).toThrow(refusal('by a table'));
    // Each pixel of a checkerboard is an outline of its own.
    const large = { ...grid, size: [800, 700, 1] as const };
    const checks = randomMask(large, random(1), () => true, 0);
    for (let n = 0; n < 800 * 700; n++) if ((n + Math.floor(n / 800)) % 2 === 0) checks.bits[n >> 3]! |= 1 << (n & 7);
    const noisy = { ...segment, mask: checks };
    expect(() => encode(makeVolume(large), [noisy])).toThrow(refusal('more outlines'));
  });
});
