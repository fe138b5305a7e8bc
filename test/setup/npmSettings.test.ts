import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

it('npm knows every setting of .npmrc, and runs no install script', async () => {
  const repository = path.resolve(import.meta.dirname, '../..');
  // Within `npm test` its own settings are in the environment.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  const { stdout, stderr } = await promisify(execFile)('npm', ['config', 'get', 'ignore-scripts'], {
    cwd: repository,
    env,
  });
  expect([stdout.trim(), stderr]).toEqual(['true', '']);
});
