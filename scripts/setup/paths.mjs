import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root folder of the repository. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** What can be fetched or built again at any time lies here, out of git's sight. */
export const cacheFolder = path.join(repository, '.cache');
