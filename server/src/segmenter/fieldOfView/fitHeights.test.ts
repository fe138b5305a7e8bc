import { describe, expect, it } from '@jest/globals';
import { fitHeights, type HeightBins } from './fitHeights.js';

const bins: HeightBins = { first: 450, step: 25, count: 50 };

/** Rows of two slices of 8 mm; a row of `undefined` shows no body. */
function rowsOf(heights: readonly (number | undefined)[], spread = 30) {
  const logProbabilities = new Float32Array((bins.count + 1) * heights.length);
  for (const [row, height] of heights.entries()) {
    const weights = Array.from({ length: bins.count }, (_, bin) =>
      height === undefined ? 1e-9 : Math.exp(-0.5 * ((bins.first + bins.step * bin - height) / spread) ** 2),
    );
    const sum = weights.reduce((total, each) => total + each);
    const body = height === undefined ? 0.01 : 0.95;
    for (const [bin, weight] of weights.entries())
      logProbabilities[bin * heights.length + row] = Math.log(Math.max(1e-12, (body * weight) / sum));
    logProbabilities[bins.count * heights.length + row] = Math.log(1 - body);
  }
  return { logProbabilities, count: heights.length, shown: heights.length, slicesPerRow: 2, spacing: 8 };
}

const line = (first: number, perSlice: number, count: number): number[] =>
  Array.from({ length: count }, (_, row) => first + perSlice * (2 * row + 0.5));

describe('fitHeights', () => {
  it.each([
    { first: 1000, scale: 1 },
    { first: 613, scale: 0.85 },
    { first: 1212, scale: 1.2 },
  ])('finds height and scale ($first, $scale)', ({ first, scale }) => {
    const fit = fitHeights(rowsOf(line(first, 8 * scale, 20)), bins)!;
    expect(Math.abs(fit.first - first)).toBeLessThan(4);
    expect(Math.abs(fit.perSlice / 8 - scale)).toBeLessThan(0.02);
    expect(fit.confidence).toBeGreaterThan(0.8);
    expect(fit.rows).toEqual({ first: 0, last: 19 });
  });

  it('is not moved by single rows that are wrong', () => {
    const heights = line(900, 8, 20).map((height, row) => (row % 7 === 3 ? 1600 : height));
    const fit = fitHeights(rowsOf(heights), bins)!;
    expect(Math.abs(fit.first - 900)).toBeLessThan(6);
    expect(fit.confidence).toBeLessThan(0.85);
  });

  it('leaves rows without a body and padding out', () => {
    const rows = rowsOf([undefined, undefined, ...line(1000, 8, 10), undefined]);
    const fit = fitHeights({ ...rows, shown: 8 }, bins)!;
    expect(fit.rows).toEqual({ first: 2, last: 7 });
    expect(Math.abs(fit.first + 4 * 8 - 1000)).toBeLessThan(6);
  });

  it('takes scale 1 where a single row says nothing about it', () => {
    expect(fitHeights(rowsOf([1500]), bins)).toMatchObject({ perSlice: 8 });
  });

  it('keeps the scale within that of people', () => {
    expect(fitHeights(rowsOf(line(700, 16, 20)), bins)!.perSlice).toBeLessThanOrEqual(8 * 1.25 + 1e-9);
  });

  it('has no heights without a body', () => {
    expect(fitHeights(rowsOf([undefined, undefined]), bins)).toBeUndefined();
  });

  it('has little confidence where every row says something else', () => {
    const heights = Array.from({ length: 20 }, (_, row) => 500 + ((row * 613) % 1100));
    expect(fitHeights(rowsOf(heights), bins)!.confidence).toBeLessThan(0.4);
  });
});
