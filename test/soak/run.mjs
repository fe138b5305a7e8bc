/**
 * `npm run soak -- [--jobs 2000] [--kill-every SECONDS] [--seed N]`: many small jobs from panel, rules, an agent and
 * the command line at once, with a worker killed every minute; ends with exit code 1 if a job was lost or done
 * twice, or memory, handles or the database grew without end. Each line is a sample.
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
      jobs: { type: 'string', default: '2000' },
      'kill-every': { type: 'string', default: '60' },
      seed: { type: 'string' },
    },
  });
  await setUpNodeModules();
  await setUpOrthanc({ onlyInstalled: true });
  await setUpPostgres();
  await build();
  // What it imports is there only after the build.
  const { soakRun } = await import('./soakRun.mjs');
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const report = await soakRun({
    jobs: Number(values.jobs),
    killEveryMs: Number(values['kill-every']) * 1000,
    sampleEveryMs: 15_000,
    seed,
    log: console.log,
  });
  console.log(JSON.stringify(report, undefined, 2));
  if (report.violations.length > 0) process.exitCode = 1;
} catch (error) {
  exitWith(error);
}
