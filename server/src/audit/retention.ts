import { setTimeout as sleep } from 'node:timers/promises';
import { recordAudit } from '../database/auditTrail.js';
import type { Database } from '../database/database.js';
import { log } from '../platform/log.js';
import { actorOf, system } from '../values/principal.js';
import { logEndOfTrail } from './activity.js';

const oneDayMs = 24 * 60 * 60 * 1000;
/** Rows per transaction, short enough that no new row has to wait. */
const batch = 5000;

/**
 * Deletes the rows recorded before `before`, oldest first, but none that was not yet sent to a receiver. Each deletion
 * is recorded with its last row, in the same transaction: the chain continues from there, and `verifyTrail` accepts
 * only that beginning.
 * @returns the number of deleted rows
 */
export async function trimTrail(database: Database, before: Date): Promise<number> {
  for (let deleted = 0; ; ) {
    const now = await trimOnce(database, before);
    deleted += now;
    if (now < batch) return deleted;
  }
}

function trimOnce(database: Database, before: Date): Promise<number> {
  return database.transaction(async (sql) => {
    // Another server that does the same waits, and finds nothing left.
    await sql.executeSql(`SELECT pg_advisory_xact_lock(hashtext('promptseg audit retention'))`);
    const { rows } = await sql.executeSql(
      `SELECT number, hash FROM promptseg.audit_trail
       WHERE recorded_at < $1 AND number <= coalesce((SELECT min(sent_up_to) FROM promptseg.audit_feeds), number)
       ORDER BY number LIMIT ${batch}`,
      [before.toISOString()],
    );
    const last = rows.at(-1);
    if (last === undefined) return 0;
    await sql.executeSql(`SELECT set_config('promptseg.audit_trim', $1, true)`, [String(last.number)]);
    await sql.executeSql('DELETE FROM promptseg.audit_trail WHERE number <= $1', [last.number]);
    await recordAudit(sql, {
      kind: 'audit-trimmed',
      actor: actorOf(system),
      outcome: 'success',
      things: [
        { type: 'audit-trail', id: '/api/v1/audit', detail: { upTo: String(last.number), hash: String(last.hash) } },
      ],
    });
    return rows.length;
  });
}

/**
 * Deletes rows older than `years`, at once and then every day, and writes the end of the trail into the log each time.
 * @returns a function that stops it
 */
export function keepTrailFor(years: number, database: Database): () => Promise<void> {
  const stopping = new AbortController();
  const keeping = run();
  return async () => {
    stopping.abort();
    await keeping;
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const before = new Date();
        before.setUTCFullYear(before.getUTCFullYear() - years);
        const deleted = await trimTrail(database, before);
        if (deleted > 0) log.info({ deleted, years }, 'old rows of the audit trail deleted');
        await logEndOfTrail(database);
      } catch (error) {
        log.warn({ err: error }, 'old rows of the audit trail could not be deleted; next attempt tomorrow');
      }
      await sleep(oneDayMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }
}
