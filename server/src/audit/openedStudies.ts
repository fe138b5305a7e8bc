import { recordAudit } from '../database/auditTrail.js';
import type { Database } from '../database/database.js';
import type { Actor } from '../values/principal.js';

export const quarterOfAnHourMs = 15 * 60_000;
/** Maximum number of entries per server; older ones are looked up in the database. */
const mostRemembered = 10_000;

export interface OpenedStudies {
  /** Records that somebody opens a study, once per quarter of an hour; a viewer requests thousands of its images. */
  record(studyInstanceUID: string, actor: Actor, address: string | undefined): Promise<void>;
}

/** @param now milliseconds, from a clock that tests can set */
export function createOpenedStudies(database: Database, now: () => number = Date.now): OpenedStudies {
  const remembered = new Map<string, { readonly until: number; readonly recorded: Promise<void> }>();

  return {
    record(studyInstanceUID, actor, address) {
      // Without a log-in, the address distinguishes users.
      const who = [actor.kind, actor.subject, actor.kind === 'nobody' ? (address ?? '') : ''].join(' ');
      const key = `${who} ${studyInstanceUID}`;
      const known = remembered.get(key);
      if (known !== undefined && known.until > now()) return known.recorded;
      remembered.delete(key);
      const [oldest] = remembered.keys();
      if (remembered.size >= mostRemembered && oldest !== undefined) remembered.delete(oldest);
      const recorded = recordOnce(key, studyInstanceUID, actor, address).then((leftMs) => {
        remembered.set(key, { until: now() + leftMs, recorded });
      });
      remembered.set(key, { until: now() + quarterOfAnHourMs, recorded });
      // If recording failed, the next request tries again.
      recorded.catch(() => remembered.delete(key));
      return recorded;
    },
  };

  /**
   * Another server may have recorded it already; two servers take turns.
   * @returns for how many milliseconds it need not be recorded again
   */
  function recordOnce(key: string, study: string, actor: Actor, address: string | undefined): Promise<number> {
    return database.transaction(async (sql) => {
      await sql.executeSql('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
      const { rows } = await sql.executeSql(
        `SELECT extract(epoch FROM max(recorded_at) - now())::float8 * 1000 + $3 AS left_ms FROM promptseg.audit_trail
         WHERE study_instance_uid = $1 AND subject = $2 AND kind = 'study-opened'
           AND recorded_at > now() - $3 * interval '1 millisecond'
           AND event::jsonb #>> '{actor,kind}' = $4
           AND ($4 <> 'nobody' OR event::jsonb ->> 'address' IS NOT DISTINCT FROM $5::text)`,
        [study, actor.subject, quarterOfAnHourMs, actor.kind, address ?? null],
      );
      if (rows[0]?.left_ms != null) return Number(rows[0].left_ms);
      await recordAudit(sql, {
        kind: 'study-opened',
        actor,
        ...(address !== undefined && { address }),
        outcome: 'success',
        study: { studyInstanceUID: study },
      });
      return quarterOfAnHourMs;
    });
  }
}
