import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../../scripts/setup/paths.mjs';

/**
 * The files of a series among the test data that may be beside this repository; warns if they are not.
 *
 * @param {string} data Name of the series.
 * @returns {Promise<string[] | undefined>} undefined if the data are not there.
 */
export async function filesOfSharedSeries(data) {
  const unpacked = path.join(repository, '.cache/shared-data');
  try {
    await promisify(execFile)(path.join(repository, '../shared/data/unpack'), [unpacked, data]);
  } catch {
    console.warn(`${data} is not beside this repository and is left out.`);
    return undefined;
  }
  return dicomFilesIn(path.join(unpacked, data));
}

/** @param {string} folder @returns {Promise<string[]>} the .dcm files in it and in its subfolders */
export async function dicomFilesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.dcm'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}
