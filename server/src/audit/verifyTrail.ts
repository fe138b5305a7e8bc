import { createHash } from 'node:crypto';
import { type AuditHead, type AuditRow, readAuditHead, readAuditRows } from '../database/auditTrail.js';
import type { SqlExecutor } from '../database/database.js';
import type { AuditEvent } from '../values/auditEvent.js';

/** The outcome of a check of the audit trail. */
export type TrailVerdict =
  | {
      readonly intact: true;
      readonly rows: number;
      /** First row kept; absent without rows. */
      readonly first?: number;
      /** The last row: noted elsewhere, it is an anchor for a later check. */
      readonly last?: AuditHead;
    }
  | {
      readonly intact: false;
      /** Number of the first row that is wrong, missing or superfluous. */
      readonly row: number;
      readonly fault: TrailFault;
      readonly detail: string;
    };

export const trailFaults = [
  'altered',
  'missing',
  'beginning-missing',
  'end-missing',
  'appended',
  'anchor-differs',
] as const;
export type TrailFault = (typeof trailFaults)[number];

const noHash = '0'.repeat(64);

/** The hash that a row must have. */
export const hashOfRow = ({ previous, number, recordedAt, event }: Omit<AuditRow, 'hash'>): string =>
  createHash('sha256').update([previous, number, recordedAt, event].join('\n')).digest('hex');

/**
 * Checks the trail of a database: every row against its hash and the previous row, its beginning against the recorded
 * retention, and its end against the head.
 * @param anchors rows noted earlier, out of reach of anybody who can write to the database
 */
export async function verifyTrail(sql: SqlExecutor, anchors: readonly AuditHead[] = []): Promise<TrailVerdict> {
  // Rows added during the check wait for the next one.
  const head = await readAuditHead(sql);
  const verdict = await verifyRows(readAuditRows(sql, { upTo: head?.number ?? 0 }), anchors);
  if (!verdict.intact) return verdict;
  const end = verdict.last ?? { number: 0, hash: noHash };
  if (head !== undefined && end.number !== head.number)
    return broken(end.number + 1, 'end-missing', `The trail was written up to row ${head.number}, but ends before it.`);
  if (head !== undefined && end.hash !== head.hash)
    return broken(head.number, 'altered', 'The last row is not the one that was recorded last.');
  // One statement sees rows and head at the same time.
  const { rows } = await sql.executeSql(
    `SELECT min(number) AS number FROM promptseg.audit_trail
     WHERE number > coalesce((SELECT number FROM promptseg.audit_head), 0)`,
  );
  if (rows[0]?.number != null)
    return broken(Number(rows[0].number), 'appended', 'A row was added after the last one that was recorded.');
  return verdict;
}

/** Checks rows without the database, such as those of an export. Without an anchor, a missing end cannot be seen. */
export async function verifyRows(
  rows: AsyncIterable<AuditRow>,
  anchors: readonly AuditHead[] = [],
): Promise<TrailVerdict> {
  const anchorOf = new Map(anchors.map(({ number, hash }) => [number, hash]));
  let first: AuditRow | undefined;
  let last: AuditRow | undefined;
  let signedOff: AuditHead | undefined;
  let count = 0;
  for await (const row of rows) {
    const expected = (last?.number ?? row.number - 1) + 1;
    if (row.number !== expected)
      return broken(expected, 'missing', `After row ${expected - 1} comes row ${row.number}.`);
    if (last !== undefined && row.previous !== last.hash)
      return broken(row.number, 'altered', `Row ${row.number} does not follow the present row ${last.number}.`);
    if (row.hash !== hashOfRow(row)) return broken(row.number, 'altered', `Row ${row.number} does not match its hash.`);
    if ((anchorOf.get(row.number) ?? row.hash) !== row.hash)
      return broken(row.number, 'anchor-differs', `Row ${row.number} is not the one that was noted earlier.`);
    signedOff = signedOffBy(row) ?? signedOff;
    first ??= row;
    last = row;
    count++;
  }
  if (first !== undefined && !beginsRightly(first, signedOff))
    return broken(
      first.number === 1 ? 1 : (signedOff?.number ?? 0) + 1,
      'beginning-missing',
      `The trail begins with row ${first.number}, and no row says that retention deleted those before it.`,
    );
  const beyond = anchors.find(({ number }) => number > (last?.number ?? 0));
  if (beyond !== undefined)
    return broken((last?.number ?? 0) + 1, 'end-missing', `The trail ends before the noted row ${beyond.number}.`);
  return {
    intact: true,
    rows: count,
    ...(first && { first: first.number }),
    ...(last && { last: { number: last.number, hash: last.hash } }),
  };
}

/** The last deletion by retention, according to this row. */
function signedOffBy({ event }: AuditRow): AuditHead | undefined {
  const { kind, things = [] } = JSON.parse(event) as AuditEvent;
  if (kind !== 'audit-trimmed') return undefined;
  const { upTo, hash } = things[0]?.detail ?? {};
  return { number: Number(upTo), hash: String(hash) };
}

function beginsRightly(first: AuditRow, signedOff: AuditHead | undefined): boolean {
  if (signedOff === undefined) return first.number === 1 && first.previous === noHash;
  return signedOff.number === first.number - 1 && signedOff.hash === first.previous;
}

const broken = (row: number, fault: TrailFault, detail: string): TrailVerdict => ({
  intact: false,
  row,
  fault,
  detail,
});
