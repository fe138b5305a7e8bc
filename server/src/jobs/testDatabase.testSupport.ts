import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { DatabaseLocation } from '../database/database.js';
import { newDataFolder } from './dataFolder.testSupport.js';
import { openJobs } from './openJobs.js';

/** Address of the run's PostgreSQL server (scripts/test/sharedPostgres.mjs); undefined where there is none. */
export const sharedPostgres = process.env.PROMPTSEG_TEST_POSTGRES;

export interface TestDatabase {
  /** A data folder, private and temporary; the embedded database is in it. */
  readonly folder: string;
  readonly location: DatabaseLocation;
  /** Removes folder and database. */
  remove(): Promise<void>;
}

/**
 * A database with this version's tables and no records, and a data folder. A server starts with 7.1 s of processor time
 * on the embedded database and with 3.9 s on PostgreSQL; so the embedded one is used where there is no PostgreSQL, and
 * by the tests that ask for it.
 *
 * @param prefix of the folder's name
 */
export async function newTestDatabase(prefix: string, { embedded = false } = {}): Promise<TestDatabase> {
  if (embedded || sharedPostgres === undefined) {
    const folder = await newDataFolder(prefix);
    return {
      folder,
      location: { kind: 'embedded', dataFolder: folder },
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  }
  const url = await databaseWithTables(sharedPostgres);
  const folder = await mkdtemp(path.join(tmpdir(), prefix));
  return {
    folder,
    location: { kind: 'server', url },
    async remove() {
      await rm(folder, { recursive: true, force: true });
      await dropDatabase(url);
    },
  };
}

/** @returns The postgres:// address of a new database with this version's tables and no records. */
export async function databaseWithTables(server: string): Promise<string> {
  await makeTemplate(server);
  return connected(server, (client) => createDatabase(client, server, template));
}

export async function dropDatabase(url: string): Promise<void> {
  const drop = `DROP DATABASE IF EXISTS ${path.basename(url)} WITH (FORCE)`;
  await connected(databaseOn(url, 'postgres'), (client) => client.query(drop));
}

const template = 'with_tables';

/** Once for each server; other processes may do so at the same time. */
const makeTemplate = (server: string): Promise<void> =>
  connected(server, async (client) => {
    await client.query('SELECT pg_advisory_lock(1)');
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 1) return;
    const url = await createDatabase(client, server, 'template1');
    await (await openJobs({ kind: 'server', url })).close();
    await client.query(`ALTER DATABASE ${path.basename(url)} RENAME TO ${template}`);
  });

async function createDatabase(client: pg.Client, server: string, from: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${from}`);
  return databaseOn(server, name);
}

function databaseOn(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}

async function connected<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end();
  }
}
