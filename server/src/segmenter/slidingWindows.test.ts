import { describe, expect, it } from '@jest/globals';
import { gaussianWeights } from './gaussianWeights.js';
import { axisWindows } from './slidingWindows.js';

const sumsOf = (length: number, windows: ReturnType<typeof axisWindows>) => {
  const sums = new Float64Array(length);
  for (const { start, weights } of windows)
    weights.forEach((weight, n) => {
      if (start + n >= 0 && start + n < length) sums[start + n]! += weight;
      else expect(weight).toBe(0);
    });
  return sums;
};

describe('windows along an axis', () => {
  it.each(['end', 'both-sides'] as const)(
    'cover every voxel with weights that add up to 1 (padding at %s)',
    (where) => {
      for (let length = 1; length <= 50; length++)
        for (const [size, step] of [
          [1, 1],
          [2, 1],
          [7, 3],
          [8, 4],
          [8, 8],
          [16, 5],
          [64, 32],
        ] as const)
          for (const profile of [gaussianWeights(size, 0.125), new Float64Array(size).fill(1)]) {
            for (const lead of [undefined, 0, size - 1]) {
              const windows = axisWindows(length, size, step, where, profile, lead);
              const worst = sumsOf(length, windows).reduce((most, sum) => Math.max(most, Math.abs(sum - 1)), 0);
              expect(worst).toBeLessThan(1e-6);
            }
          }
    },
  );

  it('are every step from the given start, to beyond the end', () => {
    const starts = (length: number, lead: number) =>
      axisWindows(length, 8, 4, 'end', new Float64Array(8).fill(1), lead).map(({ start }) => start);
    expect(starts(8, 0)).toEqual([0]);
    expect(starts(9, 0)).toEqual([0, 4]);
    expect(starts(5, 3)).toEqual([-3]);
    expect(starts(6, 3)).toEqual([-3, 1]);
    expect(starts(10, 3)).toEqual([-3, 1, 5]);
  });

  it('shift the last window back to end with the axis', () => {
    const starts = (length: number) =>
      axisWindows(length, 8, 4, 'end', new Float64Array(8).fill(1)).map(({ start }) => start);
    expect(starts(8)).toEqual([0]);
    expect(starts(9)).toEqual([0, 1]);
    expect(starts(12)).toEqual([0, 4]);
    expect(starts(13)).toEqual([0, 4, 5]);
  });

  it('reach beyond a short axis at its end or on both sides', () => {
    const only = (where: 'end' | 'both-sides') => axisWindows(5, 8, 4, where, new Float64Array(8).fill(1));
    expect(only('end').map(({ start }) => start)).toEqual([0]);
    expect(only('both-sides').map(({ start }) => start)).toEqual([-1]);
  });

  it('that are not wanted are left out, and change nothing for voxels that only wanted ones cover', () => {
    const profile = gaussianWeights(8, 0.125);
    const all = axisWindows(40, 8, 4, 'end', profile);
    const wanted = axisWindows(40, 8, 4, 'end', profile, undefined, (start) => start >= 16);
    expect(wanted.map(({ start }) => start)).toEqual([16, 20, 24, 28, 32]);
    expect(wanted.slice(1)).toEqual(all.slice(5));
    const sums = sumsOf(40, wanted);
    expect([...sums.subarray(0, 16)]).toEqual(new Array(16).fill(0));
    for (const sum of sums.subarray(16)) expect(sum).toBeCloseTo(1, 6);
  });

  it('weigh a single window with exactly 1, whatever its profile', () => {
    const [window] = axisWindows(6, 8, 4, 'end', gaussianWeights(8, 0.125));
    expect([...window!.weights]).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
  });
});

describe('gaussian weights', () => {
  it('are symmetric, greatest in the middle and never zero, however narrow', () => {
    for (const fraction of [1e-6, 0.02, 0.125, 1])
      for (const size of [1, 2, 5, 96, 300]) {
        const weights = gaussianWeights(size, fraction);
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(1e-3);
        weights.forEach((weight, n) => {
          expect(weight).toBeCloseTo(weights[size - 1 - n]!, 12);
          expect(weight).toBeLessThanOrEqual(weights[size >> 1]!);
        });
      }
  });
});
