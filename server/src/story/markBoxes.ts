import type { BoxPrompt } from '#contract/imagePrompts.js';
import { PromptsegError } from '../platform/errors.js';
import { boxOnGrid } from '../segmenter/boxOnGrid.js';
import { maskOnSourceSlices } from '../segmenter/onSourceSlices.js';
import type { BoxOutcome, BoxSegmenter, EndOfMask, GreyWindow, GridBox } from '../segmenter/promptable.js';
import type { SegmenterResult } from '../segmenter/segmenter.js';
import { type Grid, isEven } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { patientAxes } from '../values/patientAxes.js';
import { isInFrame, type Volume } from '../values/volume.js';
import { onEvenGrid } from '../volume/onEvenGrid.js';

/** Boxes on the images with their options. */
export interface BoxesOnImages {
  readonly boxes: readonly BoxPrompt[];
  readonly throughSlices: boolean;
  readonly window?: GreyWindow | undefined;
}

export interface MarkedBox {
  /** On the slices of the source. */
  readonly mask: Mask;
  /** The axis of the voxels that crosses the plane of the box. */
  readonly across: 0 | 1 | 2;
}

export interface MarkedBoxes extends Pick<SegmenterResult, 'executionProvider' | 'sessionRunMs' | 'notes'> {
  /** One per box, in order. */
  readonly marked: readonly MarkedBox[];
}

/**
 * The boxes in the voxels of a volume.
 * @throws PromptsegError `box-unsuitable`, also for a box in another frame of reference
 */
export function placeBoxes({ boxes, throughSlices }: BoxesOnImages, volume: Volume) {
  const even = onEvenGrid(volume);
  const placed = boxes.map((box) => {
    if (!isInFrame(box.frameOfReferenceUID, volume))
      throw new PromptsegError(
        'box-unsuitable',
        'The box was drawn on other images: it is in another frame of reference.',
      );
    return boxOnGrid(box, even.grid, throughSlices);
  });
  return { even, placed };
}

/**
 * Segments the boxes, on the slices of the source.
 * @throws PromptsegError of {@link BoxSegmenter}
 */
export async function markBoxes(
  segmenter: BoxSegmenter,
  { even, placed }: ReturnType<typeof placeBoxes>,
  source: Volume['grid'],
  options: Parameters<BoxSegmenter['segmentBoxes']>[2],
): Promise<MarkedBoxes> {
  const { outcomes, notes, ...run } = await segmenter.segmentBoxes(even, placed, options);
  return {
    ...run,
    notes: [...notes, ...outcomes.map((outcome, n) => describeOutcome(outcome, placed[n]!, even.grid))],
    marked: outcomes.map(({ mask }, n) => ({
      mask: isEven(source) ? { grid: source, bits: mask.bits } : maskOnSourceSlices(mask, source),
      across: placed[n]!.across,
    })),
  };
}

/** How far a box was followed, in one or two sentences. */
function describeOutcome({ planes, quality, leastQuality, ends }: BoxOutcome, box: GridBox, grid: Grid): string {
  const kind = planeKinds[patientAxes(grid.voxelToLps).indexOf(box.across)];
  const drawn = `A box on ${kind} plane ${box.plane + 1} of ${grid.size[box.across]}`;
  const fit = `the model's own estimate of the fit is ${quality.toFixed(2)}`;
  if (planes === undefined) return `${drawn}: the model marks nothing in it; ${fit}.`;
  const [first, last] = planes;
  if (first === last && box.least[box.across] === box.greatest[box.across]) return `${drawn}: ${fit}.`;
  const stops = [
    ...(ends[0] === 'end-of-range' ? [] : [`before plane ${first + 1} because ${why[ends[0]]}`]),
    ...(ends[1] === 'end-of-range' ? [] : [`after plane ${last + 1} because ${why[ends[1]]}`]),
  ];
  const stopped = stops.length === 0 ? '' : ` It ended ${stops.join(' and ')}.`;
  return (
    `${drawn} was followed to the planes ${first + 1} to ${last + 1}; ${fit}, and ${leastQuality.toFixed(2)} on the ` +
    `least certain plane.${stopped}`
  );
}

/** Planes across the patient's axes x, y and z. */
const planeKinds = ['sagittal', 'coronal', 'axial'] as const;

const why: Readonly<Record<Exclude<EndOfMask, 'end-of-range'>, string>> = {
  empty: 'the model marks nothing there',
  uncertain: 'the model is not sure of its mask there',
  shrunk: 'the mask is suddenly much smaller there',
  grown: 'the mask is suddenly much larger there',
};
