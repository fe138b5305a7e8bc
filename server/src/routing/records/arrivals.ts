import type { Problem } from '#contract/problem.js';
import type { Database, SqlExecutor } from '../../database/database.js';

/** A trigger's report of a series. */
export interface ReportedSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** Orthanc's own id. */
  readonly archiveId?: string;
  readonly numberOfInstances?: number;
  /** `known`: present before routing began, never routed. `arriving`: incomplete. `ready`: complete. */
  readonly state: 'known' | 'arriving' | 'ready';
}

/** A complete series that waits for the rules. */
export interface ReadySeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** Increases with each report. */
  readonly revision: number;
  readonly readyAt: Date;
  /** Number of failed attempts to read it. */
  readonly attempts: number;
}

/** A reported series, by its latest report. */
export interface RememberedSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly archiveId?: string;
  readonly numberOfInstances?: number;
  readonly state: string;
  /** Seconds since its last report. */
  readonly quietSeconds: number;
}

/** All series that triggers have reported. With `sql`, a call is part of the caller's transaction. */
export interface Arrivals {
  report(sql: SqlExecutor, series: readonly ReportedSeries[]): Promise<void>;
  /** The series of a study, by Series Instance UID. */
  ofStudy(studyInstanceUID: string): Promise<ReadonlyMap<string, RememberedSeries>>;
  /** Incomplete series without a report for this long, oldest first. */
  quietFor(seconds: number, limit: number): Promise<readonly RememberedSeries[]>;
  /** Complete series, in the order of completion. */
  ready(limit: number): Promise<readonly ReadySeries[]>;
  /** Marks a series as evaluated; has no effect if it was reported again meanwhile. */
  routed(sql: SqlExecutor, series: ReadySeries): Promise<void>;
  /** Records that a series could not be read: it is retried at `retryAt`, or parked. */
  unreadable(series: ReadySeries, problem: Problem, retryAt: Date | undefined): Promise<void>;
  /** Retries a parked series of these studies. @returns whether it was parked */
  release(sql: SqlExecutor, seriesInstanceUID: string, studyInstanceUIDs: readonly string[]): Promise<string[]>;
  count(): Promise<ArrivalCounts>;
}

export interface ArrivalCounts {
  readonly arriving: number;
  readonly ready: number;
  readonly parked: number;
  /** Seconds since the first unrouted complete series became complete. */
  readonly oldestReadySeconds: number;
}

const quietSeconds = 'extract(epoch FROM now() - told_at)::float8 AS quiet_seconds';

export function createArrivals(database: Database): Arrivals {
  return {
    async report(sql, series) {
      if (series.length === 0) return;
      await sql.executeSql(
        `INSERT INTO promptseg.routing_series AS known
           (study_instance_uid, series_instance_uid, archive_id, number_of_instances, state, ready_at)
         SELECT "studyInstanceUID", "seriesInstanceUID", "archiveId", "numberOfInstances", state,
           CASE WHEN state = 'ready' THEN now() END
         FROM jsonb_to_recordset($1::jsonb) AS reported
           ("studyInstanceUID" text, "seriesInstanceUID" text, "archiveId" text, "numberOfInstances" int, state text)
         ON CONFLICT (study_instance_uid, series_instance_uid) DO UPDATE SET
           archive_id = excluded.archive_id, number_of_instances = excluded.number_of_instances, state = excluded.state,
           ready_at = excluded.ready_at, revision = known.revision + 1, told_at = now(), attempts = 0, retry_at = NULL,
           problem = NULL`,
        [JSON.stringify(series)],
      );
    },

    async ofStudy(studyInstanceUID) {
      const { rows } = await database.executeSql(
        `SELECT *, ${quietSeconds} FROM promptseg.routing_series WHERE study_instance_uid = $1`,
        [studyInstanceUID],
      );
      return new Map(rows.map((row) => [String(row.series_instance_uid), remembered(row)]));
    },

    async quietFor(seconds, limit) {
      const { rows } = await database.executeSql(
        `SELECT *, ${quietSeconds} FROM promptseg.routing_series
         WHERE state = 'arriving' AND told_at <= now() - $1 * interval '1 second' ORDER BY told_at LIMIT ${limit}`,
        [seconds],
      );
      return rows.map(remembered);
    },

    async ready(limit) {
      const { rows } = await database.executeSql(
        `SELECT * FROM promptseg.routing_series WHERE state = 'ready' AND (retry_at IS NULL OR retry_at <= now())
         ORDER BY ready_at, number LIMIT ${limit}`,
      );
      return rows.map((row) => ({
        studyInstanceUID: String(row.study_instance_uid),
        seriesInstanceUID: String(row.series_instance_uid),
        revision: Number(row.revision),
        readyAt: row.ready_at as Date,
        attempts: Number(row.attempts),
      }));
    },

    async routed(sql, { studyInstanceUID, seriesInstanceUID, revision }) {
      await sql.executeSql(
        `UPDATE promptseg.routing_series
         SET state = 'routed', routed_at = now(), attempts = 0, retry_at = NULL, problem = NULL
         WHERE study_instance_uid = $1 AND series_instance_uid = $2 AND revision = $3::int AND state = 'ready'`,
        [studyInstanceUID, seriesInstanceUID, revision],
      );
    },

    async unreadable({ studyInstanceUID, seriesInstanceUID, revision }, problem, retryAt) {
      await database.executeSql(
        `UPDATE promptseg.routing_series SET attempts = attempts + 1, problem = $4::jsonb, retry_at = $5::timestamptz,
           state = CASE WHEN $5::timestamptz IS NULL THEN 'parked' ELSE state END
         WHERE study_instance_uid = $1 AND series_instance_uid = $2 AND revision = $3::int AND state = 'ready'`,
        [studyInstanceUID, seriesInstanceUID, revision, JSON.stringify(problem), retryAt?.toISOString() ?? null],
      );
    },

    async release(sql, seriesInstanceUID, studyInstanceUIDs) {
      const { rows } = await sql.executeSql(
        `UPDATE promptseg.routing_series
         SET state = 'ready', ready_at = now(), revision = revision + 1, attempts = 0, retry_at = NULL
         WHERE series_instance_uid = $1 AND $2::jsonb ? study_instance_uid AND state = 'parked'
         RETURNING study_instance_uid`,
        [seriesInstanceUID, JSON.stringify(studyInstanceUIDs)],
      );
      return rows.map((row) => String(row.study_instance_uid));
    },

    async count() {
      const { rows } = await database.executeSql(
        `SELECT count(*) FILTER (WHERE state = 'arriving')::int AS arriving,
           count(*) FILTER (WHERE state = 'ready')::int AS ready,
           count(*) FILTER (WHERE state = 'parked')::int AS parked,
           coalesce(extract(epoch FROM now() - min(ready_at) FILTER (WHERE state = 'ready')), 0)::float8 AS oldest
         FROM promptseg.routing_series WHERE state IN ('arriving', 'ready', 'parked')`,
      );
      const { arriving, ready, parked, oldest } = rows[0] ?? {};
      return {
        arriving: Number(arriving),
        ready: Number(ready),
        parked: Number(parked),
        oldestReadySeconds: Number(oldest),
      };
    },
  };
}

const remembered = (row: Record<string, unknown>): RememberedSeries => ({
  studyInstanceUID: String(row.study_instance_uid),
  seriesInstanceUID: String(row.series_instance_uid),
  ...(row.archive_id !== null && { archiveId: String(row.archive_id) }),
  ...(row.number_of_instances !== null && { numberOfInstances: Number(row.number_of_instances) }),
  state: String(row.state),
  quietSeconds: Number(row.quiet_seconds),
});
