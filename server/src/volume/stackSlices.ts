import { PromptsegError } from '../errors.js';
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
} from '../geometry/affine.js';

/** Where the image of one slice lies, as its attributes say (PS3.3 C.7.6.2.1.1). */
export interface SlicePlane {
  /** ImagePositionPatient: centre of the first pixel in LPS mm. */
  readonly position: Vector3;
  /** Unit vector along a row: the way the column index grows. */
  readonly alongRow: Vector3;
  /** Unit vector along a column: the way the row index grows. */
  readonly alongColumn: Vector3;
  /** Distance between neighbouring columns in mm: the second value of PixelSpacing. */
  readonly columnSpacing: number;
  /** Distance between neighbouring rows in mm: the first value of PixelSpacing. */
  readonly rowSpacing: number;
  /** SpacingBetweenSlices, or SliceThickness where that is absent, in mm: the step of a series of a single slice. */
  readonly nominalStep?: number | undefined;
}

export interface Stack {
  /** `order[k]` is the index, among the planes that were given, of slice k. */
  readonly order: readonly number[];
  readonly voxelToLps: Affine;
  readonly notes: readonly string[];
}

/** Nearer than this, two slices show the same place: a tenth of the thinnest CT slices there are (0.1 mm). */
const samePlaceMm = 0.01;

/**
 * How far a slice may lie from its place on an even stack. Positions written with one decimal are off by up to 0.05 mm each,
 * so a slice and the end of the stack by 0.1 mm; a tenth of the step keeps thin slices from passing whatever they do.
 */
const offPlaceMm = (step: number): number => Math.min(0.1, 0.1 * step);

/**
 * How far the stack may lean sideways from its first to its last slice: below a pixel of most images (0.5–1 mm), far below what
 * a gantry tilted on purpose gives (1° over 100 mm: 1.7 mm). What lies below is kept exactly, as shear of the affine.
 */
const sidewaysMm = 0.5;

/**
 * Sorts slices along their common normal (alongRow × alongColumn) and places them on an even grid; slice index k grows along
 * the normal.
 *
 * @param planes at least one, all with the orientation and pixel spacing of the first
 * @throws PromptsegError `slices-duplicate`, `gantry-tilt`, `slices-missing`, `slices-uneven`: the slices are no even stack
 */
export function stackSlices(planes: readonly SlicePlane[]): Stack {
  const { alongRow, alongColumn, columnSpacing, rowSpacing, nominalStep, position } = planes[0]!;
  const normal = normalize(cross(alongRow, alongColumn));
  const axes = (step: Vector3, origin: Vector3): Affine =>
    fromAxes(scale(alongRow, columnSpacing), scale(alongColumn, rowSpacing), step, origin);

  if (planes.length === 1) {
    const step = nominalStep ?? 1;
    const note = `The series is a single slice; its thickness is taken as ${mm(step)}${nominalStep === undefined ? ', for the image does not say it' : ''}.`;
    return { order: [0], voxelToLps: axes(scale(normal, step), position), notes: [note] };
  }

  const heights = planes.map((plane) => dot(plane.position, normal));
  const order = planes.map((_, index) => index).sort((a, b) => heights[a]! - heights[b]!);
  const sorted = order.map((index) => heights[index]!);
  const positions = order.map((index) => planes[index]!.position);

  refuseDuplicates(sorted);
  refuseTilt(positions, normal);
  refuseUneven(sorted);
  const step = scale(subtract(positions.at(-1)!, positions[0]!), 1 / (positions.length - 1));
  refuseShifted(positions, step);
  return { order, voxelToLps: axes(step, positions[0]!), notes: [] };
}

function refuseDuplicates(heights: readonly number[]): void {
  const repeated = heights.filter((height, k) => k > 0 && height - heights[k - 1]! < samePlaceMm).length;
  if (repeated === 0) return;
  const places = heights.length - repeated;
  throw new PromptsegError(
    'slices-duplicate',
    `The series has ${heights.length} images at only ${places} ${places === 1 ? 'place' : 'places'}: several images show the same slice, as in a series of several phases, echoes or time points.`,
    { details: { images: heights.length, places } },
  );
}

function refuseTilt(positions: readonly Vector3[], normal: Vector3): void {
  const run = subtract(positions.at(-1)!, positions[0]!);
  const along = dot(run, normal);
  const sideways = norm(subtract(run, scale(normal, along)));
  if (sideways <= sidewaysMm) return;
  const degrees = (Math.atan2(sideways, along) * 180) / Math.PI;
  throw new PromptsegError(
    'gantry-tilt',
    `The slices are stacked at an angle of ${degrees.toFixed(1)}° to their normal (${mm(sideways)} sideways from the first slice to the last), as with a tilted CT gantry.`,
    { details: { degrees: Number(degrees.toFixed(2)) } },
  );
}

function refuseUneven(heights: readonly number[]): void {
  const first = heights[0]!;
  const step = (heights.at(-1)! - first) / (heights.length - 1);
  if (heights.every((height, k) => Math.abs(height - (first + k * step)) <= offPlaceMm(step))) return;

  const gaps = heights.slice(1).map((height, k) => height - heights[k]!);
  const usual = [...gaps].sort((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)]!;
  const steps = gaps.map((gap) => Math.round(gap / usual));
  // Both ends of a gap may be off their place.
  const wholeSteps = gaps.every((gap, k) => Math.abs(gap - steps[k]! * usual) <= 2 * offPlaceMm(usual));
  const missing = steps.reduce((sum, count) => sum + count - 1, 0);
  if (wholeSteps && missing > 0) {
    const holes = steps.flatMap((count, k) => (count > 1 ? [{ afterSlice: k + 1, missing: count - 1 }] : []));
    const where = holes.slice(0, 5).map((hole) => `${hole.missing} after slice ${hole.afterSlice}`);
    throw new PromptsegError(
      'slices-missing',
      `Of the ${heights.length + missing} slices of the series ${missing} ${missing === 1 ? 'is' : 'are'} missing: ${where.join(', ')}${holes.length > 5 ? `, and at ${holes.length - 5} more places` : ''} (counted along the stack, ${mm(usual)} apart).`,
      { details: { missing, present: heights.length, spacingMm: usual, holes } },
    );
  }
  const [smallest, largest] = [Math.min(...gaps), Math.max(...gaps)];
  throw new PromptsegError(
    'slices-uneven',
    `The slices are not evenly spaced: the distance between neighbours varies from ${mm(smallest)} to ${mm(largest)}.`,
    { details: { smallestMm: smallest, largestMm: largest } },
  );
}

/** Slices whose heights are even may still be shifted sideways against each other, each with another field of view. */
function refuseShifted(positions: readonly Vector3[], step: Vector3): void {
  const shifts = positions.map((position, k) => norm(subtract(position, add(positions[0]!, scale(step, k)))));
  const largest = Math.max(...shifts);
  if (largest <= sidewaysMm) return;
  throw new PromptsegError(
    'slices-uneven',
    `The slices do not lie above each other: some are shifted by up to ${mm(largest)} within their plane.`,
    { details: { largestShiftMm: largest } },
  );
}

const mm = (length: number): string => `${Number(length.toFixed(3))} mm`;
