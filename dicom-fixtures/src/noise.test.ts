import { expect, it } from '@jest/globals';
import { createNoise } from './noise.js';

it('has mean 0 and standard deviation 1, and is repeatable', () => {
  const [one, other] = [createNoise(1), createNoise(1)];
  const numbers = Array.from({ length: 100_000 }, one);
  expect(numbers.slice(0, 100)).toEqual(Array.from({ length: 100 }, other));
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  // 4 standard errors: 1/√n for the mean, √(2/n) for the variance.
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(1e5));
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 1e5));
});
