/** Minimum weight; the maximum is 1. Every voxel needs a weight, however narrow the gaussian. */
const floor = 1e-3;

/** Gaussian over the voxels of a window's axis, centred between its ends, with sigma = size · sigmaFraction voxels. */
export function gaussianWeights(size: number, sigmaFraction: number): Float64Array {
  const centre = (size - 1) / 2;
  const sigma = size * sigmaFraction;
  return Float64Array.from({ length: size }, (_, n) => Math.max(floor, Math.exp(-(((n - centre) / sigma) ** 2) / 2)));
}
