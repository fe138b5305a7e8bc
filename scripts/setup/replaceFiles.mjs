import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes the files of one folder those of another, while a server may be sending them: every file is the old one or the
 * new one at any moment, and none is missing that both folders have. What has not changed is not touched.
 * New names come first and old ones go last, so that a page finds the scripts that it imports.
 *
 * @param {string} to the folder that is changed; made if it is missing
 * @param {string} from the folder that it becomes equal to, on the same file system; its files are moved away
 */
export async function replaceFiles(to, from) {
  const [before, after] = await Promise.all([filesOf(to), filesOf(from)]);
  const isNew = (/** @type {string} */ file) => !before.has(file);
  for (const file of [...after].sort((a, b) => Number(isNew(b)) - Number(isNew(a)))) {
    const [source, target] = [path.join(from, file), path.join(to, file)];
    if (!isNew(file) && (await readFile(source)).equals(await readFile(target))) continue;
    await mkdir(path.dirname(target), { recursive: true });
    await rename(source, target);
  }
  for (const file of before) if (!after.has(file)) await rm(path.join(to, file), { force: true });
}

/**
 * @param {string} folder Made if it is missing.
 * @returns {Promise<ReadonlySet<string>>} Paths in it.
 */
async function filesOf(folder) {
  await mkdir(folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return new Set(
    entries
      .filter((entry) => entry.isFile())
      // `parentPath` is `path` before Node.js 20.12.
      .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name))),
  );
}
