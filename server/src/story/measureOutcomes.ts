import type { Finding } from '#contract/finding.js';
import { longestAxialDiameter } from '../segmenter/longestAxialDiameter.js';
import { measureImageMask } from '../segmenter/measureImageMask.js';
import { measureMask } from '../segmenter/measureMask.js';
import { patientBox } from '../segmenter/patientBox.js';
import type { TargetOutcome } from '../segmenter/segmenter.js';
import type { Vector3 } from '../values/affine.js';
import type { PixelGrid, SliceGrid, SourceGrid } from '../values/grid.js';
import type { ImageMaskStatistics, Mask, MaskStatistics } from '../values/mask.js';
import { getBit } from '../values/maskBits.js';
import { isSingleImage, type SingleImage } from '../values/singleImage.js';
import { isSlideRegion, type SlideRegion } from '../values/slide.js';
import { viewTarget } from '../values/viewTarget.js';
import type { Volume } from '../values/volume.js';

type FoundOutcome<OnGrid extends SourceGrid> = Extract<TargetOutcome<OnGrid>, { status: 'found' }>;
type NotFoundOutcome = Extract<TargetOutcome, { status: 'not-found' }>;

interface NumberedSegment {
  /** Its place in the segmentation. */
  readonly segmentNumber: number;
  /** Mean probability of the voxels inside, 0–1; only if probabilities were requested. */
  readonly score?: number;
}

/** A found target with its segment number and the measurements of its mask. */
export interface MeasuredTarget extends FoundOutcome<SliceGrid>, MaskStatistics, NumberedSegment {
  readonly longestAxialDiameterMm: number;
}

/** The same on a single image. */
export interface MeasuredOnImage extends FoundOutcome<PixelGrid>, ImageMaskStatistics, NumberedSegment {}

export type MeasuredOutcome = MeasuredTarget | MeasuredOnImage | NotFoundOutcome;

/**
 * Measures every mask that was found. Segments are numbered from 1 in the order of the outcomes, as they are encoded.
 */
export const measureOutcomes = (
  outcomes: readonly TargetOutcome[],
  volume: Volume,
): readonly (MeasuredTarget | NotFoundOutcome)[] =>
  numbered(outcomes, (mask) => ({
    ...measureMask(mask, volume),
    longestAxialDiameterMm: longestAxialDiameter(mask),
  }));

/** The same on a single image. */
export const measureImageOutcomes = (
  outcomes: readonly TargetOutcome<PixelGrid>[],
  { pixelSpacing }: SingleImage,
): readonly (MeasuredOnImage | NotFoundOutcome)[] => numbered(outcomes, (mask) => measureImageMask(mask, pixelSpacing));

function numbered<OnGrid extends SourceGrid, Statistics>(
  outcomes: readonly TargetOutcome<OnGrid>[],
  measure: (mask: Mask<OnGrid>) => Statistics,
): readonly ((FoundOutcome<OnGrid> & NumberedSegment & Statistics) | NotFoundOutcome)[] {
  let segmentNumber = 0;
  return outcomes.map((outcome) => {
    if (outcome.status === 'not-found') return outcome;
    segmentNumber++;
    const { mask, probability } = outcome;
    return {
      ...outcome,
      segmentNumber,
      ...measure(mask),
      ...(probability && { score: meanInside(mask.bits, probability) }),
    };
  });
}

/** @param probability 0–255 for 0–1, voxels in the order of the mask's bits */
function meanInside(bits: Uint8Array, probability: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let n = 0; n < probability.length; n++)
    if (getBit(bits, n)) {
      sum += probability[n]!;
      count++;
    }
  return sum / count / 255;
}

/** The finding that a job reports for a target: everything but the mask. */
export function findingOf(outcome: MeasuredOutcome, source: Volume | SingleImage): Finding {
  const { prompt } = outcome.target;
  const target = viewTarget(outcome.target);
  if (outcome.status === 'not-found') return { ...outcome, prompt, target };
  const { mask: _mask, probability: _probability, ...measured } = outcome;
  if (isSlideRegion(source)) return { ...measured, boundingBox: inTotalMatrix(measured, source), prompt, target };
  if (isSingleImage(source)) return { ...measured, prompt, target };
  const boundingBoxLps = patientBox(source.grid, measured.boundingBox);
  return { ...measured, boundingBoxLps, prompt, target, unit: source.unit };
}

/** The box of a mask in the total pixel matrix of its level, not in the region. */
function inTotalMatrix(
  { boundingBox: { first, last } }: Pick<ImageMaskStatistics, 'boundingBox'>,
  { first: [column, row] }: SlideRegion,
): ImageMaskStatistics['boundingBox'] {
  const moved = ([i, j, k]: Vector3): Vector3 => [i + column, j + row, k];
  return { first: moved(first), last: moved(last) };
}
