import { cpSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openEmbeddedDatabase } from './embeddedDatabase.js';

const repository = path.resolve(import.meta.dirname, '../../..');

/**
 * Creates a data folder with an empty embedded database, as `initdb` leaves it. `initdb` in PGlite takes 3.6 s of
 * processor time, a copy of its files 0.8 s, and the tests need about eighty. Opening the folder creates the tables.
 * The caller removes it.
 *
 * @param prefix of the folder's name
 */
export async function newDataFolder(prefix: string): Promise<string> {
  const empty = await emptyDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), prefix));
  cpSync(path.join(empty, 'database'), path.join(folder, 'database'), { recursive: true });
  return folder;
}

/** The files of `initdb`, made once per version of PGlite; two processes may do so at the same time. */
async function emptyDatabase(): Promise<string> {
  const manifest = path.join(repository, 'node_modules/@electric-sql/pglite/package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8'));
  const folder = path.join(repository, '.cache', `empty-database-${version}`);
  if (await exists(folder)) return folder;
  const fresh = await mkdtemp(path.join(repository, '.cache', 'new-database-'));
  await (await openEmbeddedDatabase(fresh)).close();
  await rename(fresh, folder).catch(async (error) => {
    if (!(await exists(folder))) throw error;
    await rm(fresh, { recursive: true });
  });
  return folder;
}

const exists = (folder: string): Promise<boolean> =>
  stat(folder).then(
    () => true,
    () => false,
  );
