import type { IntensityScope, IntensityStep } from './intensitySteps.js';
import { percentile } from './percentile.js';

// As in resample.ts, for Jest.
const { max, min } = Math;

/**
 * Normalises a resampled volume in place with the manifest's steps.
 *
 * NaN marks voxels outside the source grid: they are excluded from every statistic, and go through the steps with the
 * raw value `outside` ('minimum' = the minimum inside). A scope is evaluated on the values at the start of its step. A
 * step whose scope is empty, or whose values are all equal, sets everything to 0.
 */
export function normalizeIntensity(
  voxels: Float32Array,
  steps: readonly IntensityStep[],
  outside: 'minimum' | number,
): void {
  let background = outside === 'minimum' ? minimum(voxels) : outside;
  if (!Number.isFinite(background)) background = 0;
  for (const step of steps) {
    const change = changeOf(step, voxels);
    for (let n = 0; n < voxels.length; n++) voxels[n] = change(voxels[n]!);
    background = change(background);
  }
  for (let n = 0; n < voxels.length; n++) if (Number.isNaN(voxels[n]!)) voxels[n] = background;
}

/** The function of one step for one value; NaN stays NaN. */
function changeOf(step: IntensityStep, voxels: Float32Array): (value: number) => number {
  switch (step.step) {
    case 'clip':
      return clamp(step.low, step.high);
    case 'scale':
      return toZeroOne(step.low, step.high);
    case 'clip-percentiles':
      return clamp(...percentilesOf(step, voxels));
    case 'scale-percentiles':
      return toZeroOne(...percentilesOf(step, voxels));
    case 'z-score': {
      const { mean, standardDeviation } = moments(voxels, inScope(step.scope, voxels));
      return shiftAndScale(mean, standardDeviation);
    }
    case 'min-max': {
      const counts = inScope(step.scope, voxels);
      return toZeroOne(percentile(voxels, 0, counts), percentile(voxels, 100, counts));
    }
  }
}

type Percentiles = Extract<IntensityStep, { step: 'clip-percentiles' | 'scale-percentiles' }>;

const percentilesOf = ({ low, high }: Percentiles, voxels: Float32Array): [number, number] => [
  percentile(voxels, low.percent, inScope(low.scope, voxels)),
  percentile(voxels, high.percent, inScope(high.scope, voxels)),
];

const clamp = (low: number, high: number) => {
  if (Number.isNaN(low + high)) return (value: number) => value * 0;
  return (value: number) => min(max(value, low), high);
};

const toZeroOne = (low: number, high: number) => shiftAndScale(low, high - low);

function shiftAndScale(offset: number, scale: number): (value: number) => number {
  const factor = scale > 0 ? 1 / scale : 0;
  return (value) => (factor === 0 ? value * 0 : (value - offset) * factor);
}

function inScope(scope: IntensityScope, voxels: Float32Array): (value: number) => boolean {
  switch (scope) {
    case 'all':
      return () => true;
    case 'nonzero':
      return (value) => value !== 0;
    case 'gt0':
      return (value) => value > 0;
    case 'above-minimum': {
      const least = minimum(voxels);
      return (value) => value > least;
    }
  }
}

function minimum(voxels: Float32Array): number {
  let least = Infinity;
  for (let n = 0; n < voxels.length; n++) if (voxels[n]! < least) least = voxels[n]!;
  return least;
}

/** Mean and population standard deviation, in two passes so that a large mean costs no precision. */
function moments(
  voxels: Float32Array,
  counts: (value: number) => boolean,
): { mean: number; standardDeviation: number } {
  let [count, sum, squares] = [0, 0, 0];
  for (let n = 0; n < voxels.length; n++) {
    const value = voxels[n]!;
    if (Number.isNaN(value) || !counts(value)) continue;
    count++;
    sum += value;
  }
  if (count === 0) return { mean: 0, standardDeviation: 0 };
  const mean = sum / count;
  for (let n = 0; n < voxels.length; n++) {
    const value = voxels[n]!;
    if (!Number.isNaN(value) && counts(value)) squares += (value - mean) ** 2;
  }
  return { mean, standardDeviation: Math.sqrt(squares / count) };
}
