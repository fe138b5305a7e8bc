import { describe, expect, it } from '@jest/globals';
import { endedByMemory, isAllocationFailure, memoryExhausted, outOfMemoryKills } from './memoryExhausted.js';

const quiet = { standardError: '', killsBefore: 3, killsAfter: 3 };

describe('a worker process', () => {
  it('ended by the kernel for lack of memory is distinguished from one that somebody killed', () => {
    expect(endedByMemory({ ...quiet, signal: 'SIGKILL' })).toBe(false);
    expect(endedByMemory({ ...quiet, signal: 'SIGKILL', killsAfter: 4 })).toBe(true);
    expect(endedByMemory({ ...quiet, signal: 'SIGSEGV', killsAfter: 4 })).toBe(false);
  });

  it('that ended at a limit of its own says so with its last words', () => {
    const v8 = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
    expect(endedByMemory({ ...quiet, signal: 'SIGABRT', standardError: v8 })).toBe(true);
    const native = "terminate called after throwing an instance of 'std::bad_alloc'";
    expect(endedByMemory({ ...quiet, signal: 'SIGABRT', standardError: native })).toBe(true);
    expect(endedByMemory({ ...quiet, signal: 'SIGABRT', standardError: 'assertion failed' })).toBe(false);
  });
});

describe('an error', () => {
  it('of an array that found no memory is one, and no other', () => {
    const tooLarge = (): unknown => {
      try {
        return new ArrayBuffer(Number.MAX_SAFE_INTEGER);
      } catch (error) {
        return error;
      }
    };
    expect(isAllocationFailure(tooLarge())).toBe(true);
    expect(isAllocationFailure(new RangeError('Maximum call stack size exceeded'))).toBe(false);
    expect(isAllocationFailure(new Error('out of luck'))).toBe(false);
  });

  it('says when it happened, what was free, and what would fit', () => {
    const { code, message } = memoryExhausted('segmenting', 3.14e9);
    expect(code).toBe('memory-exhausted');
    expect(message).toMatch(/while the job was segmenting\. 3\.1 GB were free .* fewer targets/);
  });
});

it('the count of such kills is a number on every system', async () => {
  expect(await outOfMemoryKills()).toBeGreaterThanOrEqual(0);
});
