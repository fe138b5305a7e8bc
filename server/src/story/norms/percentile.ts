import type { Centile } from '#contract/finding.js';
import type { NormsRow } from '../../segmenter/packages/normsPackage.js';

type Place = Pick<Centile, 'percentile' | 'beyond'>;

/**
 * The share of people, in per cent, who have less than a value at an age; between the ages of the row its figures are
 * interpolated linearly.
 * @param years age
 * @returns undefined for an age outside of the row
 */
export function percentileOf(row: NormsRow, years: number, value: number): Place | undefined {
  switch (row.distribution) {
    case 'normal': {
      const at = figuresAt(row.ages, years, ({ mean, sd }) => [mean, sd]);
      return at && { percentile: normalPercent((value - at[0]!) / at[1]!) };
    }
    case 'lms': {
      const at = figuresAt(row.ages, years, ({ l, m, s }) => [l, m, s]);
      return at && { percentile: normalPercent(zScore(value, at[0]!, at[1]!, at[2]!)) };
    }
    case 'quantiles': {
      const at = figuresAt(row.ages, years, ({ values }) => values);
      return at && amongQuantiles(row.percentiles, at, value);
    }
  }
}

/** Interpolated between the two nearest ages. */
function figuresAt<At extends { readonly age: number }>(
  ages: readonly At[],
  years: number,
  figuresOf: (at: At) => readonly number[],
): readonly number[] | undefined {
  const next = ages.findIndex(({ age }) => age >= years);
  if (next < 0 || years < ages[0]!.age) return undefined;
  const after = ages[next]!;
  const before = ages[Math.max(0, next - 1)]!;
  const part = after === before ? 0 : (years - before.age) / (after.age - before.age);
  const later = figuresOf(after);
  return figuresOf(before).map((figure, n) => figure + part * (later[n]! - figure));
}

/** Box–Cox z-score (Cole and Green, Stat Med 1992;11:1305–1319). */
const zScore = (value: number, power: number, median: number, variation: number): number =>
  Math.abs(power) < 1e-9 ? Math.log(value / median) / variation : ((value / median) ** power - 1) / (power * variation);

/** Standard normal distribution, in per cent (Abramowitz and Stegun, formula 7.1.26; wrong by less than 0.0001). */
function normalPercent(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const tail = 50 * series * Math.exp(-x * x);
  return z < 0 ? tail : 100 - tail;
}

function amongQuantiles(percentiles: readonly number[], values: readonly number[], value: number): Place {
  const next = values.findIndex((each) => each >= value);
  if (next < 0) return { percentile: percentiles.at(-1)!, beyond: 'above' };
  if (next === 0)
    return value < values[0]! ? { percentile: percentiles[0]!, beyond: 'below' } : { percentile: percentiles[0]! };
  const [low, high] = [values[next - 1]!, values[next]!];
  const [from, to] = [percentiles[next - 1]!, percentiles[next]!];
  return { percentile: from + ((value - low) / (high - low)) * (to - from) };
}
