/**
 * `npm run crash -- [--rounds 1000] [--seed N] [--shape embedded|scaled-out]`: kills parts of a running installation at
 * random moments, and ends with exit code 1 where a job was lost, stored twice or stuck. Without a shape both are run,
 * half of the rounds each. `npm run crash -- --routing [--series 300]` does so while series arrive for a routing rule;
 * `--calm` kills nothing, for the figures.
 */
import '../../scripts/setup/nodeVersion.mjs';

import { parseArgs } from 'node:util';
import { build } from '../../scripts/setup/build.mjs';
import { setUpNodeModules } from '../../scripts/setup/nodeModules.mjs';
import { setUpOrthanc } from '../../scripts/setup/orthanc.mjs';
import { setUpPostgres } from '../../scripts/setup/postgres.mjs';
import { exitWith } from '../../scripts/setup/steps.mjs';

try {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '100' },
      seed: { type: 'string' },
      shape: { type: 'string' },
      routing: { type: 'boolean', default: false },
      series: { type: 'string', default: '300' },
      calm: { type: 'boolean', default: false },
    },
  });
  await setUpNodeModules();
  await setUpOrthanc({ onlyInstalled: true });
  await setUpPostgres();
  await build();
  // What it imports is there only after the build.
  const { crashRun } = await import('./crashRun.mjs');
  const { routingCrashRun } = await import('../routing/routingCrashRun.mjs');
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  /** @type {readonly import('./installation.mjs').Shape[]} */
  const both = ['embedded', 'scaled out'];
  const shapes = both.filter((shape) => values.shape === undefined || shape === values.shape.replace('-', ' '));
  for (const shape of shapes) {
    console.log(`${shape}, seed ${seed}`);
    const rounds = Math.ceil(Number(values.rounds) / shapes.length);
    const report = values.routing
      ? await routingCrashRun({
          shape,
          series: Number(values.series),
          withinMs: Number(values.series) * 200,
          killEveryMs: values.calm ? Number.POSITIVE_INFINITY : 4000,
          settleMs: 1_800_000,
          seed,
          log: console.log,
        })
      : await crashRun({ shape, rounds, seed, log: console.log });
    console.log(JSON.stringify(report, undefined, 2));
    if (report.violations.length > 0) process.exitCode = 1;
  }
} catch (error) {
  exitWith(error);
}
