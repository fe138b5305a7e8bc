import { close, open } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { tryLock } from 'fs-native-extensions';
import { PromptsegError } from '../platform/errors.js';

export interface DataFolderLock {
  release(): Promise<void>;
}

/**
 * Keeps a second `serve` away from the data folder: two processes that open one PGlite folder destroy it.
 *
 * The operating system locks the file `serve.lock`. The lock ends with the process, however that ends, and is shared by
 * containers on one host. A file with a process id did neither: two starts that took over a dead process's lock at the
 * same time both got it.
 * @throws PromptsegError `data-folder-in-use`
 */
export async function lockDataFolder(dataFolder: string): Promise<DataFolderLock> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  // The file is never removed: a process that had opened it before would lock a file that the next one does not find.
  // A file descriptor, not a FileHandle: the garbage collector closes unreferenced handles, which would release the
  // lock.
  const file = await promisify(open)(path.join(dataFolder, 'serve.lock'), 'a+', 0o600);
  if (!tryLock(file)) {
    await promisify(close)(file);
    throw new PromptsegError('data-folder-in-use', `Another Promptseg server uses the data folder ${dataFolder}.`);
  }
  return { release: () => promisify(close)(file) };
}
