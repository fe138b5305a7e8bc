import path from 'node:path';
import { run } from '../setup/command.mjs';
import { repository } from '../setup/paths.mjs';
import { SetupError } from '../setup/steps.mjs';
import { jestCommand } from './run.mjs';

/**
 * @param {readonly string[]} jestArguments
 * @returns {Promise<string[]>} The test files that Jest finds, as paths in the repository.
 * @throws {SetupError} If Jest does not understand the arguments.
 */
export async function testFiles(jestArguments) {
  const { code, stdout, output } = await run(process.execPath, jestCommand(['--listTests', ...jestArguments]));
  if (code !== 0) throw new SetupError(`Jest cannot list the tests for "${jestArguments.join(' ')}".\n${output}`);
  return stdout
    .split('\n')
    .filter((line) => path.isAbsolute(line))
    .map((file) => path.relative(repository, file));
}
