import type { Vector3 } from '../../../values/affine.js';

/**
 * Values with less noise: each with half its own weight and a quarter of its neighbours', along every axis whose
 * voxels are at most twice as far apart as the nearest ones.
 *
 * @param spacing mm between neighbours along each axis
 */
export function smoothValues(values: Float32Array, size: Vector3, spacing: Vector3): Float32Array {
  const nearest = Math.min(...spacing);
  const strides = [1, size[0], size[0] * size[1]] as const;
  let smooth = values;
  for (const axis of [0, 1, 2] as const) {
    if (spacing[axis] > 2 * nearest || size[axis] < 2) continue;
    const from = smooth;
    const stride = strides[axis];
    const last = size[axis] - 1;
    smooth = new Float32Array(values.length);
    for (let n = 0; n < values.length; n++) {
      const at = Math.floor(n / stride) % size[axis];
      const before = at > 0 ? from[n - stride]! : from[n]!;
      const after = at < last ? from[n + stride]! : from[n]!;
      smooth[n] = from[n]! / 2 + (before + after) / 4;
    }
  }
  return smooth === values ? values.slice() : smooth;
}

/**
 * Smooths the surface that a change gives a mask: of the voxels that may change, one joins the change or leaves it
 * where most of the 27 voxels around it say so.
 *
 * @param changed 1 where the mask changes; is updated
 * @param inside the mask before
 * @param open 1 where the mask may change
 * @param starts not 0 where it was decided before
 */
export function smoothChange(
  changed: Uint8Array,
  inside: Uint8Array,
  open: Uint8Array,
  starts: Uint8Array,
  size: Vector3,
): void {
  const set = sumsOfNeighbours(
    changed.map((change, n) => change ^ inside[n]!),
    size,
  );
  const all = sumsOfNeighbours(new Uint8Array(changed.length).fill(1), size);
  for (let n = 0; n < changed.length; n++) {
    if (open[n] === 0 || starts[n] !== 0) continue;
    const balance = 2 * set[n]! - all[n]!;
    if (balance !== 0 && balance > 0 !== (changed[n] !== inside[n])) changed[n]! ^= 1;
  }
}

/** Sums over each voxel and its neighbours: up to 27, fewer at the sides. */
function sumsOfNeighbours(values: Uint8Array, size: Vector3): Uint8Array {
  const strides = [1, size[0], size[0] * size[1]] as const;
  let sums = values;
  for (const axis of [0, 1, 2] as const) {
    const from = sums;
    const stride = strides[axis];
    const last = size[axis] - 1;
    sums = new Uint8Array(values.length);
    for (let n = 0; n < values.length; n++) {
      const at = Math.floor(n / stride) % size[axis];
      sums[n] = from[n]! + (at > 0 ? from[n - stride]! : 0) + (at < last ? from[n + stride]! : 0);
    }
  }
  return sums;
}
