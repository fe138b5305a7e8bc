import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findProgram, lastLines, run } from './command.mjs';
import { cacheFolder, repository } from './paths.mjs';
import { SetupError, step } from './steps.mjs';

const requirements = path.join(repository, 'models/requirements-dev.txt');
/** PyTorch among them, gigabytes with its libraries for GPUs: only where PROMPTSEG_TEST_TRAINING=1 asks for it, as CI does. */
const trainingRequirements = path.join(repository, 'models/training/requirements.txt');
const environment = path.join(cacheFolder, 'python-venv');

/**
 * The Python environment of the offline tools (converters, training) and their tests. The product itself needs no Python.
 *
 * @returns {Promise<string | undefined>} Its python program; undefined where there is nothing to set up, or no Python to do it with, which
 *   is said loudly.
 * @throws {SetupError}
 */
export async function setUpPython() {
  if (!existsSync(requirements)) return undefined;
  const files = [requirements, ...(process.env.PROMPTSEG_TEST_TRAINING === '1' ? [trainingRequirements] : [])];
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file));
  const wanted = hash.digest('hex');
  const stamp = path.join(environment, 'requirements.sha256');
  const python = path.join(environment, 'bin/python');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted && existsSync(python)) return python;

  const system = await findProgram('python3');
  if (system === undefined || (await run(system, ['-c', 'import venv, ensurepip'])).code !== 0) {
    console.warn(
      'SKIPPED: the tests of the Python tools in models/ need python3 with venv ("apt-get install python3-venv" on Debian or Ubuntu).',
    );
    return undefined;
  }
  await step('Python environment of the offline tools', async (note) => {
    await rm(environment, { recursive: true, force: true });
    const commands = /** @type {const} */ ([
      [system, ['-m', 'venv', environment]],
      [
        python,
        [
          '-m',
          'pip',
          'install',
          '--disable-pip-version-check',
          '--progress-bar=off',
          ...files.flatMap((file) => ['--requirement', file]),
        ],
      ],
    ]);
    for (const [program, args] of commands) {
      const { code, output } = await run(program, args, {
        onLine: (line) => note(line.trim().split(' ').slice(0, 2).join(' ')),
      });
      if (code !== 0) {
        throw new SetupError(
          `The Python packages of ${files.map((file) => path.relative(repository, file)).join(' and ')} could not be installed: check that the package index can be reached.\n${lastLines(output)}`,
        );
      }
    }
    await writeFile(stamp, wanted);
    note('');
  });
  return python;
}
