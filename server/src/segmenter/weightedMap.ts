import { type Grid, voxelCount } from '../values/grid.js';
import { emptyProbabilityMap, type ProbabilityMap, type Window } from './probabilityMap.js';

/**
 * A map to which windows are added with any weights; `finish` divides by the sum of weights at each voxel.
 */
export interface WeightedMap {
  /**
   * @param values channel c of window voxel x, y, z at index (x + size x · (y + size y · z)) · channels + c
   */
  add(window: Window, values: Float32Array): void;
  /** Call once, after all windows. */
  finish(): ProbabilityMap;
}

/** Bytes of a map while it is built, without the weights of a window. */
export const bytesOfWeightedMap = (grid: Grid, channels: number): number =>
  Float32Array.BYTES_PER_ELEMENT * voxelCount(grid) * (channels + 1);

/**
 * @param weights one per voxel of a window, x fastest
 */
export function weightedMap(grid: Grid, channels: number, weights: Float32Array): WeightedMap {
  const map = emptyProbabilityMap(grid, channels);
  const sums = new Float32Array(voxelCount(grid));
  const { values: totals } = map;
  const [nx, ny, nz] = grid.size;
  return {
    add([wx, wy, wz], values) {
      const [sizeX, sizeY, sizeZ] = [wx.weights.length, wy.weights.length, wz.weights.length];
      const firstX = Math.max(0, wx.start);
      const columns = Math.min(nx, wx.start + sizeX) - firstX;
      for (let z = Math.max(0, wz.start); z < Math.min(nz, wz.start + sizeZ); z++)
        for (let y = Math.max(0, wy.start); y < Math.min(ny, wy.start + sizeY); y++) {
          const from = firstX - wx.start + sizeX * (y - wy.start + sizeY * (z - wz.start));
          const to = firstX + nx * (y + ny * z);
          for (let n = 0; n < columns; n++) {
            const weight = weights[from + n]!;
            sums[to + n]! += weight;
            const source = (from + n) * channels;
            const target = (to + n) * channels;
            for (let c = 0; c < channels; c++) totals[target + c]! += weight * values[source + c]!;
          }
        }
    },
    finish() {
      for (let n = 0; n < sums.length; n++) {
        const sum = sums[n]!;
        for (let i = n * channels; i < (n + 1) * channels; i++) totals[i]! /= sum;
      }
      return map;
    },
  };
}
