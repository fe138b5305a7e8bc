import { PromptsegError } from '../platform/errors.js';

/** What images state about their third dimension, in mm. */
export interface StatedStep {
  /** Slice Thickness (0018,0050). */
  readonly sliceThickness?: number | undefined;
  /**
   * Spacing Between Slices (0018,0088), from centre to centre (PS3.3 section C.7.6.2); some manufacturers state the
   * gap, or repeat the thickness.
   */
  readonly spacingBetweenSlices?: number | undefined;
}

/**
 * Largest unseen gap between two slices, in mm; as wide a gap is bridged within a stack (see evenSteps.ts). Images that
 * state their spacing, such as high-resolution CT of the lung (1 mm every 10 or 20 mm), may be up to 20 mm apart, and
 * so may images that state nothing.
 */
const widestUnseenMm = 10;
const widestStatedMm = 20;

/** Slices so many stated spacings apart are probably every second one: the others are not in the series. */
const likelyMissing = 1.5;

/**
 * Slices form a volume only if they show most of what is between the first and the last: two images 100 mm apart are
 * evenly spaced too.
 *
 * @param step usual distance of neighbouring slices, in mm
 * @returns notes if more is between the slices than in them
 * @throws PromptsegError `slices-missing` if the slices are too far apart for their thickness, or at least twice the
 * spacing that they state
 */
export function requireAdjoining(step: number, { sliceThickness, spacingBetweenSlices }: StatedStep): string[] {
  const tolerance = Math.min(0.1, 0.1 * step);
  const byThickness =
    sliceThickness === undefined ? widestStatedMm : Math.max(2 * sliceThickness, sliceThickness + widestUnseenMm);
  const bySpacing = Math.min(spacingBetweenSlices ?? 0, widestStatedMm);
  // A spacing smaller than the thickness is the gap between slices, unless slices overlap.
  const isFromCentreToCentre =
    (spacingBetweenSlices ?? 0) >= (sliceThickness ?? 0) && spacingBetweenSlices !== undefined;
  const byMissing = isFromCentreToCentre
    ? Math.max(spacingBetweenSlices, Math.min(3.01 * spacingBetweenSlices, widestUnseenMm))
    : Number.POSITIVE_INFINITY;
  if (step > Math.min(Math.max(byThickness, bySpacing), byMissing) + tolerance)
    throw tooFarApart(step, { sliceThickness, spacingBetweenSlices });
  // Some manufacturers state the thickness as the spacing, so that a distance a little larger means nothing.
  if (isFromCentreToCentre && step > likelyMissing * spacingBetweenSlices) {
    return [
      `The slices are ${mm(step)} apart but state a spacing of ${mm(spacingBetweenSlices)}: images between them may ` +
        'be missing, so volumes are estimates.',
    ];
  }
  if (sliceThickness === undefined || step <= 2 * sliceThickness + tolerance) return [];
  return [
    `The slices are ${mm(sliceThickness)} thick and are ${mm(step)} apart: most of what is between them was not ` +
      'imaged, so volumes are estimates.',
  ];
}

function tooFarApart(step: number, { sliceThickness, spacingBetweenSlices }: StatedStep): PromptsegError {
  const stated = [
    ...(sliceThickness === undefined ? [] : [`are ${mm(sliceThickness)} thick`]),
    ...(spacingBetweenSlices === undefined ? [] : [`state a spacing of ${mm(spacingBetweenSlices)}`]),
  ];
  return new PromptsegError(
    'slices-missing',
    `The slices are ${mm(step)} apart${stated.length > 0 ? ` but ${stated.join(' and ')}` : ''}: what is ` +
      'between them is not in the series, so they make no volume.',
    { details: { stepMm: step, sliceThicknessMm: sliceThickness, spacingBetweenSlicesMm: spacingBetweenSlices } },
  );
}

const mm = (length: number): string => `${Number(length.toFixed(2))} mm`;
