/**
 * `node scripts/test/onNewestNode.mjs`: `npm run test:unit` on the newest Node.js with long-term support, in addition
 * to the one that runs this. Its binary comes from npm, where the package `node` has one for each system.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { run } from '../setup/command.mjs';
import { repository } from '../setup/paths.mjs';
import { exitWith, SetupError } from '../setup/steps.mjs';
import { runVisibly } from './run.mjs';

/** Long-term support since October 2026. */
const major = 26;

try {
  const binary = await newestNode();
  // Tests start programs as `node` too.
  const PATH = `${path.dirname(binary)}${path.delimiter}${process.env.PATH ?? ''}`;
  process.exitCode = await runVisibly(binary, [path.join(repository, 'scripts/test.mjs'), '--unit'], { PATH });
} catch (error) {
  exitWith(error);
}

/**
 * @returns {Promise<string>} The path of its binary.
 * @throws {SetupError}
 */
async function newestNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = path.join(repository, '.cache', `node-${major}`);
  const binary = path.join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  // Not the package `node`: an install script of its dependency fetches the binary, and no install scripts run here.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { code, output } = await run(npm, [
    'install',
    `--prefix=${folder}`,
    '--no-save',
    '--no-audit',
    '--no-fund',
    `${name}@${major}`,
  ]);
  if (code !== 0)
    throw new SetupError(`npm could not install Node.js ${major}. Check the connection to its registry.\n${output}`);
  return binary;
}
