import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { PromptsegError } from '../errors.js';

export interface DataFolderLock {
  release(): Promise<void>;
}

/**
 * Keeps a second `serve` away from the data folder: two processes may open one PGlite folder at once and destroy it.
 *
 * The lock is the file `serve.lock` with the holder's process id, made with O_EXCL. A lock whose process is gone (killed, power loss) is taken over.
 * @throws PromptsegError `data-folder-in-use`
 */
export async function lockDataFolder(dataFolder: string): Promise<DataFolderLock> {
  await mkdir(dataFolder, { recursive: true });
  const file = path.join(dataFolder, 'serve.lock');
  // The second try follows the removal of a dead process's lock; a third would mean that another start won the race.
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return { release: () => rm(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (holder !== process.pid && isAlive(holder)) break;
    await rm(file, { force: true });
  }
  throw new PromptsegError('data-folder-in-use', `Another Promptseg server uses the data folder ${dataFolder}.`);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
