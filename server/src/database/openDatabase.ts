import type { Database, DatabaseLocation } from './database.js';

/**
 * Loads only the kind of database that is opened. For an embedded one the caller holds the lock of the data folder.
 * @throws PromptsegError `database-unreachable`
 */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  return location.kind === 'embedded'
    ? (await import('./embeddedDatabase.js')).openEmbeddedDatabase(location.dataFolder)
    : (await import('./postgresDatabase.js')).openPostgresDatabase(location.url);
}
