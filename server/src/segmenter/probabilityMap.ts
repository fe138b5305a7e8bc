import type { Vector3 } from '../values/affine.js';
import { type Grid, voxelCount } from '../values/grid.js';
import type { AxisWindow } from './slidingWindows.js';

/**
 * Probabilities of several channels on a model grid, blended from windows.
 *
 * Channels are interleaved: channel c of voxel n is at index n·channels + c, because mapping back to the source grid
 * reads all channels at eight neighbouring voxels.
 */
export interface ProbabilityMap {
  readonly grid: Grid;
  readonly channels: number;
  readonly values: Float32Array;
}

export const emptyProbabilityMap = (grid: Grid, channels: number): ProbabilityMap => ({
  grid,
  channels,
  values: new Float32Array(voxelCount(grid) * channels),
});

/** A window's position along x, y and z. */
export type Window = readonly [AxisWindow, AxisWindow, AxisWindow];

/** Distance in a window's tensor between neighbours along x, y, z. */
export type TensorStrides = readonly [number, number, number];

/**
 * Copies a window of a volume on the map's grid into a tensor; voxels outside the volume get `padding`.
 */
export function cutWindow(
  voxels: Float32Array,
  { size: [nx, ny, nz] }: Grid,
  [wx, wy, wz]: Window,
  [sx, sy, sz]: TensorStrides,
  padding: number,
  tensor: Float32Array,
): void {
  tensor.fill(padding);
  for (let z = Math.max(0, wz.start); z < Math.min(nz, wz.start + wz.weights.length); z++)
    for (let y = Math.max(0, wy.start); y < Math.min(ny, wy.start + wy.weights.length); y++) {
      const line = (z - wz.start) * sz + (y - wy.start) * sy;
      for (let x = Math.max(0, wx.start); x < Math.min(nx, wx.start + wx.weights.length); x++)
        tensor[line + (x - wx.start) * sx] = voxels[x + nx * (y + ny * z)]!;
    }
}

/** Mirrors a window's tensor along x, in place. */
export function mirrorWindow(tensor: Float32Array, [nx, ny, nz]: Vector3, [sx, sy, sz]: TensorStrides): void {
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let left = 0, right = nx - 1; left < right; left++, right--) {
        const line = y * sy + z * sz;
        const [a, b] = [line + left * sx, line + right * sx];
        const value = tensor[a]!;
        tensor[a] = tensor[b]!;
        tensor[b] = value;
      }
}

/** Greatest sum of the given channels at any voxel. */
export function greatestProbability({ channels, values }: ProbabilityMap, members: readonly number[]): number {
  let greatest = 0;
  for (let base = 0; base < values.length; base += channels) {
    let sum = 0;
    for (const member of members) sum += values[base + member]!;
    if (sum > greatest) greatest = sum;
  }
  return greatest;
}
