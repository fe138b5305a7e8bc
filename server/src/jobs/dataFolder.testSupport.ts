import { createHash } from 'node:crypto';
import { cpSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrations } from '../database/migrations.js';
import { openJobs } from './openJobs.js';

const repository = path.resolve(import.meta.dirname, '../../..');

/**
 * Creates a data folder with an embedded database of this version's schema and no records. `initdb` in PGlite and the
 * tables take 6 s of processor time, a copy of the files 0.1 s, and the tests need about a hundred. What a start on an
 * empty folder does is tested by the tests of the demo and of the installed package. The caller removes it.
 *
 * @param prefix of the folder's name
 */
export async function newDataFolder(prefix: string): Promise<string> {
  const template = await emptyDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), prefix));
  cpSync(path.join(template, 'database'), path.join(folder, 'database'), { recursive: true });
  return folder;
}

/** Made once for each schema; two processes may do so at the same time. */
async function emptyDatabase(): Promise<string> {
  const cache = path.join(repository, '.cache');
  const folder = path.join(cache, `empty-database-${await schemaKey()}`);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(path.join(cache, 'new-database-'));
  await (await openJobs({ kind: 'embedded', dataFolder: fresh })).close();
  await rename(fresh, folder).catch(async (error) => {
    if (!(await exists(folder))) throw error;
    await rm(fresh, { recursive: true });
  });
  return folder;
}

/** Of our tables, of pg-boss's, and of PGlite's files. */
async function schemaKey(): Promise<string> {
  const hash = createHash('sha256').update(migrations.join('\n'));
  for (const name of ['@electric-sql/pglite', 'pg-boss'])
    hash.update(await readFile(path.join(repository, 'node_modules', name, 'package.json')));
  return hash.digest('hex').slice(0, 12);
}

const exists = (folder: string): Promise<boolean> =>
  stat(folder).then(
    () => true,
    () => false,
  );
