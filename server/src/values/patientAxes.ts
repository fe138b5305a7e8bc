import { type Affine, column, normalize, type Vector3 } from './affine.js';

type Axis = 0 | 1 | 2;

const permutations = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const satisfies readonly (readonly Axis[])[];

/**
 * The grid axes closest to the patient's x (right-left), y (front-back) and z (foot-head). Each axis is used once, also
 * on an oblique grid: of all six assignments the one with the largest sum of absolute cosines.
 */
export function patientAxes(voxelToLps: Affine): readonly [Axis, Axis, Axis] {
  const directions: readonly Vector3[] = ([0, 1, 2] as const).map((axis) => normalize(column(voxelToLps, axis)));
  const agreement = (axes: readonly Axis[]): number =>
    axes.reduce((sum: number, axis, lps) => sum + Math.abs(directions[axis]![lps]!), 0);
  return permutations.reduce<readonly [Axis, Axis, Axis]>(
    (best, candidate) => (agreement(candidate) > agreement(best) ? candidate : best),
    permutations[0],
  );
}
