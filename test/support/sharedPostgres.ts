import { newTestDatabase } from '../../server/src/jobs/testDatabase.testSupport.js';

export { databaseWithTables, dropDatabase, sharedPostgres } from '../../server/src/jobs/testDatabase.testSupport.js';

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
  const { folder, location, remove } = await newTestDatabase(prefix, { embedded });
  return { folder, settings: location.kind === 'server' ? { DATABASE_URL: location.url } : {}, remove };
}
