import type { AuditEvent } from '../values/auditEvent.js';
import type { SqlExecutor } from './database.js';

/** One row of the audit trail, as stored. */
export interface AuditRow {
  /** 1, 2, 3 … without gaps. */
  readonly number: number;
  /** ISO 8601 in UTC, with milliseconds, from the database's clock; never earlier than the previous row's. */
  readonly recordedAt: string;
  /** The event as canonical JSON: exactly the text that was hashed. */
  readonly event: string;
  /** Hash of the previous row; 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 of previous, number, recordedAt and event, joined by line feeds, in UTF-8; hexadecimal. */
  readonly hash: string;
}

/**
 * Records an event in the caller's transaction: both are committed, or neither.
 *
 * The row gets its number and hash when the transaction commits (`chain_audit_row` in migrations.ts). Only then is the
 * end of the chain locked, so neither a long transaction nor its order of other locks can block another one.
 */
export async function recordAudit(sql: SqlExecutor, event: AuditEvent): Promise<void> {
  await sql.executeSql('INSERT INTO promptseg.audit_incoming (event) VALUES ($1)', [canonicalJson(event)]);
}

/**
 * JSON with sorted keys and no white space (RFC 8785, for texts, integers, true and false). Characters that PostgreSQL
 * cannot store (U+0000, half a surrogate pair) become U+FFFD.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each) => {
    if (typeof each === 'string') return each.replaceAll('\0', '\uFFFD').replaceAll(/\p{Surrogate}/gu, '\uFFFD');
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** The last row of the chain, stored separately: shows if rows are missing at the end of the trail. */
export interface AuditHead {
  readonly number: number;
  readonly hash: string;
}

/** Undefined if nothing has been recorded yet. */
export async function readAuditHead(sql: SqlExecutor): Promise<AuditHead | undefined> {
  const { rows } = await sql.executeSql('SELECT number, hash FROM promptseg.audit_head');
  return rows[0] && { number: Number(rows[0].number), hash: String(rows[0].hash) };
}

/** SQL of a row in the form of `toAuditRow`. */
export const auditRowColumns = `number,
  to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS recorded_at,
  event, previous, hash`;

export const toAuditRow = (row: Record<string, unknown>): AuditRow => ({
  number: Number(row.number),
  recordedAt: String(row.recorded_at),
  event: String(row.event),
  previous: String(row.previous),
  hash: String(row.hash),
});

const rowsAtOnce = 1000;

/** The rows after `after` up to `upTo`, in order, read in batches. */
export async function* readAuditRows(
  sql: SqlExecutor,
  {
    after = Number.MIN_SAFE_INTEGER,
    upTo = Number.MAX_SAFE_INTEGER,
  }: { readonly after?: number; readonly upTo?: number } = {},
): AsyncGenerator<AuditRow> {
  for (let last = after; ; ) {
    const { rows } = await sql.executeSql(
      `SELECT ${auditRowColumns} FROM promptseg.audit_trail WHERE number > $1 AND number <= $2 ORDER BY number
       LIMIT ${rowsAtOnce}`,
      [last, upTo],
    );
    yield* rows.map(toAuditRow);
    if (rows.length < rowsAtOnce) return;
    last = Number(rows.at(-1)?.number);
  }
}
