import { describe, expect, it } from '@jest/globals';
import { randomNumbers } from '../values/randomNumbers.js';
import type { IntensityStep } from './intensitySteps.js';
import { normalizeIntensity } from './normalizeIntensity.js';
import { percentile } from './percentile.js';

const everything = () => true;

function bySorting(values: Iterable<number>, percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = ((sorted.length - 1) * percent) / 100;
  const low = sorted[Math.floor(rank)]!;
  return low + (rank - Math.floor(rank)) * (sorted[Math.ceil(rank)]! - low);
}

describe('percentile', () => {
  it('agrees with sorting, for negative, equal and tiny values', () => {
    const random = randomNumbers(7);
    for (const length of [1, 2, 3, 101, 1000]) {
      const values = Float32Array.from({ length }, () => {
        const kind = random();
        if (kind < 0.2) return 0;
        if (kind < 0.3) return 1e-30 * random();
        return (random() - 0.5) * 10 ** (6 * random());
      });
      for (const percent of [0, 0.5, 33.3, 50, 99.5, 100])
        expect(percentile(values, percent, everything)).toBeCloseTo(bySorting(values, percent), 5);
    }
  });

  it('leaves out NaN and what does not count', () => {
    const values = Float32Array.from([Number.NaN, -5, 0, 1, 2, 3, Number.NaN]);
    expect(percentile(values, 50, (value) => value > 0)).toBe(2);
    expect(percentile(values, 50, everything)).toBe(1);
    expect(percentile(values, 50, (value) => value > 10)).toBeNaN();
  });
});

describe('intensity normalisation', () => {
  const normalized = (values: number[], steps: IntensityStep[], outside: 'minimum' | number = 'minimum') => {
    const voxels = Float32Array.from(values);
    normalizeIntensity(voxels, steps, outside);
    return [...voxels];
  };

  it('clips and scales in the order of the steps', () => {
    expect(
      normalized(
        [-1000, 0, 500, 3000],
        [
          { step: 'clip', low: 0, high: 1000 },
          { step: 'min-max', scope: 'all' },
        ],
      ),
    ).toEqual([0, 0, 0.5, 1]);
  });

  it('scales between two fixed values, as a CT window does', () => {
    const window: IntensityStep[] = [
      { step: 'clip', low: -40, high: 100 },
      { step: 'scale', low: -40, high: 100 },
    ];
    expect(normalized([-1000, -40, 30, 100, 1500], window)).toEqual([0, 0, 0.5, 1, 1]);
    expect(normalized([30, Number.NaN], window)).toEqual([0.5, 0.5]);
  });

  it('z-scores over the voxels in scope, with the population standard deviation', () => {
    const result = normalized([0, 0, 10, 20], [{ step: 'z-score', scope: 'gt0' }]);
    expect(result).toEqual([-3, -3, -1, 1]);
  });

  it('scales two percentiles with scopes of their own to 0 and 1', () => {
    const steps: IntensityStep[] = [
      {
        step: 'scale-percentiles',
        low: { percent: 0, scope: 'all' },
        high: { percent: 50, scope: 'above-minimum' },
      },
    ];
    expect(normalized([-2, -2, 2, 6, 10], steps)).toEqual([0, 0, 0.5, 1, 1.5]);
  });

  it('keeps voxels outside the source grid out of the statistics and gives them the outside value', () => {
    const { NaN: outside } = Number;
    expect(normalized([outside, 1, 3], [{ step: 'min-max', scope: 'all' }])).toEqual([0, 0, 1]);
    expect(normalized([outside, 1, 3], [{ step: 'min-max', scope: 'all' }], 2)).toEqual([0.5, 0, 1]);
  });

  it('makes zeros of an image without contrast, and of one with nothing in scope', () => {
    expect(normalized([7, 7, 7], [{ step: 'z-score', scope: 'all' }])).toEqual([0, 0, 0]);
    expect(normalized([7, 7, 7], [{ step: 'min-max', scope: 'all' }])).toEqual([0, 0, 0]);
    expect(normalized([-1, -2, -3], [{ step: 'min-max', scope: 'gt0' }]).map(Math.abs)).toEqual([0, 0, 0]);
    const nothing: IntensityStep = {
      step: 'clip-percentiles',
      low: { percent: 1, scope: 'gt0' },
      high: { percent: 99, scope: 'gt0' },
    };
    expect(normalized([-1, -2, -3], [nothing]).map(Math.abs)).toEqual([0, 0, 0]);
  });

  it('survives a volume that is wholly outside', () => {
    expect(normalized([Number.NaN, Number.NaN], [{ step: 'z-score', scope: 'all' }])).toEqual([0, 0]);
  });
});
