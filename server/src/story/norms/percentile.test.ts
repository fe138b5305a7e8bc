import { describe, expect, it } from '@jest/globals';
import type { NormsRow } from '../../segmenter/packages/normsPackage.js';
import { percentileOf } from './percentile.js';

const about = { code: { scheme: 'SCT', value: '1' }, of: 'volume', sex: 'any' } as const;
const normal: NormsRow = {
  ...about,
  distribution: 'normal',
  ages: [
    { age: 20, mean: 100, sd: 10 },
    { age: 60, mean: 80, sd: 20 },
  ],
};
const lms = (l: number): NormsRow => ({
  ...about,
  distribution: 'lms',
  ages: [
    { age: 20, l, m: 100, s: 0.1 },
    { age: 60, l, m: 100, s: 0.1 },
  ],
});
const quantiles: NormsRow = {
  ...about,
  distribution: 'quantiles',
  percentiles: [5, 50, 95],
  ages: [
    { age: 20, values: [10, 20, 40] },
    { age: 60, values: [20, 30, 50] },
  ],
};

describe('the percentile of a value', () => {
  it.each([
    [100, 50],
    [119.59964, 97.5],
    [90, 15.86553],
    [123.26348, 99],
    [76.73652, 1],
  ])('follows the normal distribution: %f', (value, percentile) => {
    expect(percentileOf(normal, 20, value)!.percentile).toBeCloseTo(percentile, 3);
  });

  it('is interpolated between ages, and nothing outside of them', () => {
    // At 40 the mean is 90, the deviation 15.
    expect(percentileOf(normal, 40, 75)!.percentile).toBeCloseTo(15.86553, 3);
    expect(percentileOf(normal, 60, 100)!.percentile).toBeCloseTo(84.13447, 3);
    for (const years of [19.99, 60.01]) expect(percentileOf(normal, years, 100)).toBeUndefined();
  });

  it('follows Box and Cox: normal for the power 1, logarithmic for 0', () => {
    expect(percentileOf(lms(1), 30, 110)!.percentile).toBeCloseTo(84.13447, 3);
    expect(percentileOf(lms(0), 30, 100 * Math.exp(0.1))!.percentile).toBeCloseTo(84.13447, 3);
    // z = ((0.8 ** -2) - 1) / (-2 × 0.1)
    expect(percentileOf(lms(-2), 30, 80)!.percentile).toBeCloseTo(0.2457, 3);
  });

  it('is between quantiles, and says when it is beyond them', () => {
    expect(percentileOf(quantiles, 20, 15)).toEqual({ percentile: 27.5 });
    expect(percentileOf(quantiles, 40, 25)).toEqual({ percentile: 50 });
    expect(percentileOf(quantiles, 20, 10)).toEqual({ percentile: 5 });
    expect(percentileOf(quantiles, 20, 9.9)).toEqual({ percentile: 5, beyond: 'below' });
    expect(percentileOf(quantiles, 60, 51)).toEqual({ percentile: 95, beyond: 'above' });
  });
});
