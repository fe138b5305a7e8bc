import { type AuditRow, readAuditRows } from '../../server/src/database/auditTrail.js';
import { filledTables } from '../../server/src/database/copyTables.js';
import type { Database, DatabaseLocation, SqlExecutor } from '../../server/src/database/database.js';
import { migrate } from '../../server/src/database/migrations.js';
import { openDatabase as open } from '../../server/src/database/openDatabase.js';
import type { AuditEvent } from '../../server/src/values/auditEvent.js';

/** What the tests of the audit trail share. */

export const someone = { kind: 'user', subject: 'mueller@example.org', displayName: 'Jörg Müller 山田' } as const;

/** Events that differ. */
export const eventNumber = (number: number): AuditEvent => ({
  kind: 'segmentation-requested',
  actor: someone,
  outcome: 'success',
  study: { studyInstanceUID: `1.2.${number}`, seriesInstanceUID: `1.2.${number}.1` },
  things: [{ type: 'job', id: `job ${number}` }],
});

export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  const database = await open(location);
  await database.exclusively(() => migrate(database));
  return database;
}

/**
 * Deletes every record, as somebody who owns the database can: no trigger runs meanwhile. To open another database
 * takes PGlite 2 s of processor time.
 */
export async function emptyDatabase(database: Database): Promise<void> {
  const statements = (await filledTables(database)).map((table) => `DELETE FROM ${table};`);
  await database.executeSql(
    `SET session_replication_role = replica; ${statements.join(' ')} RESET session_replication_role`,
  );
}

export async function rowsOf(sql: SqlExecutor): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  for await (const row of readAuditRows(sql)) rows.push(row);
  return rows;
}
