import { describe, expect, it } from '@jest/globals';
import { fromAxes, identity } from '../values/affine.js';
import { type Grid, voxelCount } from '../values/grid.js';
import { getBit } from '../values/maskBits.js';
import { randomNumbers } from '../values/randomNumbers.js';
import { orientedGrid } from './orientedGrid.js';
import type { ProbabilityMap } from './probabilityMap.js';
import { restoreProbability } from './restoreProbability.js';
import { restoreToSourceGrid } from './restoreToSourceGrid.js';
import { randomGrid } from './testSupport.js';

const { signal } = new AbortController();

function randomMap(grid: Grid, channels: number, random: () => number): ProbabilityMap {
  return {
    grid,
    channels,
    values: Float32Array.from({ length: voxelCount(grid) * channels }, () => random() / channels),
  };
}

describe('restoreProbability', () => {
  it('is the probability itself, in 255 steps, where the grids are one', async () => {
    const grid: Grid = { size: [5, 1, 1], voxelToLps: identity };
    const values = Float32Array.of(0, 1, 0.5, 1.0000001, 0.0019);
    expect([...(await restoreProbability({ grid, channels: 1, values }, [0], grid, signal))]).toEqual([
      0, 255, 128, 255, 0,
    ]);
  });

  it('adds the channels of a target, and leaves the others out', async () => {
    const grid: Grid = { size: [1, 1, 1], voxelToLps: identity };
    const map = { grid, channels: 3, values: Float32Array.of(0.2, 0.4, 0.2) };
    expect([...(await restoreProbability(map, [0, 2], grid, signal))]).toEqual([102]);
  });

  it('is 0 outside the model grid', async () => {
    const map = { grid: { size: [2, 1, 1], voxelToLps: identity } as Grid, channels: 1, values: Float32Array.of(1, 1) };
    const wide: Grid = { size: [6, 1, 1], voxelToLps: fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 1], [-2, 0, 0]) };
    expect([...(await restoreProbability(map, [0], wide, signal))]).toEqual([0, 0, 255, 255, 0, 0]);
  });

  it.each([1, 2, 3, 4])('agrees with the mask of the same map on an oblique, sheared grid, seed %i', async (seed) => {
    const random = randomNumbers(seed);
    const source = randomGrid(random);
    const map = randomMap(orientedGrid(source, 'RAS', [3, 3, 3]), 3, random);
    const threshold = 0.6 / 3;
    const [mask] = await restoreToSourceGrid(map, source, { kind: 'threshold', threshold }, [[1]], signal);
    const probability = await restoreProbability(map, [1], source, signal);
    let [inside, outside, disagreeing] = [0, 0, 0];
    for (let n = 0; n < probability.length; n++) {
      // half a step of 1/255 on either side is rounding
      if (Math.abs(probability[n]! / 255 - threshold) <= 0.5 / 255 + 1e-6) continue;
      if (getBit(mask!, n) !== probability[n]! / 255 > threshold) disagreeing++;
      if (getBit(mask!, n)) inside++;
      else outside++;
    }
    expect(disagreeing).toBe(0);
    expect(Math.min(inside, outside)).toBeGreaterThan(100);
  });

  it('stops when it is cancelled', async () => {
    const source = randomGrid(randomNumbers(9));
    const map = randomMap(orientedGrid(source, 'RAS', [3, 3, 3]), 1, randomNumbers(10));
    await expect(restoreProbability(map, [0], source, AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
