import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDataFolder } from './dataFolderLock.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('lock of the data folder', () => {
  it('refuses a second server while the first lives', async () => {
    // Process 1 always lives, and is never this process.
    await writeFile(path.join(folder, 'serve.lock'), '1');
    await expect(lockDataFolder(folder)).rejects.toMatchObject({ code: 'data-folder-in-use' });
  });

  it('takes over the lock of a process that is gone', async () => {
    // Above the largest process id of Linux (2^22).
    await writeFile(path.join(folder, 'serve.lock'), '99999999');
    await lockDataFolder(folder);
    expect(await readFile(path.join(folder, 'serve.lock'), 'utf8')).toBe(String(process.pid));
  });

  it('takes over a lock that a power loss left empty', async () => {
    await writeFile(path.join(folder, 'serve.lock'), '');
    await expect(lockDataFolder(folder)).resolves.toBeDefined();
  });

  it('can be taken again after its release', async () => {
    await (await lockDataFolder(folder)).release();
    await expect(readFile(path.join(folder, 'serve.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(lockDataFolder(folder)).resolves.toBeDefined();
  });
});
