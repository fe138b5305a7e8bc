import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../setup/command.mjs';
import { repository } from '../setup/paths.mjs';

/**
 * Lint and tests of the offline tools in Python.
 *
 * @param {string | undefined} python Undefined if there is none: each folder counts as one skipped test.
 * @param {string} report The file for pytest's counts (JUnit's XML).
 * @param {Promise<unknown>} others They get what processor time others leave until then.
 * @returns {Promise<{ failures: readonly string[], skippedFolders: number, output: string }>} `failures` names each
 * command that failed. Print `output` at the end, because other tests print at the same time.
 */
export async function runPythonTests(python, report, others) {
  const folders = await pythonTestFolders();
  if (folders.length === 0) return { failures: [], skippedFolders: 0, output: '' };
  if (python === undefined) return { failures: [], skippedFolders: folders.length, output: '' };
  const commands = [
    ['ruff', 'check', '--quiet', '.'],
    ['ruff', 'format', '--check', '--quiet', '.'],
    ['pytest', '--quiet', '--disable-warnings', `--junit-xml=${report}`, ...folders],
  ];
  const failures = [];
  let output = '';
  for (const command of commands) {
    const result = await run(python, ['-m', ...command], { inIdleTimeUntil: others });
    output += result.output;
    if (result.code !== 0) failures.push(`✗ ${command.slice(0, 2).join(' ')}: see its output above`);
  }
  return { failures, skippedFolders: 0, output };
}

/** @returns {Promise<string[]>} Folders in models/ with tests for pytest. */
async function pythonTestFolders() {
  const entries = await readdir(path.join(repository, 'models'), { recursive: true, withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isFile() && /^(test_.*|.*_test)\.py$/.test(entry.name))
    .map((entry) => entry.parentPath ?? entry.path);
  return [...new Set(folders)].sort();
}
