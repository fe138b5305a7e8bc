import { describe, expect, it } from '@jest/globals';
import { nextJobAfter, nextReadingAfter } from './afterFailedJob.js';

const now = new Date('2026-01-01T00:00:00Z');
const minutes = (at: Date | undefined): number | undefined => at && (at.getTime() - now.getTime()) / 60_000;

describe('a series whose job failed', () => {
  it('is tried again later and later, and parked after the third job', () => {
    const problem = { code: 'store-not-verified', transient: true } as const;
    expect([1, 2, 3].map((failed) => minutes(nextJobAfter(problem, failed, now)))).toEqual([10, 60, undefined]);
  });

  it('is parked at once where waiting fixes nothing', () => {
    expect(nextJobAfter({ code: 'slices-uneven', transient: false }, 1, now)).toBeUndefined();
  });

  it('is tried through a night without the archive, and not for ever', () => {
    const problem = { code: 'archive-unreachable', transient: true } as const;
    expect([1, 2, 3, 24, 25].map((failed) => minutes(nextJobAfter(problem, failed, now)))).toEqual([
      10,
      60,
      60,
      60,
      undefined,
    ]);
  });
});

describe('a series that cannot be read', () => {
  it('is parked after four attempts, at once where waiting fixes nothing', () => {
    const problem = { transient: true };
    expect([1, 2, 3, 4].map((failed) => minutes(nextReadingAfter(problem, failed, now)))).toEqual([
      1,
      10,
      60,
      undefined,
    ]);
    expect(nextReadingAfter({ transient: false }, 1, now)).toBeUndefined();
  });
});
