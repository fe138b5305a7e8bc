import { constants } from 'node:fs';
import { access, mkdir, stat, statfs } from 'node:fs/promises';
import { formatBytes } from '#contract/byteSize.js';
import type { Config } from '../platform/config.js';
import type { Check } from './check.js';

/** A running job needs little disk space, but a database that cannot write loses acknowledged jobs. */
const smallestFreeDisk = 500e6;

/** Whether the server can write into its data folder, and nobody else can read it. */
export async function checkDataFolder({ dataFolder }: Pick<Config, 'dataFolder'>): Promise<Check> {
  const name = 'Data folder';
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    await access(dataFolder, constants.W_OK);
    const mode = (await stat(dataFolder)).mode & 0o777;
    if ((mode & 0o077) !== 0 && process.platform !== 'win32')
      return {
        name,
        state: 'failed',
        found:
          `${dataFolder} is open to other users of this machine (mode ${mode.toString(8)}); it contains ` +
          'prompts and records',
        fix: `Run \`chmod 700 ${dataFolder}\`.`,
      };
    const { bavail, bsize } = await statfs(dataFolder);
    const free = `${dataFolder}, ${formatBytes(bavail * bsize)} free`;
    if (bavail * bsize < smallestFreeDisk)
      return {
        name,
        state: 'failed',
        found: free,
        fix: 'Free some disk space, or choose another folder with --data.',
      };
    return { name, state: 'ok', found: free };
  } catch {
    return {
      name,
      state: 'failed',
      found: `${dataFolder} cannot be written`,
      fix: 'Give this user write access, or choose another folder with --data.',
    };
  }
}
