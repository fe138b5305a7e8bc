import { createHash } from 'node:crypto';
import type { Job } from '#contract/job.js';
import type { Problem } from '#contract/problem.js';
import type { RuleVersion } from '#contract/rule.js';
import type { Database, SqlExecutor } from '../../database/database.js';
import type { Messages } from '../../jobs/queue/messages.js';

/** The current state of a series, for one rule. */
export interface Work {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** {@link contentOf} its SOP Instance UIDs. */
  readonly content: string;
  readonly rule: RuleVersion;
  /** When the trigger reported the series as complete; absent in a backfill. */
  readonly readyAt?: Date;
  readonly backfillId?: string;
}

/** Another process, or an earlier run, created the job for the same images, the same work and the same model. */
export class AlreadyRouted extends Error {
  override readonly name = 'AlreadyRouted';
}

/**
 * The queue of rows that wait for their next job, by the id of the job that failed. A row and its message change in one
 * transaction, the row first.
 */
export const routedQueue = 'routed';

/** A row whose job has failed. */
export interface FailedRow {
  readonly id: string;
  readonly jobId: string;
}

/** Identifies the images of a series: SHA-256 of their sorted SOP Instance UIDs. */
export const contentOf = (sopInstanceUIDs: readonly string[]): string =>
  createHash('sha256')
    .update([...sopInstanceUIDs].sort().join('\n'))
    .digest('hex');

/**
 * The series that each rule has handled, so that a series that is reported twice gets one job. A row is written in the
 * transaction that creates its job. Rows outlive the records of jobs.
 */
export interface Ledger {
  /** Records the job created in this transaction. @throws AlreadyRouted */
  record(sql: SqlExecutor, work: Work, job: Pick<Job, 'id' | 'model'>, mayStartAt: Date | undefined): Promise<void>;
  /** The same for a further job of a waiting row. @throws AlreadyRouted */
  recordAgain(sql: SqlExecutor, row: FailedRow, jobId: string, mayStartAt: Date | undefined): Promise<void>;
  /** Gives up a waiting row, because its rule has changed. */
  supersedeRow(sql: SqlExecutor, row: FailedRow): Promise<void>;
  /** Records why no job could be created; a later attempt may succeed. */
  refuse(sql: SqlExecutor, work: Work, problem: Problem): Promise<void>;
  /**
   * Gives up the rule's rows for the same series with other images.
   * @returns their jobs that have not ended
   */
  giveUpOutdated(work: Work): Promise<readonly string[]>;
  /** Records that a job was cancelled because its series has changed. */
  supersede(jobId: string): Promise<void>;
  /** Past and future start times of the rule's last jobs, as many as the limit per hour needs. */
  lastStarts(ruleName: string, perHour: number): Promise<readonly Date[]>;
}

const keyOf = ({ studyInstanceUID, seriesInstanceUID, content, rule }: Work): unknown[] => [
  seriesInstanceUID,
  studyInstanceUID,
  content,
  rule.rule.name,
  rule.workHash,
];
const isKey =
  'series_instance_uid = $1 AND study_instance_uid = $2 AND content = $3 AND rule_name = $4 AND rule_work = $5';
const keyColumns = 'series_instance_uid, study_instance_uid, content, rule_name, rule_work';

export function createLedger(database: Database, messages: Messages): Ledger {
  return {
    async record(sql, work, job, mayStartAt) {
      if (work.backfillId !== undefined) {
        // Locked: a cancellation of the backfill then sees this job or none.
        const { rows } = await sql.executeSql(
          `SELECT FROM promptseg.routing_backfills WHERE id = $1 AND state = 'running' FOR SHARE`,
          [work.backfillId],
        );
        if (rows.length === 0) throw new AlreadyRouted('the backfill was cancelled');
      }
      const { rows } = await sql.executeSql(
        `INSERT INTO promptseg.routed AS known (${keyColumns}, model, rule_version, state, job_id, may_start_at,
           ready_at, backfill_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7::int, 'submitted', $8, $9, $10, $11)
         ON CONFLICT (${keyColumns}, model) DO UPDATE SET
           state = 'submitted', job_id = excluded.job_id, may_start_at = excluded.may_start_at, routed_at = now(),
           ended_at = NULL
         WHERE known.state = 'superseded' RETURNING id`,
        [
          ...keyOf(work),
          job.model?.sha256 ?? '',
          work.rule.version,
          job.id,
          (mayStartAt ?? new Date()).toISOString(),
          work.readyAt?.toISOString() ?? null,
          work.backfillId ?? null,
        ],
      );
      if (rows.length === 0) throw new AlreadyRouted('the series was routed before');
      // An earlier refusal, for example without a model, no longer applies.
      await sql.executeSql(`DELETE FROM promptseg.routed WHERE ${isKey} AND state = 'refused'`, keyOf(work));
    },

    async recordAgain(sql, row, jobId, mayStartAt) {
      const { rows } = await sql.executeSql(
        `UPDATE promptseg.routed SET state = 'submitted', job_id = $2, retry_at = NULL, may_start_at = $3
         WHERE id = $1::bigint AND state = 'waiting' RETURNING id`,
        [row.id, jobId, (mayStartAt ?? new Date()).toISOString()],
      );
      if (rows.length === 0) throw new AlreadyRouted('the series was routed again before');
      await messages.remove(sql, routedQueue, row.jobId);
    },

    async supersedeRow(sql, { id, jobId }) {
      await sql.executeSql(
        `UPDATE promptseg.routed SET state = 'superseded', retry_at = NULL WHERE id = $1::bigint AND state = 'waiting'`,
        [id],
      );
      await messages.remove(sql, routedQueue, jobId);
    },

    async refuse(sql, work, problem) {
      await sql.executeSql(
        `INSERT INTO promptseg.routed AS known (${keyColumns}, model, rule_version, state, problem, ready_at,
           backfill_id, attempts, ended_at)
         VALUES ($1, $2, $3, $4, $5, '', $6::int, 'refused', $7::jsonb, $8, $9, 1, now())
         ON CONFLICT (${keyColumns}, model) DO UPDATE SET
           problem = excluded.problem, attempts = known.attempts + 1, ended_at = now()`,
        [
          ...keyOf(work),
          work.rule.version,
          JSON.stringify(problem),
          work.readyAt?.toISOString() ?? null,
          work.backfillId ?? null,
        ],
      );
    },

    giveUpOutdated: ({ studyInstanceUID, seriesInstanceUID, content, rule }) =>
      database.transaction(async (sql) => {
        const { rows } = await sql.executeSql(
          `UPDATE promptseg.routed SET
             state = CASE WHEN state = 'submitted' THEN state ELSE 'superseded' END, retry_at = NULL
           WHERE series_instance_uid = $1 AND study_instance_uid = $2 AND content <> $3 AND rule_name = $4
             AND state IN ('submitted', 'waiting', 'parked') RETURNING state, job_id`,
          [seriesInstanceUID, studyInstanceUID, content, rule.rule.name],
        );
        const [open, others] = [
          rows.filter(({ state }) => state === 'submitted'),
          rows.filter(({ state }) => state !== 'submitted'),
        ];
        for (const { job_id } of others) await messages.remove(sql, routedQueue, String(job_id));
        return open.map(({ job_id }) => String(job_id));
      }),

    async supersede(jobId) {
      await database.executeSql(
        `UPDATE promptseg.routed SET state = 'superseded', ended_at = now() WHERE job_id = $1 AND state = 'submitted'`,
        [jobId],
      );
    },

    async lastStarts(ruleName, perHour) {
      const { rows } = await database.executeSql(
        `SELECT may_start_at FROM promptseg.routed WHERE rule_name = $1 AND may_start_at > now() - interval '1 hour'
         ORDER BY may_start_at DESC LIMIT $2::int`,
        [ruleName, perHour],
      );
      return rows.map(({ may_start_at }) => may_start_at as Date);
    },
  };
}
