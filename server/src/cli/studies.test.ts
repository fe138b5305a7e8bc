import { describe, expect, it } from '@jest/globals';
import { dateRange } from './studies.js';

describe('dates of studies', () => {
  it.each([
    ['2026-01-31', '20260131'],
    ['20260131', '20260131'],
    ['2026-01-01..2026-01-31', '20260101-20260131'],
    ['2026-01-01..', '20260101-'],
    ['..2026-01-31', '-20260131'],
  ])('%s are what DICOM calls %s', (typed, asked) => {
    expect(dateRange(typed)).toBe(asked);
  });

  it.each([['..'], [''], ['2026'], ['2026-01-01-2026-01-31'], ['31.01.2026'], ['2026-01-01..x']])(
    '“%s” is none',
    (typed) => {
      expect(() => dateRange(typed)).toThrow(expect.objectContaining({ code: 'options-invalid' }));
    },
  );
});
