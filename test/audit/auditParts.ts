import { type AuditRow, readAuditRows } from '../../server/src/database/auditTrail.js';
import type { Database, DatabaseLocation, SqlExecutor } from '../../server/src/database/database.js';
import { openEmbeddedDatabase } from '../../server/src/database/embeddedDatabase.js';
import { migrate } from '../../server/src/database/migrations.js';
import { openPostgresDatabase } from '../../server/src/database/postgresDatabase.js';
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
  const database =
    location.kind === 'embedded'
      ? await openEmbeddedDatabase(location.dataFolder)
      : await openPostgresDatabase(location.url);
  await database.exclusively(() => migrate(database));
  return database;
}

export async function rowsOf(sql: SqlExecutor): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  for await (const row of readAuditRows(sql)) rows.push(row);
  return rows;
}
