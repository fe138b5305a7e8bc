import { describe, expect, it } from '@jest/globals';
import { type ErrorCode, errorTable } from '#contract/errorTable.js';
import type { FailedAttempt } from '#contract/job.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import { retryAfter } from './retryPolicy.js';

const now = new Date('2026-01-01T00:00:00Z');
const seconds = (code: ErrorCode, before: readonly ErrorCode[], details = {}): number | undefined => {
  const attempts: FailedAttempt[] = before.map((each) => ({ at: now.toISOString(), code: each, reason: '' }));
  const at = retryAfter(toProblem(new PromptsegError(code, 'It failed.', { details })), attempts, now);
  return at && (at.getTime() - now.getTime()) / 1000;
};

describe('retrying', () => {
  it('waits longer each time, ten minutes in all, and then gives up', () => {
    const before: ErrorCode[] = [];
    const waits: number[] = [];
    for (let wait = seconds('archive-unreachable', before); wait !== undefined; ) {
      waits.push(wait);
      before.push('archive-unreachable');
      wait = seconds('archive-unreachable', before);
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.reduce((sum, wait) => sum + wait)).toBe(600);
  });

  it('counts the troubles of one restart of the archive together, and others apart', () => {
    expect(seconds('archive-broken-answer', ['archive-unreachable', 'archive-busy'])).toBe(
      seconds('archive-unreachable', ['archive-unreachable', 'archive-unreachable']),
    );
    expect(seconds('store-not-verified', ['archive-unreachable', 'archive-unreachable'])).toBe(5);
  });

  it('reads a series again that has not arrived as a whole, for a minute', () => {
    const incomplete = (times: number) => Array.from({ length: times }, () => 'series-incomplete' as const);
    expect([0, 1, 2, 3].map((times) => seconds('series-incomplete', incomplete(times)))).toEqual([
      5,
      15,
      40,
      undefined,
    ]);
  });

  it('tries a result that did not arrive once more, and a lost worker twice, at once', () => {
    expect([seconds('store-not-verified', []), seconds('store-not-verified', ['store-not-verified'])]).toEqual([
      5,
      undefined,
    ]);
    expect(seconds('worker-lost', ['worker-lost'])).toBe(0);
    expect(seconds('worker-lost', ['worker-lost', 'worker-lost'])).toBeUndefined();
  });

  it('does as Retry-After asks, up to ten minutes, and never comes earlier than planned', () => {
    expect(seconds('archive-busy', [], { retryAfterSeconds: 90 })).toBe(90);
    expect(seconds('archive-busy', [], { retryAfterSeconds: 1 })).toBe(5);
    expect(seconds('archive-busy', [], { retryAfterSeconds: 86_400 })).toBe(600);
  });

  it('never repeats what waiting does not correct', () => {
    const repeated = Object.keys(errorTable).filter((code) => seconds(code as ErrorCode, []) !== undefined);
    expect(repeated.sort()).toEqual([
      'archive-broken-answer',
      'archive-busy',
      'archive-unreachable',
      'series-incomplete',
      'store-not-verified',
      'worker-lost',
      'worker-silent',
    ]);
    for (const code of repeated) expect(errorTable[code as ErrorCode].transient).toBe(true);
  });
});
