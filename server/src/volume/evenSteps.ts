/** A distance between two neighbouring slices that is too wide to interpolate across. */
export interface Gap {
  /** Counted along the stack, from 1. */
  readonly afterSlice: number;
  readonly widthMm: number;
  /** Number of slices of the usual spacing that would fill it; absent if it is not whole. */
  readonly missing?: number;
}

export interface EvenSteps {
  /** Number of even steps from the first slice to the last. */
  readonly steps: number;
  /** Positions of the slices in even steps from the first; absent if slice k is at k. */
  readonly slicePositions?: readonly number[];
  /** The median distance of neighbouring slices, in mm. */
  readonly usualGap: number;
  readonly wideGaps: readonly Gap[];
  readonly notes: readonly string[];
}

/**
 * How far a slice may be from its place in an even stack, in mm. Positions written with one decimal are off by up to
 * 0.05 mm each, so a slice relative to the end of the stack by 0.1 mm; the limit of a tenth of the step applies to thin
 * slices.
 */
const offPlaceMm = (step: number): number => Math.min(0.1, 0.1 * step);

/**
 * The widest gap that linear interpolation bridges, in mm: three usual steps (two missing slices in a row), but at most
 * 10 mm. Slices of routine head CT are up to 10 mm thick: one slice averages over 10 mm, so interpolating across as
 * much loses no more. The usual spacing itself is never too wide.
 */
const widestGapMm = (usual: number): number => Math.max(usual + offPlaceMm(usual), Math.min(3.01 * usual, 10));

/**
 * Even steps are at least this fraction of the usual spacing, so that two slices that nearly touch do not make the grid
 * very fine.
 */
const finestStep = 1 / 4;

/** Up to this many even steps are always allowed; beyond, at most twice as many as slices, to limit memory. */
const freeSteps = 256;

/**
 * Spreads slices over even steps.
 *
 * Slices at whole steps keep their places, and missing ones leave theirs empty. Otherwise the steps are as fine as the
 * smallest gap, so that no two slices share one, within the limits above, and divide the stack exactly: the first and
 * the last slice are on a step.
 *
 * @param heights of the slices along their normal in mm, ascending, all different, two or more
 */
export function spreadEvenly(heights: readonly number[]): EvenSteps {
  const first = heights[0]!;
  const extent = heights.at(-1)! - first;
  const even = (steps: number): boolean => {
    const step = extent / steps;
    return heights.every((height, k) => Math.abs(height - (first + k * step)) <= offPlaceMm(step));
  };
  const steps = heights.length - 1;
  if (even(steps)) return { steps, usualGap: extent / steps, wideGaps: [], notes: [] };

  const gaps = heights.slice(1).map((height, k) => height - heights[k]!);
  const sorted = [...gaps].sort((a, b) => a - b);
  const [smallest, usual, largest] = [sorted[0]!, sorted[Math.floor((gaps.length - 1) / 2)]!, sorted.at(-1)!];
  const wholeSteps = wholeStepsOf(heights, gaps, usual);
  const wideGaps = gaps.flatMap((widthMm, k): Gap[] => {
    if (widthMm <= widestGapMm(usual)) return [];
    const missing = wholeSteps === undefined ? undefined : wholeSteps[k + 1]! - wholeSteps[k]! - 1;
    return [{ afterSlice: k + 1, widthMm, ...(missing !== undefined && { missing }) }];
  });
  if (wholeSteps !== undefined) {
    return {
      steps: wholeSteps.at(-1)!,
      slicePositions: wholeSteps,
      usualGap: usual,
      wideGaps,
      notes: [missingNote(wholeSteps)],
    };
  }
  const fine = Math.ceil(extent / Math.max(smallest, finestStep * usual) - 1e-6);
  const evenSteps = Math.min(fine, Math.max(freeSteps, 2 * heights.length));
  const range = `${round(smallest)} to ${round(largest)} mm`;
  return {
    steps: evenSteps,
    slicePositions: heights.map((height) => ((height - first) / extent) * evenSteps),
    usualGap: usual,
    wideGaps,
    notes: [
      `The slices are unevenly spaced (${range}); for segmenting they were interpolated to even steps of ` +
        `${round(extent / evenSteps)} mm.`,
    ],
  };
}

/** The whole step of each slice, if all are on one and some steps are empty; else undefined. */
function wholeStepsOf(
  heights: readonly number[],
  gaps: readonly number[],
  usual: number,
): readonly number[] | undefined {
  const steps = [0];
  for (const gap of gaps) steps.push(steps.at(-1)! + Math.round(gap / usual));
  const step = (heights.at(-1)! - heights[0]!) / steps.at(-1)!;
  const onStep = heights.every((height, k) => Math.abs(height - (heights[0]! + steps[k]! * step)) <= offPlaceMm(step));
  const apart = steps.every((count, k) => k === 0 || count > steps[k - 1]!);
  return onStep && apart ? steps : undefined;
}

function missingNote(wholeSteps: readonly number[]): string {
  const missing = wholeSteps.at(-1)! + 1 - wholeSteps.length;
  const holes = wholeSteps.flatMap((step, k) => (k > 0 && step - wholeSteps[k - 1]! > 1 ? [k] : []));
  const where = holes.slice(0, 5).map((k) => `${k}`);
  const what = missing === 1 ? '1 slice is missing' : `${missing} slices are missing`;
  return (
    `${what} (after slice ${where.join(', ')}${holes.length > 5 ? ', …' : ''}); for segmenting the ` +
    `${holes.length === 1 ? 'gap was' : 'gaps were'} bridged by interpolation.`
  );
}

const round = (length: number): number => Number(length.toFixed(2));
