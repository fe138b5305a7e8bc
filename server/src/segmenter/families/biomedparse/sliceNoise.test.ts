import { describe, expect, it } from '@jest/globals';
import { sliceNoise } from './sliceNoise.js';

describe('the noise of a slice', () => {
  it('is that of noise.py in the converters', () => {
    const noise = sliceNoise(20250611, 3, [
      [1, 8, 16, 4],
      [1, 8, 16, 16],
      [1, 8, 16, 64],
    ]);
    const numbers = [noise[0]![0]!, noise[1]![0]!, noise[2]![0]!, noise[2]!.at(-1)!];
    expect(numbers.map((value) => value * 2 ** 24)).toEqual([5552177, 15148153, 14381336, 14969618]);
  });

  it('is in [0, 1), evenly, and differs from slice to slice', () => {
    const [one, two] = sliceNoise(1, 2, [[100_000], [10]]);
    expect(Math.min(...one!)).toBeGreaterThanOrEqual(0);
    expect(one!.reduce((most, value) => Math.max(most, value), 0)).toBeLessThan(1);
    expect(one!.reduce((sum, value) => sum + value, 0) / 100_000).toBeCloseTo(0.5, 2);
    expect(two).toHaveLength(10);
    expect(sliceNoise(1, 3, [[10]])[0]).not.toEqual(one!.subarray(0, 10));
  });
});
