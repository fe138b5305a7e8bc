import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root folder of the repository, or of the installed npm package. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Whether this is the npm package: built, with its dependencies, in a folder that may be read-only. */
export const isInstalledPackage = !existsSync(path.join(repository, 'package-lock.json'));

/** As in `server/src/segmenter/packages/passedSelfTests.ts`. */
const userCache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'promptseg');

/** Files that can be downloaded or built again at any time, ignored by git. */
export const cacheFolder = isInstalledPackage ? userCache : path.join(repository, '.cache');

/** Archive, records and log of the demo; a test has its own. */
export const demoFolder =
  process.env.PROMPTSEG_DEMO_FOLDER ??
  (isInstalledPackage ? path.join(userCache, 'demo') : path.join(repository, '.promptseg/demo'));
