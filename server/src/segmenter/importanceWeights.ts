import type { Vector3 } from '../values/affine.js';

/**
 * Standard deviation as a fraction of the window, and the greatest weight, from nnU-Net; SAT and VoxTell use the same.
 */
const sigmaFraction = 1 / 8;
const greatest = 10;

/**
 * The weight of each voxel of a window, like nnU-Net's compute_gaussian: a gaussian around the voxel at size / 2,
 * rounded to float16; zeros become the smallest non-zero weight.
 *
 * The rounding matters: towards the corners of a window the weights are multiples of 2^−24, and not separable by axis.
 *
 * @param size of the window; x runs fastest in the result
 */
export function importanceWeights(size: Vector3): Float32Array {
  const [alongX, alongY, alongZ] = size.map((length) =>
    Float64Array.from({ length }, (_, n) => gaussian(n - Math.floor(length / 2), length * sigmaFraction)),
  );
  const weights = new Float32Array(size[0] * size[1] * size[2]);
  let least = Number.POSITIVE_INFINITY;
  let n = 0;
  for (const z of alongZ!)
    for (const y of alongY!)
      for (const x of alongX!) {
        const weight = toFloat16(greatest * x * y * z);
        if (weight > 0 && weight < least) least = weight;
        weights[n++] = weight;
      }
  for (let index = 0; index < weights.length; index++) if (weights[index] === 0) weights[index] = least;
  return weights;
}

/** SciPy's filter ends at four standard deviations. */
function gaussian(distance: number, sigma: number): number {
  return Math.abs(distance) > Math.floor(4 * sigma + 0.5) ? 0 : Math.exp(-((distance / sigma) ** 2) / 2);
}

/** The nearest float16 (IEEE 754 binary16, ties to even) of a number from 0 to 65504. */
function toFloat16(value: number): number {
  const exponent = Math.max(Math.floor(Math.log2(value)), -14);
  const unit = 2 ** (exponent - 10);
  const units = value / unit;
  const below = Math.floor(units);
  const part = units - below;
  const up = part > 0.5 || (part === 0.5 && below % 2 === 1);
  return (up ? below + 1 : below) * unit;
}
