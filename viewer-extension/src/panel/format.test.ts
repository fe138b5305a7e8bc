import { describe, expect, it } from '@jest/globals';
import { formatDuration, formatMean, formatVolume } from './format.js';

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

describe('formatMean', () => {
  it.each([
    [-812.3, 'HU', '−812 HU'],
    [-0.2, 'HU', '0 HU'],
    [4.208, 'SUV', '4.21 SUV'],
    [27512.7, 'Bq/mL', '27,513 Bq/mL'],
    [312.4, 'arbitrary', '312'],
  ])('shows %d in %s', (mean, unit, text) => {
    expect(formatMean({ mean, unit })).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [-500, '0 s'],
    [8400, '8 s'],
    [125_000, '2 min 05 s'],
    [3_840_000, '1 h 04 min'],
  ])('shows %d ms', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
