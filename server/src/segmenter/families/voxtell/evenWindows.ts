import type { Vector3 } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';
import type { Window } from '../../probabilityMap.js';
import type { AxisWindow } from '../../slidingWindows.js';

/**
 * nnU-Net's windows: the fewest that overlap by half, at equal distances (rounded half to even) from one end of an axis
 * to the other. An axis shorter than the window has one, which extends beyond both ends, with an odd voxel at the end.
 * Their weights are not used.
 *
 * @returns x fastest
 */
export function evenWindows({ size }: Grid, window: Vector3): Window[] {
  const along = (axis: 0 | 1 | 2): AxisWindow[] => {
    const weights = new Float32Array(window[axis]).fill(1);
    return startsOf(size[axis], window[axis]).map((start) => ({ start, weights }));
  };
  const [alongX, alongY, alongZ] = [along(0), along(1), along(2)];
  return alongZ.flatMap((z) => alongY.flatMap((y) => alongX.map((x): Window => [x, y, z])));
}

function startsOf(length: number, window: number): number[] {
  if (length <= window) return [-Math.floor((window - length) / 2)];
  const last = length - window;
  const steps = Math.ceil(last / (window / 2));
  return Array.from({ length: steps + 1 }, (_, n) => roundHalfToEven((last / steps) * n));
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}
