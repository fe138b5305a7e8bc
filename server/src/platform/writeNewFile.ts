import { writeFile } from 'node:fs/promises';
import { PromptsegError } from './errors.js';

/**
 * Writes a file that does not exist yet.
 * @param name in the error
 * @throws PromptsegError `output-unusable`, also for a file that exists
 */
export async function writeNewFile(file: string, content: Uint8Array | string, name = file): Promise<void> {
  await writeFile(file, content, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    throw new PromptsegError('output-unusable', `${name} cannot be written (${cause.code}).`, { cause });
  });
}
