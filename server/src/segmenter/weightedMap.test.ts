import { describe, expect, it } from '@jest/globals';
import { identity } from '../values/affine.js';
import type { AxisWindow } from './slidingWindows.js';
import { weightedMap } from './weightedMap.js';

/** A window's place along an axis; its own weights are of no use here. */
const along = (start: number, size: number): AxisWindow => ({ start, weights: new Float32Array(size) });

describe('a map of weighted windows', () => {
  it('is the weighted mean of the windows that hold a voxel', () => {
    const map = weightedMap({ size: [4, 1, 1], voxelToLps: identity }, 2, Float32Array.of(1, 3, 1));
    map.add([along(0, 3), along(0, 1), along(0, 1)], Float32Array.of(1, 10, 2, 20, 3, 30));
    map.add([along(1, 3), along(0, 1), along(0, 1)], Float32Array.of(6, 60, 7, 70, 8, 80));
    // Voxel 1 has weight 3 of the first window and 1 of the second, voxel 2 the reverse.
    expect([...map.finish().values]).toEqual([1, 10, 3, 30, 6, 60, 8, 80]);
  });

  it('leaves out what is beyond the volume, at both ends and along every axis', () => {
    const map = weightedMap({ size: [2, 2, 1], voxelToLps: identity }, 1, new Float32Array(27).fill(2));
    const values = Float32Array.from({ length: 27 }, (_, n) => n);
    map.add([along(-1, 3), along(0, 3), along(-2, 3)], values);
    // Window voxels x 1–2, y 0–1, z 2.
    expect([...map.finish().values]).toEqual([19, 20, 22, 23]);
  });
});
