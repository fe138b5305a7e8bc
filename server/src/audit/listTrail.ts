import { type AuditRow, auditRowColumns, toAuditRow } from '../database/auditTrail.js';
import type { SqlExecutor } from '../database/database.js';
import type { AuditKind } from '../values/auditEvent.js';

/** Absent: all. */
export interface TrailFilter {
  /** Recorded at this time or later. */
  readonly since?: string | undefined;
  /** Recorded before this time. */
  readonly until?: string | undefined;
  /** `subject` of the actor. */
  readonly user?: string | undefined;
  /** Study Instance UID. */
  readonly study?: string | undefined;
  readonly kind?: AuditKind | undefined;
  /** Only rows with a lower number. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** The newest rows that match the filter, newest first. */
export async function listTrail(sql: SqlExecutor, filter: TrailFilter): Promise<readonly AuditRow[]> {
  const { since, until, user, study, kind, before, limit } = filter;
  const { rows } = await sql.executeSql(
    `SELECT ${auditRowColumns} FROM promptseg.audit_trail
     WHERE ($1::timestamptz IS NULL OR audit_trail.recorded_at >= $1)
       AND ($2::timestamptz IS NULL OR audit_trail.recorded_at < $2)
       AND ($3::text IS NULL OR subject = $3) AND ($4::text IS NULL OR study_instance_uid = $4)
       AND ($5::text IS NULL OR kind = $5) AND ($6::bigint IS NULL OR number < $6)
     ORDER BY number DESC LIMIT $7`,
    [since ?? null, until ?? null, user ?? null, study ?? null, kind ?? null, before ?? null, limit],
  );
  return rows.map(toAuditRow);
}
