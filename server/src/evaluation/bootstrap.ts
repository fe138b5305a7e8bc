import { randomNumbers } from '../values/randomNumbers.js';

/** A 95 % confidence interval. */
export type Interval = readonly [low: number, high: number];

/** How intervals are made. With fewer cases than `leastCases`, an interval by resampling is far too narrow. */
export const resampling = {
  method: 'percentile bootstrap of whole cases',
  level: 0.95,
  samples: 2000,
  seed: 'the number of cases',
  leastCases: 5,
} as const;

/**
 * The percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13): the figure is
 * computed for 2000 samples of the cases with replacement, and the interval leaves 2.5 % of them at either end. The
 * samples are the same in every run.
 *
 * @param figureOf the figure for cases given by their index, some several times; undefined if they have none
 * @returns undefined for fewer than five cases, or if a sample has no figure
 */
export function bootstrapInterval(
  cases: number,
  figureOf: (sample: readonly number[]) => number | undefined,
): Interval | undefined {
  if (cases < resampling.leastCases) return undefined;
  const random = randomNumbers(cases);
  const figures: number[] = [];
  while (figures.length < resampling.samples) {
    const figure = figureOf(Array.from({ length: cases }, () => Math.floor(random() * cases)));
    if (figure === undefined) return undefined;
    figures.push(figure);
  }
  figures.sort((a, b) => a - b);
  return [figures[0.025 * resampling.samples]!, figures[0.975 * resampling.samples - 1]!];
}
