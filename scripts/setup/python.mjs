import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findProgram, lastLines, run } from './command.mjs';
import { cacheFolder, repository } from './paths.mjs';
import { SetupError, step } from './steps.mjs';

const tools = path.join(repository, 'models/tools');
const project = path.join(tools, 'pyproject.toml');
/** Includes PyTorch, gigabytes with its GPU libraries, so only with PROMPTSEG_TEST_TRAINING=1, as in CI. */
const extras = process.env.PROMPTSEG_TEST_TRAINING === '1' ? 'tests,training' : 'tests';
const environment = path.join(cacheFolder, 'python-venv');

/**
 * The Python environment of the offline tools (converters, training) and their tests. The product itself needs no
 * Python.
 *
 * @returns {Promise<string | undefined>} Its python program; undefined, with a warning, without a suitable Python.
 * @throws {SetupError}
 */
export async function setUpPython() {
  const hash = createHash('sha256')
    .update(extras)
    .update(await readFile(project));
  const wanted = hash.digest('hex');
  const stamp = path.join(environment, 'requirements.sha256');
  const python = path.join(environment, 'bin/python');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted && existsSync(python)) return python;

  const system = await findProgram('python3');
  if (system === undefined || (await run(system, ['-c', 'import venv, ensurepip'])).code !== 0) {
    console.warn(
      'SKIPPED: the tests of the Python tools in models/ need python3 with venv ("apt-get install python3-venv").',
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
          '--no-compile',
          '--editable',
          `${tools}[${extras}]`,
        ],
      ],
    ]);
    for (const [program, args] of commands) {
      const { code, output } = await run(program, args, {
        onLine: (line) => note(line.trim().split(' ').slice(0, 2).join(' ')),
      });
      if (code !== 0) {
        throw new SetupError(
          'The Python packages could not be installed. Check the connection to the package ' +
            `index.\n${lastLines(output)}`,
        );
      }
    }
    await writeFile(stamp, wanted);
    note('');
  });
  return python;
}
