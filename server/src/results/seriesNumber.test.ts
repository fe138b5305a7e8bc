import { describe, expect, it } from '@jest/globals';
import { freeSeriesNumber, seriesNumberAfter } from './seriesNumber.js';

describe('the Series Number of a result', () => {
  const listed = [
    { seriesInstanceUID: '1', seriesNumber: 5 },
    { seriesInstanceUID: '2', seriesNumber: 1005 },
    { seriesInstanceUID: '3', seriesNumber: 1006 },
    { seriesInstanceUID: '4' },
  ];

  it('is behind those of the scanner', () => {
    expect([5, '7', undefined, -1, 0.5, 1e7].map(seriesNumberAfter)).toEqual([1005, 1007, 1000, 1000, 1000, 1000]);
  });

  it('is one that no other series of the study has', () => {
    expect(freeSeriesNumber(5, '9', listed)).toBe(1007);
    expect(freeSeriesNumber(6, '9', listed)).toBe(1007);
    expect(freeSeriesNumber(8, '9', listed)).toBe(1008);
    expect(freeSeriesNumber(undefined, '9', [])).toBe(1000);
  });

  it('stays the same when the archive holds the result of an earlier attempt', () => {
    expect(freeSeriesNumber(5, '2', listed)).toBe(1005);
    expect(freeSeriesNumber(5, '4', listed)).toBe(1007);
  });
});
