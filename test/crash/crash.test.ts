import { describe, expect, it } from '@jest/globals';
import { crashRun } from './crashRun.mjs';

/**
 * A short run at moments that differ each time; `npm run crash` is the long one. A seed that failed is repeated with
 * `npm run crash -- --seed`.
 */
const seed = Date.now() % 1_000_000;

describe('killing any program at any moment loses no job and stores no result twice', () => {
  it.each([
    { shape: 'embedded', rounds: 4, forMs: 15_000 },
    { shape: 'scaled out', rounds: 12, forMs: 30_000 },
  ] as const)('$shape', async (options) => {
    const { accepted, killed, violations } = await crashRun({ ...options, seed, log: () => {} });
    console.log(`seed ${seed}; killed: ${JSON.stringify(killed)}`);
    expect(violations).toEqual([]);
    expect(accepted).toBeGreaterThan(0);
  });
});
