import { describe, expect, it } from '@jest/globals';
import { randomNumbers } from '../values/randomNumbers.js';
import { bootstrapInterval } from './bootstrap.js';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const intervalOf = (values: readonly number[]) =>
  bootstrapInterval(values.length, (sample) => mean(sample.map((place) => values[place]!)));

describe('bootstrapInterval', () => {
  it('is that of the normal distribution for many cases', () => {
    const random = randomNumbers(7);
    const values = Array.from({ length: 400 }, () => random());
    const centre = mean(values);
    const halfWidth = (1.96 * Math.sqrt(mean(values.map((value) => (value - centre) ** 2)))) / Math.sqrt(400);
    const [low, high] = intervalOf(values)!;
    expect(Math.abs(low - (centre - halfWidth)) / halfWidth).toBeLessThan(0.1);
    expect(Math.abs(high - (centre + halfWidth)) / halfWidth).toBeLessThan(0.1);
  });

  it('contains the true mean in about 95 of 100 experiments', () => {
    const random = randomNumbers(11);
    let contained = 0;
    for (let experiment = 0; experiment < 300; experiment++) {
      const [low, high] = intervalOf(Array.from({ length: 40 }, () => random()))!;
      if (low <= 0.5 && high >= 0.5) contained++;
    }
    expect(contained / 300).toBeGreaterThan(0.91);
    expect(contained / 300).toBeLessThan(0.98);
  });

  it('is the same in every run, has no width where all cases are equal, and is not given for few cases', () => {
    const values = [0.9, 0.1, 0.5, 0.7, 0.8];
    expect(intervalOf(values)).toEqual(intervalOf(values));
    expect(intervalOf([0.5, 0.5, 0.5, 0.5, 0.5])).toEqual([0.5, 0.5]);
    expect(intervalOf([0.9, 0.1, 0.5, 0.7])).toBeUndefined();
    expect(bootstrapInterval(5, () => undefined)).toBeUndefined();
  });
});
