import type { PixelGrid } from './grid.js';
import type { SeriesImages, Volume } from './volume.js';

/**
 * Distances of pixels in the patient, in mm; for a radiograph never those at the detector, where the patient's shadow
 * is larger.
 */
export interface PixelSpacing {
  readonly betweenRows: number;
  readonly betweenColumns: number;
  /** The attribute that states it: "Pixel Spacing", "Sequence of Ultrasound Regions". */
  readonly attribute: string;
}

/**
 * Grey values as the image is meant to be displayed, 0 black to 255 white, not rounded: after the Modality LUT and the
 * VOI LUT or window of the image, inverted if it is MONOCHROME1 (PS3.3 section C.7.6.3.1.2). Padding is black.
 */
export interface GrayPixels {
  readonly kind: 'gray';
  /** Index i + columns·j. */
  readonly values: Float32Array;
}

/** Colours as displayed, 0–255. */
export interface ColourPixels {
  readonly kind: 'colour';
  /** Red, green and blue of pixel (i, j) from index 3·(i + columns·j) on. */
  readonly values: Uint8Array;
}

/**
 * One single image: a radiograph, an ultrasound image, a photograph of a retina or of skin, a frame of endoscopy. It
 * has no position in the patient, so there is neither up nor left; its rows and columns are as stored, never turned or
 * flipped.
 */
export interface SingleImage extends SeriesImages {
  readonly grid: PixelGrid;
  readonly pixels: GrayPixels | ColourPixels;
  /** Absent if the image states none that is true of the patient. */
  readonly pixelSpacing?: PixelSpacing;
}

export const isSingleImage = (source: Volume | SingleImage): source is SingleImage => 'pixels' in source;
