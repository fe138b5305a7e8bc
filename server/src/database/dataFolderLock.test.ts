import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDataFolder } from './dataFolderLock.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const dist = path.resolve(import.meta.dirname, '../../dist/database/dataFolderLock.js');
const importLock = (): string => `const { lockDataFolder } = await import(${JSON.stringify(dist)});
  const lock = () => lockDataFolder(${JSON.stringify(folder)}).then(() => 'locked', ({ code }) => code);`;

describe('lock of the data folder', () => {
  it('refuses a second server while the first lives, and lets it in when that was killed', async () => {
    const first = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `${importLock()} console.log(await lock()); setInterval(() => {}, 1000);`,
    ]);
    const ended = once(first, 'exit');
    try {
      const [said] = await once(first.stdout, 'data');
      expect(String(said).trim()).toBe('locked');
      await expect(lockDataFolder(folder)).rejects.toMatchObject({ code: 'data-folder-in-use' });
    } finally {
      first.kill('SIGKILL');
    }
    await ended;
    await expect(lockDataFolder(folder)).resolves.toBeDefined();
  });

  it('refuses a second server in the same process', async () => {
    await lockDataFolder(folder);
    await expect(lockDataFolder(folder)).rejects.toMatchObject({ code: 'data-folder-in-use' });
  });

  it('holds although the garbage collector runs and nobody refers to the lock', async () => {
    const script = `${importLock()} console.log(await lock());
      for (let n = 0; n < 5; n++) { globalThis.gc(); await new Promise(setImmediate); }
      console.log(await lock());`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      '--input-type=module',
      '--eval',
      script,
    ]);
    expect(stdout.trim().split('\n')).toEqual(['locked', 'data-folder-in-use']);
  });

  it('minds no file that a power loss or an earlier version left', async () => {
    await writeFile(path.join(folder, 'serve.lock'), '1');
    await expect(lockDataFolder(folder)).resolves.toBeDefined();
  });

  it('is given to one of many processes that start at once', async () => {
    // Each keeps its lock until it has received all results over its standard input.
    const script = `${importLock()} console.log(await lock()); process.stdin.resume();`;
    const children = Array.from({ length: 6 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]),
    );
    await Promise.all(children.map(({ child }) => once(child.stdout as NodeJS.ReadableStream, 'data')));
    for (const { child } of children) child.stdin?.end();
    const outcomes = (await Promise.all(children)).map(({ stdout }) => stdout.trim());
    expect(outcomes.toSorted()).toEqual([...Array(5).fill('data-folder-in-use'), 'locked']);
  });

  it('can be taken again after its release', async () => {
    await (await lockDataFolder(folder)).release();
    await expect(lockDataFolder(folder)).resolves.toBeDefined();
  });
});
