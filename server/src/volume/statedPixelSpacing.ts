import type { Dataset } from '../dicom/dataset.js';
import type { PixelSpacing } from '../values/singleImage.js';
import type { SingleImageModality } from './sopClasses.js';

export interface StatedPixelSpacing {
  readonly pixelSpacing?: PixelSpacing;
  readonly notes: readonly string[];
}

/**
 * The pixel spacing in the patient that an image states; none if it states only the spacing at the detector, or
 * nothing.
 *
 *   CR, DX, MG   Pixel Spacing if it was corrected for magnification or against an object of known size: if Pixel
 *                Spacing Calibration Type says so, or it differs from Imager Pixel Spacing (PS3.3 section 10.7.1.3)
 *   US           the scale of the two-dimensional regions, if all have the same (Sequence of Ultrasound Regions, PS3.3
 *                section C.8.5.5), else Pixel Spacing
 *   others       Pixel Spacing
 */
export function statedPixelSpacing(frame: Dataset, modality: SingleImageModality): StatedPixelSpacing {
  if (modality === 'CR' || modality === 'DX' || modality === 'MG') return ofProjection(frame);
  if (modality === 'US') {
    const scaled = ofUltrasoundRegions(frame);
    if (scaled !== undefined) return scaled;
  }
  const pair = pairOf(frame, 'x00280030');
  return pair === undefined ? { notes: [] } : stated(pair, 'Pixel Spacing');
}

type Pair = readonly [betweenRows: number, betweenColumns: number];

const stated = ([betweenRows, betweenColumns]: Pair, attribute: string): StatedPixelSpacing => ({
  pixelSpacing: { betweenRows, betweenColumns, attribute },
  notes: [],
});

function ofProjection(frame: Dataset): StatedPixelSpacing {
  const spacing = pairOf(frame, 'x00280030');
  const atDetector = pairOf(frame, 'x00181164');
  const isCalibrated =
    frame.string('x00280a02') !== undefined ||
    (atDetector !== undefined && !(spacing && areEqual(spacing, atDetector)));
  if (spacing !== undefined && isCalibrated) return stated(spacing, 'Pixel Spacing');
  if (spacing === undefined && atDetector === undefined) return { notes: [] };
  return {
    notes: [
      'The image states its pixel spacing at the detector, where the shadow of the patient is larger than the ' +
        'patient: sizes are given in pixels only.',
    ],
  };
}

/** Region Spatial Format 1 is a two-dimensional image, Physical Units 3 are cm. */
function ofUltrasoundRegions(frame: Dataset): StatedPixelSpacing | undefined {
  const regions = frame
    .items('x00186011')
    .filter(
      (region) =>
        region.numberIfSound('x00186012') === 1 &&
        region.numberIfSound('x00186024') === 3 &&
        region.numberIfSound('x00186026') === 3,
    );
  const scales = regions.flatMap((region): Pair[] => {
    const [x, y] = [region.numberIfSound('x0018602c'), region.numberIfSound('x0018602e')];
    return x && y ? [[Math.abs(y) * 10, Math.abs(x) * 10]] : [];
  });
  const [first, ...others] = scales;
  if (first === undefined) return undefined;
  if (others.every((other) => areEqual(other, first))) return stated(first, 'Sequence of Ultrasound Regions');
  return { notes: ['The regions of the image have different scales: sizes are given in pixels only.'] };
}

function pairOf(frame: Dataset, tag: 'x00280030' | 'x00181164'): Pair | undefined {
  const [betweenRows, betweenColumns] = frame.strings(tag).map(Number);
  const isLength = (value: number | undefined): value is number => value !== undefined && value > 1e-6 && value < 1e3;
  return isLength(betweenRows) && isLength(betweenColumns) ? [betweenRows, betweenColumns] : undefined;
}

const areEqual = (one: Pair, other: Pair): boolean =>
  one.every((value, axis) => Math.abs(value - other[axis]!) <= 1e-4 * value);
