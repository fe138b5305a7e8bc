import { column, type Vector3 } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';
import { patientAxes } from '../../../values/patientAxes.js';

/** A grid axis and whether its index grows towards the named direction. */
export interface AnatomicalAxis {
  readonly axis: 0 | 1 | 2;
  readonly sign: 1 | -1;
}

/**
 * The grid axes nearest to the patient's Left, Posterior and Superior; each axis is used once, also on oblique grids.
 */
export interface AnatomicalAxes {
  readonly left: AnatomicalAxis;
  readonly posterior: AnatomicalAxis;
  readonly superior: AnatomicalAxis;
}

export function anatomicalAxes({ voxelToLps }: Grid): AnatomicalAxes {
  const axes = patientAxes(voxelToLps);
  const named = (lps: 0 | 1 | 2): AnatomicalAxis => ({
    axis: axes[lps],
    sign: column(voxelToLps, axes[lps])[lps] < 0 ? -1 : 1,
  });
  return { left: named(0), posterior: named(1), superior: named(2) };
}

/**
 * The planes of cells perpendicular to one grid axis: cell (u, v) of plane p has index p·planeStride + u·uStride +
 * v·vStride.
 */
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
