import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../setup/command.mjs';
import { repository } from '../setup/paths.mjs';

/**
 * Lint and tests of the offline tools in Python.
 *
 * @param {string | undefined} python Undefined if there is none: each folder counts as one skipped test.
 * @param {string} report The file for pytest's counts (JUnit's XML).
 * @returns {Promise<{ code: number, skippedFolders: number, output: string }>} Print `output` at the end, because other
 * tests print at the same time.
 */
export async function runPythonTests(python, report) {
  const folders = await pythonTestFolders();
  if (folders.length === 0) return { code: 0, skippedFolders: 0, output: '' };
  if (python === undefined) return { code: 0, skippedFolders: folders.length, output: '' };
  const runs = [
    await run(python, ['-m', 'ruff', 'check', '--quiet', '.']),
    await run(python, ['-m', 'ruff', 'format', '--check', '--quiet', '.']),
    await run(python, ['-m', 'pytest', '--quiet', '--disable-warnings', `--junit-xml=${report}`, ...folders]),
  ];
  const failed = runs.find(({ code }) => code !== 0);
  return {
    code: failed === undefined ? 0 : (failed.code ?? 1),
    skippedFolders: 0,
    output: runs.map(({ output }) => output).join(''),
  };
}

/** @returns {Promise<string[]>} Folders in models/ with tests for pytest. */
async function pythonTestFolders() {
  const entries = await readdir(path.join(repository, 'models'), { recursive: true, withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isFile() && /^(test_.*|.*_test)\.py$/.test(entry.name))
    .map((entry) => entry.parentPath ?? entry.path);
  return [...new Set(folders)].sort();
}
