import { hostname } from 'node:os';
import { readAuditHead, recordAudit } from '../database/auditTrail.js';
import type { SqlExecutor } from '../database/database.js';
import { log } from '../platform/log.js';
import type { AuditKind } from '../values/auditEvent.js';
import { actorOf, system } from '../values/principal.js';

/**
 * Records that this process was started.
 * @returns a function that records its stop; a process that is killed leaves no such row
 */
export async function recordActivity(sql: SqlExecutor, command: 'serve' | 'worker'): Promise<() => Promise<void>> {
  await record('application-started');
  return async () => {
    // A database outage does not keep a process from stopping.
    await record('application-stopped').catch((error) => log.error({ err: error }, 'the stop could not be recorded'));
  };

  async function record(kind: AuditKind & `application-${string}`): Promise<void> {
    await recordAudit(sql, {
      kind,
      actor: actorOf(system),
      outcome: 'success',
      things: [{ type: 'process', id: `${hostname()} ${process.pid}`, detail: { command } }],
    });
    await logEndOfTrail(sql);
  }
}

/**
 * Writes the last row into the log: a log stored elsewhere is then an anchor against a trail that is cut off or
 * rewritten.
 */
export async function logEndOfTrail(sql: SqlExecutor): Promise<void> {
  const head = await readAuditHead(sql);
  if (head !== undefined) log.info({ anchor: `${head.number}:${head.hash}` }, 'end of the audit trail');
}
