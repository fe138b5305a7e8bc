import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createDatabaseOn, databaseOn, runOnce } from '../../scripts/test/postgresServer.mjs';
import { newDataFolder } from '../../server/src/jobs/dataFolder.testSupport.js';
import { openJobs } from '../../server/src/jobs/openJobs.js';

/** Address of the run's PostgreSQL server (scripts/test/sharedPostgres.mjs); undefined where there is none. */
export const sharedPostgres = process.env.PROMPTSEG_TEST_POSTGRES;

/** What `promptseg serve` stores its data in. */
export interface ServerData {
  /** Its data folder, private and temporary. */
  readonly folder: string;
  /** Environment variables that name its database; none for the embedded one. */
  readonly settings: { readonly DATABASE_URL?: string };
  /** Removes folder and database. */
  remove(): Promise<void>;
}

/**
 * A data folder and a database with this version's tables and no records. On PostgreSQL a server starts with 3.9 s of
 * processor time, on the embedded database with 7.1 s, and each of its statements takes a fraction; so the embedded one
 * is used where there is no PostgreSQL, and by the tests that ask for it.
 *
 * @param prefix of the folder's name
 */
export async function newServerData(prefix: string, { embedded = false } = {}): Promise<ServerData> {
  if (embedded || sharedPostgres === undefined) {
    const folder = await newDataFolder(prefix);
    return { folder, settings: {}, remove: () => rm(folder, { recursive: true, force: true }) };
  }
  const url = await databaseWithTables(sharedPostgres);
  const folder = await mkdtemp(path.join(tmpdir(), prefix));
  return {
    folder,
    settings: { DATABASE_URL: url },
    async remove() {
      await rm(folder, { recursive: true, force: true });
      await dropDatabase(url);
    },
  };
}

/** @returns The postgres:// address of a new database with this version's tables and no records. */
export async function databaseWithTables(server: string): Promise<string> {
  await makeTemplate(server);
  return createDatabaseOn(server, template);
}

export async function dropDatabase(url: string): Promise<void> {
  await runOnce(databaseOn(url, 'postgres'), `DROP DATABASE IF EXISTS ${path.basename(url)} WITH (FORCE)`);
}

const template = 'with_tables';

/** Once for each server; other processes may do so at the same time. */
async function makeTemplate(server: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(1)');
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 1) return;
    const url = await createDatabaseOn(server);
    await (await openJobs({ kind: 'server', url })).close();
    await client.query(`ALTER DATABASE ${path.basename(url)} RENAME TO ${template}`);
  } finally {
    await client.end();
  }
}
