import { expect } from '@jest/globals';
import { waitLimitMs } from './limits.mjs';
import { beforeNextLook } from './until.js';

/** Jest's matchers, `not` among them, each of which returns a promise. */
type PromisedMatchers = ReturnType<typeof expect>['resolves'];

/**
 * Jest's `expect` for something that is still changing: looks again until the matcher holds, however long the machine
 * takes. `await eventually(() => texts('run')).toEqual(['Segment 1 of 2'])`
 *
 * @param look what is compared; what it throws is thrown at once
 * @returns Jest's matchers. After the time that only a hang reaches, they throw what Jest says of what was seen last.
 */
export function eventually(look: () => unknown): PromisedMatchers {
  return repeated(look, (seen) => expect(seen));
}

function repeated(look: () => unknown, matchersOf: (seen: unknown) => object): PromisedMatchers {
  const get = (_: unknown, name: string | symbol): unknown => {
    // It is no promise: only what a matcher returns is awaited.
    if (typeof name === 'symbol' || name === 'then') return undefined;
    if (name === 'not') return repeated(look, (seen) => expect(seen).not);
    return async (...given: unknown[]): Promise<void> => {
      for (const start = performance.now(); ; await beforeNextLook(start)) {
        const seen = await look();
        try {
          return (matchersOf(seen) as Record<string, (...expected: unknown[]) => void>)[name]!(...given);
        } catch (error) {
          if (performance.now() - start >= waitLimitMs) throw error;
        }
      }
    };
  };
  return new Proxy({}, { get }) as PromisedMatchers;
}
