import type { Grid, PixelGrid } from '../../../values/grid.js';
import type { SingleImage } from '../../../values/singleImage.js';
import type { EvenVolume } from '../../../values/volume.js';
import { type GrayScale, percentileScale, sliceValues, windowScale } from '../slices/grayImages.js';
import { type SliceOrder, sliceOrder } from '../slices/sliceOrder.js';
import type { Biomedparse2dManifest } from './manifest2d.js';
import type { Picture } from './shownImage.js';

/** A volume as a stack of pictures, or an image as a single one. */
export interface SlicePictures<SourceGrid extends Grid | PixelGrid> {
  readonly grid: SourceGrid;
  readonly modality: string;
  /** The array of voxels or pixels. */
  readonly source: object;
  readonly order: SliceOrder;
  /** @param window for CT: name of the window */
  of(slice: number, window: string | undefined): Picture;
  /** Choices made, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The source's own slices, oriented as on a radiologist's screen. Each is stretched to 0–255 separately, because
 * upstream has no volumes: CT between the bounds of a window, others between percentiles of the values above 0.
 */
export function volumePictures(
  { grid, modality, voxels }: EvenVolume,
  { ctWindows, percentiles }: Biomedparse2dManifest['input'],
): SlicePictures<Grid> {
  const order = sliceOrder(grid, 2);
  return {
    grid,
    modality,
    source: voxels,
    order,
    of(slice, window) {
      const values = sliceValues(voxels, order, slice);
      const scale =
        window === undefined
          ? percentileScale(values, ...percentiles)
          : windowScale(values, ctWindows[window]!.level, ctWindows[window]!.width);
      return grayPicture(values, scale, order);
    },
    notes: [],
  };
}

/** A single image: grey values stretched between the percentiles, colours unchanged. */
export function imagePictures(
  { grid, modality, pixels }: SingleImage,
  { percentiles }: Biomedparse2dManifest['input'],
): SlicePictures<PixelGrid> {
  const [columns, rows] = grid.size;
  const pixelCount = columns * rows;
  const shape = { columns, rows };
  return {
    grid,
    modality,
    source: pixels.values,
    order: { ...shape, slices: 1, offset: 0, steps: [1, columns, pixelCount], axes: [0, 1, 2] },
    of() {
      if (pixels.kind === 'gray')
        return grayPicture(pixels.values, percentileScale(pixels.values, ...percentiles), shape);
      const channel = (which: number) => {
        const values = new Float64Array(pixelCount);
        for (let pixel = 0; pixel < pixelCount; pixel++) values[pixel] = pixels.values[3 * pixel + which]!;
        return values;
      };
      return { ...shape, channels: [channel(0), channel(1), channel(2)] };
    },
    notes:
      pixels.kind === 'gray'
        ? [`The grey values as they are shown were stretched between their percentiles ${percentiles.join(' and ')}.`]
        : [],
  };
}

function grayPicture(
  values: Float32Array,
  scale: GrayScale,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Picture {
  const gray = new Float64Array(values.length);
  for (let n = 0; n < gray.length; n++) gray[n] = scale(values[n]!);
  return { columns, rows, channels: [gray] };
}

/**
 * Bytes for preparing one picture: its channels, padded, smoothed and as splines, one after another; the result; logits
 * in the sizes of the network's image and of the picture.
 */
export const bytesToShow = ({ columns, rows }: SliceOrder, size: number): number => {
  const square = Math.max(columns, rows) ** 2;
  return 8 * (3 * columns * rows + 4 * square + size * size) + 4 * (4 * size * size + square);
};
