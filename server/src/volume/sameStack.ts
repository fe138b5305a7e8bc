import { PromptsegError } from '../platform/errors.js';
import type { Vector3 } from '../values/affine.js';
import type { FrameNaming } from './frameOfReference.js';
import { withinSentence } from './nameOfImage.js';
import type { SliceImage } from './sliceImage.js';

/**
 * How much two direction cosines may differ and still count as the same: at the far edge of a field of 500 mm the image
 * is then off by at most 1 mm, a pixel of such a field (0.98 mm with 512 columns). Rounding to three decimals makes
 * differences of 1e-3, and some writers' cosines jitter by as much.
 */
const directionTolerance = 2e-3;

/** The same for two pixel spacings, relative to each other. */
const spacingTolerance = 1e-3;

/** The same for rounded cosines (see slicePlane.ts), which are themselves off by as much. */
const roundedTolerance = 5e-3;

type SeriesIdentity = Pick<SliceImage, 'studyInstanceUID' | 'seriesInstanceUID' | 'patientID'>;

/**
 * Whether an image belongs to the series of the first one, by its UIDs and by the Patient ID, if both state one: slices
 * of two patients under one UID could make an even stack.
 * @throws PromptsegError `series-mixed`
 */
export function requireSameSeries(first: SeriesIdentity, next: SeriesIdentity): void {
  const [id, nextId] = [first.patientID, next.patientID];
  if (id !== undefined && nextId !== undefined && nextId !== id)
    throw new PromptsegError('series-mixed', 'The images belong to several patients: they have different Patient IDs.');
  if (next.seriesInstanceUID === first.seriesInstanceUID && next.studyInstanceUID === first.studyInstanceUID) return;
  throw new PromptsegError(
    'series-mixed',
    'The images belong to several series: they have different Series or Study Instance UIDs.',
  );
}

/**
 * Why two images of a series cannot be in one stack.
 *
 * @param naming how the series names its frames of reference; they only count if it is `stated`
 * @returns creates the error to throw if neither image is to be left out: `series-mixed`, `frames-of-reference-mixed`,
 * `sizes-mixed` or `orientations-mixed`; undefined if they can be in one stack. Not the error itself: for 4,000 images
 * of 499 orientations a million pairs are compared, and creating that many errors took 20 s.
 */
export function differenceOf(
  first: SliceImage,
  next: SliceImage,
  naming: FrameNaming = 'stated',
): (() => PromptsegError) | undefined {
  if (next.modality !== first.modality) {
    return () =>
      new PromptsegError(
        'series-mixed',
        `The series mixes modalities: ${first.name} is ${first.modality}, ${lower(next)} ${next.modality}.`,
      );
  }
  if (next.unit !== first.unit) {
    return () =>
      new PromptsegError(
        'series-mixed',
        `The series mixes units: the values of ${lower(first)} are ${first.unit}, those of ${lower(next)} ` +
          `${next.unit}.`,
      );
  }
  if (isRescaledAlone(first, next) || isRescaledAlone(next, first)) {
    return () =>
      new PromptsegError(
        'series-mixed',
        `The series mixes images with and without Rescale Slope or Intercept: ${lower(first)} and ${lower(next)}.`,
      );
  }
  if (naming === 'stated' && next.frameOfReferenceUID !== first.frameOfReferenceUID) {
    return () =>
      new PromptsegError(
        'frames-of-reference-mixed',
        `The images have different frames of reference, so their positions cannot be compared (${lower(first)} ` +
          `and ${lower(next)}).`,
      );
  }
  if (next.columns !== first.columns || next.rows !== first.rows) {
    return () =>
      new PromptsegError(
        'sizes-mixed',
        `The images differ in size: ${lower(first)} has ${size(first)} pixels, ${lower(next)} ${size(next)}.`,
      );
  }
  if (differ(next.columnSpacing, first.columnSpacing) || differ(next.rowSpacing, first.rowSpacing)) {
    return () =>
      new PromptsegError(
        'sizes-mixed',
        `The images differ in pixel spacing: ${lower(first)} has ${spacing(first)}, ${lower(next)} ${spacing(next)}.`,
      );
  }
  const turned = turnBetween(first, next);
  if (turned > (first.isRounded || next.isRounded ? roundedTolerance : directionTolerance)) {
    return () =>
      new PromptsegError(
        'orientations-mixed',
        `The images are not parallel: ${lower(first)} and ${lower(next)} have orientations whose direction ` +
          `cosines differ by up to ${turned.toFixed(4)}.`,
      );
  }
  return undefined;
}

/** How far two images are turned against each other: the largest difference of their direction cosines. */
export const turnBetween = (a: SliceImage, b: SliceImage): number =>
  Math.max(deviation(a.alongRow, b.alongRow), deviation(a.alongColumn, b.alongColumn));

/**
 * Whether one image states a slope or intercept that changes values, and the other does not state it: what its values
 * are is unknown.
 */
const isRescaledAlone = ({ lacksScale, rescale: { slope, intercept } }: SliceImage, other: SliceImage): boolean =>
  (other.lacksScale?.slope === true && !lacksScale?.slope && slope !== 1) ||
  (other.lacksScale?.intercept === true && !lacksScale?.intercept && intercept !== 0);

const differ = (a: number, b: number): boolean => Math.abs(a / b - 1) > spacingTolerance;
const deviation = (a: Vector3, b: Vector3): number =>
  Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));
const size = ({ columns, rows }: SliceImage): string => `${columns} × ${rows}`;
const spacing = ({ columnSpacing, rowSpacing }: SliceImage): string => `${columnSpacing} × ${rowSpacing} mm`;
const lower = ({ name }: SliceImage): string => withinSentence(name);
