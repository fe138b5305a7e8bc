import { existsSync } from 'node:fs';
import path from 'node:path';
import { run } from '../setup/command.mjs';
import { repository } from '../setup/paths.mjs';
import { SetupError } from '../setup/steps.mjs';

/** Long-term support since October 2026. */
const major = 26;

/**
 * Folders of server/src with the tests of what uses sockets, streams, files, processes, threads and WebAssembly. The
 * rest computes, and took two thirds of the time of all tests next to the sources.
 */
const folders = [
  'access',
  'audit',
  'database',
  'http',
  'jobs',
  'mcp',
  'pacs',
  'platform',
  'routing',
  'segmenter/packages',
];

/**
 * Tests what depends on Node.js itself on the newest one with long-term support, in addition to the one that runs this,
 * in the processor time that others leave until they end. Its binary comes from npm, where the package `node` has one
 * for each system.
 *
 * @param {Promise<unknown>} others
 * @returns {Promise<{ failures: readonly string[], output: string }>} `output`: of Jest after a failure, else one line.
 */
export async function runOnNewestNode(others) {
  const failures = [`✗ the units on Node.js ${major}: see their output above`];
  try {
    const binary = await newestNode();
    // Tests start programs as `node` too.
    const env = { ...process.env, PATH: `${path.dirname(binary)}${path.delimiter}${process.env.PATH ?? ''}` };
    const elsewhere = ['/viewer-extension/', '/dicom-fixtures/', `/server/src/(?!(${folders.join('|')})/)`];
    const { code, output } = await run(
      binary,
      [
        path.join(repository, 'scripts/test.mjs'),
        '--unit',
        '--maxWorkers=100%',
        ...elsewhere.flatMap((pattern) => ['--testPathIgnorePatterns', pattern]),
      ],
      { env, inIdleTimeUntil: others },
    );
    if (code !== 0) return { failures, output };
    return { failures: [], output: `Node.js ${major}, units: ${/^Tests: +(.*)$/m.exec(output)?.[1]}` };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { failures, output: error.message };
  }
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
