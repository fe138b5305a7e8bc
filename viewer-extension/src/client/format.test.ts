import { describe, expect, it } from '@jest/globals';
import { formatBytes } from '../../../server/contract/byteSize.js';
import {
  formatAge,
  formatChange,
  formatDifference,
  formatDuration,
  formatMean,
  formatMoment,
  formatRoughly,
  formatScore,
  formatSeconds,
  formatSize,
  formatVolume,
  shortUid,
} from './format.js';

describe('times in words', () => {
  it.each([
    [-5, '0 ms'],
    [12.4, '12 ms'],
    [999.7, '1.0 s'],
    [9940, '9.9 s'],
    [9960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 00 s'],
    [125_000, '2 min 05 s'],
  ])('measured: %d ms is %s', (milliseconds, expected) => {
    expect(formatDuration(milliseconds)).toBe(expected);
  });

  it.each([
    [4.6, '5 s'],
    [3_840, '1 h 04 min'],
    [3600 * 50, '2 d 2 h'],
  ])('running on: %d s is %s', (seconds, expected) => {
    expect(formatSeconds(seconds)).toBe(expected);
  });

  it.each([
    [-10, undefined],
    [2, undefined],
    [4, '5 s'],
    [43, '45 s'],
    [58, '1 min'],
    [150, '3 min'],
    [4_300, '1 h 10 min'],
  ])('estimated: %d s is %s', (seconds, expected) => {
    expect(formatRoughly(seconds)).toBe(expected);
  });

  it.each([
    [59_000, '59 s'],
    [179_000, '2 min'],
    [47 * 3_600_000, '47 h'],
    [49 * 3_600_000, '2 d'],
  ])('ago: %d ms is %s', (milliseconds, expected) => {
    expect(formatAge(milliseconds)).toBe(expected);
  });

  it('names no more of a date than is needed', () => {
    const now = new Date(2026, 0, 31, 15, 0);
    expect(formatMoment(new Date(2026, 0, 31, 9, 5).toISOString(), now)).toBe('09:05');
    expect(formatMoment(new Date(2026, 0, 30, 9, 5).toISOString(), now)).toBe('Jan 30, 09:05');
    expect(formatMoment(new Date(2025, 11, 31, 0, 5).toISOString(), now)).toBe('Dec 31, 2025, 00:05');
  });
});

describe('other figures', () => {
  it('are short', () => {
    expect([-1, 12_345, 640e6, 20.25e9].map((bytes) => formatBytes(bytes))).toEqual([
      '0 kB',
      '13 kB',
      '640 MB',
      '20.3 GB',
    ]);
    expect(formatBytes(1234.56e9, 'de')).toBe('1234,6 GB');
    expect([shortUid('1.2.840.10008'), shortUid('2.25.169028862658706935795448699502864614612')]).toEqual([
      '1.2.840.10008',
      '…502864614612',
    ]);
  });
});

describe('the comparison of two results', () => {
  it('has its sign, and as many digits as a reader can use', () => {
    expect([0, 12.44, -0.312, 2310.4, -0.001].map(formatDifference)).toEqual([
      '±0',
      '+12.4',
      '−0.31',
      '+2,310',
      '−< 0.01',
    ]);
    expect([0, 0.0123, -0.38, 1.5].map(formatChange)).toEqual(['±0.0 %', '+1.2 %', '−38 %', '+150 %']);
    expect(formatScore(0.974)).toBe('p 0.97');
  });
});

describe('formatVolume', () => {
  it.each([
    [0, '0.00 mL'],
    [0.004, '< 0.01 mL'],
    [0.419, '0.42 mL'],
    [9.994, '9.99 mL'],
    [9.996, '10.0 mL'],
    [31.66, '31.7 mL'],
    [99.96, '100 mL'],
    [2310.4, '2,310 mL'],
  ])('shows %d mL with the digits that a reader can use', (millilitres, text) => {
    expect(formatVolume(millilitres)).toBe(text);
  });
});

describe('formatSize', () => {
  it('is a volume, on a single image an area, and pixels where the image has no scale', () => {
    const sizes = [{ voxelCount: 9000, volumeMl: 31.66 }, { voxelCount: 9000, areaMm2: 412.6 }, { voxelCount: 9000 }];
    expect(sizes.map(formatSize)).toEqual(['31.7 mL', '413 mm²', '9,000 px']);
    expect(formatMean({ mean: undefined, unit: undefined })).toBe('');
  });
});

describe('formatMean', () => {
  it.each([
    [-812.3, 'HU', '−812 HU'],
    [-0.2, 'HU', '0 HU'],
    [4.208, 'SUV', '4.21 SUV'],
    [27512.7, 'Bq/mL', '27,513 Bq/mL'],
    [312.4, 'arbitrary', '312 a.u.'],
  ])('shows %d in %s', (mean, unit, text) => {
    expect(formatMean({ mean, unit })).toBe(text);
  });
});
