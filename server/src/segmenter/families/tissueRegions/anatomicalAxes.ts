import { column, normalize, type Vector3 } from '../../../geometry/affine.js';
import type { Grid } from '../../../geometry/grid.js';

/** A grid axis and whether its index grows towards the named direction. */
export interface AnatomicalAxis {
  readonly axis: 0 | 1 | 2;
  readonly sign: 1 | -1;
}

/** The grid axes nearest to the patient's Left, Posterior and Superior; each axis is used once, also on oblique grids. */
export interface AnatomicalAxes {
  readonly left: AnatomicalAxis;
  readonly posterior: AnatomicalAxis;
  readonly superior: AnatomicalAxis;
}

const permutations = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

export function anatomicalAxes(grid: Grid): AnatomicalAxes {
  const directions: readonly Vector3[] = [0, 1, 2].map((axis) => normalize(column(grid.voxelToLps, axis as 0 | 1 | 2)));
  const agreement = (order: (typeof permutations)[number]) =>
    order.reduce((sum: number, axis, lps) => sum + Math.abs(directions[axis]![lps]!), 0);
  const best = permutations.reduce((a, b) => (agreement(b) > agreement(a) ? b : a));
  const named = (lps: 0 | 1 | 2): AnatomicalAxis => ({
    axis: best[lps],
    sign: directions[best[lps]]![lps]! < 0 ? -1 : 1,
  });
  return { left: named(0), posterior: named(1), superior: named(2) };
}

/** The planes of cells perpendicular to one grid axis: cell (u, v) of plane p has index p·planeStride + u·uStride + v·vStride. */
export interface Planes {
  readonly count: number;
  readonly planeStride: number;
  readonly uCount: number;
  readonly uStride: number;
  readonly vCount: number;
  readonly vStride: number;
}

export function planesAcross(size: Vector3, axis: 0 | 1 | 2): Planes {
  const strides = [1, size[0], size[0] * size[1]] as const;
  const [u, v] = axis === 0 ? ([1, 2] as const) : axis === 1 ? ([0, 2] as const) : ([0, 1] as const);
  return {
    count: size[axis],
    planeStride: strides[axis],
    uCount: size[u],
    uStride: strides[u],
    vCount: size[v],
    vStride: strides[v],
  };
}
