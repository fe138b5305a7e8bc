import { PromptsegError } from '../platform/errors.js';
import {
  type Affine,
  add,
  cross,
  dot,
  fromAxes,
  norm,
  normalize,
  scale,
  subtract,
  type Vector3,
} from '../values/affine.js';
import { type Gap, spreadEvenly } from './evenSteps.js';
import { withinSentence } from './nameOfImage.js';
import { requireAdjoining, type StatedStep } from './statedStep.js';

/** Position of one slice according to its attributes (PS3.3 C.7.6.2.1.1). */
export interface SlicePlane extends StatedStep {
  /** Its name in messages: "Image 12", after its Instance Number. */
  readonly name: string;
  /** ImagePositionPatient: centre of the first pixel in LPS mm. */
  readonly position: Vector3;
  /** Unit vector along a row, the direction in which the column index grows. */
  readonly alongRow: Vector3;
  /** Unit vector along a column, the direction in which the row index grows. */
  readonly alongColumn: Vector3;
  /** Whether the direction cosines were rounded so much that they had to be corrected. */
  readonly isRounded?: boolean;
  /** Distance between neighbouring columns in mm: the second value of PixelSpacing. */
  readonly columnSpacing: number;
  /** Distance between neighbouring rows in mm: the first value of PixelSpacing. */
  readonly rowSpacing: number;
}

export interface Stack {
  /** `order[k]` is the index of slice k among the given planes. */
  readonly order: readonly number[];
  /** Its k column is the step from slice to slice: along the normal, or oblique if the gantry was tilted. */
  readonly voxelToLps: Affine;
  /** Positions of uneven slices in steps of the matrix (see UnevenGrid). */
  readonly slicePositions?: readonly number[];
  readonly notes: readonly string[];
}

/** Two slices closer than this show the same position: a tenth of the thinnest CT slices (0.1 mm). */
export const samePlaceMm = 0.01;

/**
 * How far a slice may be sideways from the straight line through the first and the last one: less than a pixel of most
 * images (0.5–1 mm). A stack that leans by less than that as a whole does not count as tilted.
 */
const sidewaysMm = 0.5;

/**
 * Heights of planes in mm along the normal of the first one, alongRow × alongColumn. Along their own normals, which may
 * differ in the last digits, images of one position far from the origin would seem to be at several.
 * @param planes one or more, parallel but for rounding
 */
export function heightsOf(planes: readonly SlicePlane[]): readonly number[] {
  const { alongRow, alongColumn } = planes[0]!;
  const normal = normalize(cross(alongRow, alongColumn));
  return planes.map(({ position }) => dot(position, normal));
}

/**
 * Sorts slices along their common normal (alongRow × alongColumn) and places them on a grid; slice index k grows along
 * the normal. A leaning stack (gantry tilt) gives a sheared grid, uneven slices an uneven one.
 * @param planes at least one, all with the orientation and pixel spacing of the first
 * @throws PromptsegError `slices-duplicate`, `slices-missing`, `slices-uneven` if the slices form no stack
 */
export function stackSlices(planes: readonly SlicePlane[]): Stack {
  const { alongRow, alongColumn, columnSpacing, rowSpacing, position } = planes[0]!;
  const normal = normalize(cross(alongRow, alongColumn));
  const axes = (step: Vector3, origin: Vector3): Affine =>
    fromAxes(scale(alongRow, columnSpacing), scale(alongColumn, rowSpacing), step, origin);

  if (planes.length === 1) {
    const nominalStep = planes[0]!.spacingBetweenSlices ?? planes[0]!.sliceThickness;
    const step = nominalStep ?? 1;
    const note =
      'The series is a single slice; its thickness is taken as ' +
      `${mm(step)}${nominalStep === undefined ? ', for the image does not say it' : ''}.`;
    return { order: [0], voxelToLps: axes(scale(normal, step), position), notes: [note] };
  }

  const heights = heightsOf(planes);
  const order = planes.map((_, index) => index).sort((a, b) => heights[a]! - heights[b]!);
  const sorted = order.map((index) => heights[index]!);
  const positions = order.map((index) => planes[index]!.position);
  refuseDuplicates(sorted);

  const { steps, slicePositions, usualGap, wideGaps, notes } = spreadEvenly(sorted);
  if (wideGaps.length > 0) {
    throw tooFarApart(
      wideGaps,
      order.map((index) => planes[index]!.name),
    );
  }
  const notesOnStep = requireAdjoining(usualGap, planes[0]!);
  const run = subtract(positions.at(-1)!, positions[0]!);
  refuseSteepLean(run, normal);
  const step = scale(run, 1 / steps);
  refuseShifted(
    positions,
    order.map((_, k) => add(positions[0]!, scale(step, slicePositions?.[k] ?? k))),
    normal,
  );
  return {
    order,
    voxelToLps: axes(step, positions[0]!),
    ...(slicePositions !== undefined && { slicePositions }),
    notes: [...tiltNotes(run, normal), ...notes, ...notesOnStep],
  };
}

/** Whether planes make a stack of even steps; missing ones may be left open. @param planes one or more */
export function isEvenStack(planes: readonly SlicePlane[]): boolean {
  try {
    const { slicePositions } = stackSlices(planes);
    return slicePositions === undefined || slicePositions.every(Number.isInteger);
  } catch (error) {
    if (error instanceof PromptsegError) return false;
    throw error;
  }
}

function refuseDuplicates(heights: readonly number[]): void {
  const repeated = heights.filter((height, k) => k > 0 && height - heights[k - 1]! < samePlaceMm).length;
  if (repeated === 0) return;
  const places = heights.length - repeated;
  throw new PromptsegError(
    'slices-duplicate',
    `The series has ${heights.length} images at only ${places} ${places === 1 ? 'place' : 'places'}: several ` +
      'images show the same slice, as in a series of several phases, echoes or time points.',
    { details: { images: heights.length, places } },
  );
}

/** CT gantries tilt by 30° at most. A stack that leans by more than 45° is not one: its slices are side by side. */
function refuseSteepLean(run: Vector3, normal: Vector3): void {
  const along = dot(run, normal);
  const sideways = norm(subtract(run, scale(normal, along)));
  if (sideways > along) throw shifted(sideways);
}

function tiltNotes(run: Vector3, normal: Vector3): string[] {
  const along = dot(run, normal);
  const sideways = norm(subtract(run, scale(normal, along)));
  if (sideways <= sidewaysMm) return [];
  const degrees = (Math.atan2(sideways, along) * 180) / Math.PI;
  return [
    `The slices are stacked at an angle of ${degrees.toFixed(1)}° to their normal, as with a tilted CT gantry; ` +
      'the images were taken as they are.',
  ];
}

/** @param names of the slices in their order, for the message */
function tooFarApart(gaps: readonly Gap[], names: readonly string[]): PromptsegError {
  const missing = gaps.reduce((sum, { missing }) => sum + (missing ?? 0), 0);
  const where = gaps.slice(0, 5).map(({ afterSlice, widthMm }) => {
    const [before, after] = [names[afterSlice - 1]!, names[afterSlice]!];
    const named = `${withinSentence(before)} and ${withinSentence(after)}`;
    return `${mm(widthMm)} between slices ${afterSlice} and ${afterSlice + 1} (${named})`;
  });
  const more = gaps.length > 5 ? `, and ${gaps.length - 5} more` : '';
  const details = { gaps, slices: names.length };
  return missing > 0
    ? new PromptsegError(
        'slices-missing',
        `${missing} ${missing === 1 ? 'slice is' : 'slices are'} missing, and the gap is too wide to be ` +
          `bridged: ${where.join(', ')}${more}.`,
        { details: { ...details, missing } },
      )
    : new PromptsegError(
        'slices-uneven',
        `The slices are unevenly spaced, with gaps too wide to be bridged: ${where.join(', ')}${more}.`,
        { details },
      );
}

/** Slices may be shifted sideways against each other, each with its own field of view. */
function refuseShifted(positions: readonly Vector3[], expected: readonly Vector3[], normal: Vector3): void {
  const shifts = positions.map((position, k) => {
    const off = subtract(position, expected[k]!);
    return norm(subtract(off, scale(normal, dot(off, normal))));
  });
  const largest = shifts.reduce((a, b) => Math.max(a, b), 0);
  if (largest > sidewaysMm) throw shifted(largest);
}

const shifted = (byMm: number): PromptsegError =>
  new PromptsegError(
    'slices-uneven',
    `The slices are not above each other: some are shifted by up to ${mm(byMm)} within their plane.`,
    { details: { largestShiftMm: byMm } },
  );

const mm = (length: number): string => `${Number(length.toFixed(3))} mm`;
