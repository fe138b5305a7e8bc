import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { repository } from '../setup/paths.mjs';

/** @returns {Promise<string[]>} Folders below models/ with tests for pytest. */
export async function pythonTestFolders() {
  const entries = await readdir(path.join(repository, 'models'), { recursive: true, withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isFile() && /^(test_.*|.*_test)\.py$/.test(entry.name))
    .map((entry) => entry.parentPath ?? entry.path);
  return [...new Set(folders)].sort();
}
