import { expect, it } from '@jest/globals';
import { growth } from './samples.mjs';
import { soakRun } from './soakRun.mjs';

/** A short run; `npm run soak` is the long one. */
it('jobs from panel, rules, an agent and the command line at once are each done once', async () => {
  const seed = Date.now() % 1_000_000;
  const { asked, killed, violations } = await soakRun({
    jobs: 24,
    killEveryMs: 8000,
    sampleEveryMs: 2000,
    seed,
    log: () => {},
  });
  console.log(`seed ${seed}; asked: ${JSON.stringify(asked)}; killed: ${killed}`);
  expect(violations).toEqual([]);
  expect(Math.min(killed, ...Object.values(asked))).toBeGreaterThan(0);
});

it('a figure that grows without end differs from one that varies', () => {
  const sample = { serverMb: 200, serverHandles: 60, workersMb: 900, workersHandles: 90, databaseMb: 30 };
  const steady = Array.from({ length: 16 }, (_, index) => ({ ...sample, serverMb: 200 + 20 * (index % 3) }));
  expect(Object.values(growth(steady)).some(({ isGrown }) => isGrown)).toBe(false);
  const leaking = steady.map((one, index) => ({ ...one, serverHandles: 60 + 10 * index }));
  expect(growth(leaking).serverHandles).toEqual({ before: 120, after: 200, isGrown: true });
});
