import { describe, expect, it } from '@jest/globals';
import { waitLimitMs } from '../support/limits.mjs';
import { routingCrashRun } from './routingCrashRun.mjs';

/** A short run at moments that differ each time; `npm run crash -- --routing` is the long one, with 300 series. */
const seed = Date.now() % 1_000_000;

describe('series that arrive while Orthanc and the server are killed', () => {
  it('have exactly one result where a rule is for them, and none otherwise', async () => {
    const report = await routingCrashRun({
      series: 40,
      withinMs: 12_000,
      killEveryMs: 3000,
      shape: 'embedded',
      seed,
      settleMs: waitLimitMs,
      log: () => {},
    });
    console.log(`seed ${seed}; ${JSON.stringify(report)}`);
    expect(report.violations).toEqual([]);
    expect(report.matching).toBe(16);
    expect(report.results).toBe(report.matching + report.grown);
  });
});
