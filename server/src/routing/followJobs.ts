import type { Problem } from '#contract/problem.js';
import type { RuleVersion } from '#contract/rule.js';
import type { Database, SqlExecutor } from '../database/database.js';
import type { JobService } from '../jobs/jobService.js';
import type { Jobs } from '../jobs/openJobs.js';
import { takeWithRecord } from '../jobs/queue/messages.js';
import { postpone } from '../jobs/queue/postpone.js';
import { PromptsegError, toProblem } from '../platform/errors.js';
import { nextJobAfter } from './afterFailedJob.js';
import { AlreadyRouted, type Ledger, routedQueue } from './records/ledger.js';
import type { RouterLease } from './records/routerLease.js';
import { requestOf, startOf } from './routeSeries.js';
import { nextStart, whenOpen } from './startTimes.js';

export interface JobFollower {
  /**
   * Records in the ledger how jobs ended, creates new jobs for failed ones, and postpones jobs that may no longer
   * start.
   */
  follow(rules: readonly RuleVersion[]): Promise<void>;
}

/** Maximum number of rows per step; the rest follows in the next one. */
const atOnce = 200;
/**
 * If the next job could not be created, because the server was killed or the rule is disabled, its row is due again
 * after this time.
 */
const againAfterMs = 10_000;

export function createJobFollower({
  jobs,
  service,
  lease,
  ledger,
  onParked,
}: {
  readonly jobs: Pick<Jobs, 'database' | 'store' | 'messages' | 'queue'>;
  readonly service: JobService;
  readonly lease: RouterLease;
  readonly ledger: Ledger;
  readonly onParked: () => void;
}): JobFollower {
  const { database, messages } = jobs;
  /** The version of each rule that determined the start times of its waiting jobs. */
  const placedBy = new Map<string, string>();

  const write = <T>(body: (sql: SqlExecutor) => Promise<T>): Promise<T> =>
    database.transaction(async (sql) => {
      await lease.hold(sql);
      return body(sql);
    });

  return {
    async follow(rules) {
      await write(recordEnds);
      for (const failed of await failedJobs(database)) await afterFailure(failed);
      for (let count = 0; count < atOnce; count++) {
        const row = await nextDue();
        if (row === undefined) break;
        await tryAgain(row, rules);
      }
      for (const rule of rules) await reschedule(rule);
    },
  };

  async function afterFailure({ id, jobId, problem, failedBefore }: FailedJob): Promise<void> {
    const attempts = failedBefore + 1;
    const retryAt = nextJobAfter(problem, attempts, new Date());
    const recorded = await write(async (sql) => {
      if (!(await recordFailure(sql, id, { problem, attempts, retryAt }))) return false;
      await messages.remove(sql, routedQueue, jobId);
      if (retryAt !== undefined) await messages.add(sql, routedQueue, jobId, { startAfter: retryAt });
      return true;
    });
    if (recorded && retryAt === undefined) onParked();
  }

  /** Takes the next row that is due. Its message stays until the row has another job or no longer waits for one. */
  function nextDue(): Promise<DueRow | undefined> {
    return takeWithRecord(
      database,
      (sql) => messages.take(sql, routedQueue),
      async (sql, jobId) => {
        await lease.hold(sql);
        const row = await lockWaiting(sql, jobId);
        if (row !== undefined) await messages.add(sql, routedQueue, jobId, { startAfter: againAfterMs });
        return row;
      },
    );
  }

  async function tryAgain(row: DueRow, rules: readonly RuleVersion[]): Promise<void> {
    const rule = rules.find(({ rule: { name }, workHash }) => name === row.ruleName && workHash === row.ruleWork);
    // The rule was deleted or changed.
    if (rule === undefined) return write((sql) => ledger.supersedeRow(sql, row));
    if (!rule.rule.enabled) return;
    // Somebody has run the failed job again: the new job counts.
    const rerun = await rerunOf(database, row.jobId);
    if (rerun !== undefined) return write((sql) => ledger.recordAgain(sql, row, rerun, undefined));
    const mayStartAt = await startOf(rule.rule, ledger);
    try {
      await service.submit(requestOf(rule.rule, row), {
        rule: { name: rule.rule.name, version: rule.version },
        mayStartAt,
        key: [row.content, rule.rule.name, rule.workHash].join(' '),
        async alsoRecord(sql, job) {
          await lease.hold(sql);
          await ledger.recordAgain(sql, row, job.id, mayStartAt);
        },
      });
    } catch (error) {
      if (error instanceof AlreadyRouted) return;
      if (!(error instanceof PromptsegError)) throw error;
      await afterFailure({ ...row, problem: toProblem(error), failedBefore: row.attempts });
    }
  }

  /** Waiting jobs get new start times if the rule was changed, or if its time window closed before their turn. */
  async function reschedule({ rule, hash }: RuleVersion): Promise<void> {
    const now = new Date();
    const changed = placedBy.get(rule.name) !== hash;
    const closed = whenOpen(rule, now) > now;
    if (!changed && !(closed && (await someMayStart(database, rule.name)))) return;
    const { waiting, started } = await startsOf(database, rule.name);
    for (const { id, jobId, mayStartAt } of waiting) {
      const start = nextStart(rule, started, now);
      started.push(start);
      if ((start <= now && mayStartAt <= now) || Math.abs(start.getTime() - mayStartAt.getTime()) < 1000) continue;
      if (await postpone(jobs, jobId, start)) await write((sql) => setStart(sql, id, start));
    }
    placedBy.set(rule.name, hash);
  }
}

/**
 * Ends rows whose job completed or was cancelled, and rows whose job's record was erased, which is possible only after
 * its end.
 */
async function recordEnds(sql: SqlExecutor): Promise<void> {
  await sql.executeSql(
    `UPDATE promptseg.routed SET state = jobs.state, problem = NULL, ended_at = (jobs.job ->> 'endedAt')::timestamptz
     FROM promptseg.jobs WHERE jobs.id = routed.job_id AND routed.state = 'submitted'
       AND jobs.state IN ('completed', 'cancelled')`,
  );
  await sql.executeSql(
    `UPDATE promptseg.routed SET state = 'cancelled', ended_at = now()
     WHERE state = 'submitted' AND NOT EXISTS (SELECT FROM promptseg.jobs WHERE jobs.id = routed.job_id)`,
  );
}

interface FailedJob {
  /** Of the row. */
  readonly id: string;
  readonly jobId: string;
  readonly problem: Problem;
  readonly failedBefore: number;
}

async function failedJobs(database: Database): Promise<readonly FailedJob[]> {
  const { rows } = await database.executeSql(
    `SELECT routed.id, routed.job_id, routed.attempts, jobs.job -> 'problem' AS problem FROM promptseg.routed
     JOIN promptseg.jobs ON jobs.id = routed.job_id
     WHERE routed.state = 'submitted' AND jobs.state = 'failed' ORDER BY routed.id LIMIT ${atOnce}`,
  );
  return rows.map(({ id, job_id, attempts, problem }) => ({
    id: String(id),
    jobId: String(job_id),
    problem: problem as Problem,
    failedBefore: Number(attempts),
  }));
}

/** @returns whether the row had not been given up before */
async function recordFailure(
  sql: SqlExecutor,
  id: string,
  { problem, attempts, retryAt }: { problem: Problem; attempts: number; retryAt: Date | undefined },
): Promise<boolean> {
  const { rows } = await sql.executeSql(
    `UPDATE promptseg.routed
     SET state = $2, problem = $3::jsonb, attempts = $4::int, retry_at = $5::timestamptz, ended_at = now()
     WHERE id = $1::bigint AND state IN ('submitted', 'waiting') RETURNING id`,
    [
      id,
      retryAt === undefined ? 'parked' : 'waiting',
      JSON.stringify(problem),
      attempts,
      retryAt?.toISOString() ?? null,
    ],
  );
  return rows.length > 0;
}

const setStart = (sql: SqlExecutor, id: string, start: Date) =>
  sql.executeSql('UPDATE promptseg.routed SET may_start_at = $2 WHERE id = $1::bigint', [id, start.toISOString()]);

interface DueRow {
  readonly id: string;
  readonly ruleName: string;
  readonly ruleWork: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly content: string;
  readonly jobId: string;
  readonly attempts: number;
  readonly backfillId?: string;
}

async function lockWaiting(sql: SqlExecutor, jobId: string): Promise<DueRow | undefined> {
  const { rows } = await sql.executeSql(
    `SELECT * FROM promptseg.routed WHERE job_id = $1 AND state = 'waiting' FOR NO KEY UPDATE NOWAIT`,
    [jobId],
  );
  const [row] = rows;
  return (
    row && {
      id: String(row.id),
      ruleName: String(row.rule_name),
      ruleWork: String(row.rule_work),
      studyInstanceUID: String(row.study_instance_uid),
      seriesInstanceUID: String(row.series_instance_uid),
      content: String(row.content),
      jobId,
      attempts: Number(row.attempts),
      ...(row.backfill_id !== null && { backfillId: String(row.backfill_id) }),
    }
  );
}

async function rerunOf(database: Database, jobId: string): Promise<string | undefined> {
  const { rows } = await database.executeSql(
    `SELECT id FROM promptseg.jobs WHERE job ->> 'rerunOf' = $1 ORDER BY number DESC LIMIT 1`,
    [jobId],
  );
  return rows[0] && String(rows[0].id);
}

/** Whether a job of the rule is waiting only for a worker. */
async function someMayStart(database: Database, ruleName: string): Promise<boolean> {
  const { rows } = await database.executeSql(
    `SELECT FROM promptseg.routed JOIN promptseg.jobs ON jobs.id = routed.job_id
     WHERE rule_name = $1 AND routed.state = 'submitted' AND may_start_at <= now() AND jobs.state = 'queued' LIMIT 1`,
    [ruleName],
  );
  return rows.length > 0;
}

interface WaitingRow {
  readonly id: string;
  readonly jobId: string;
  readonly mayStartAt: Date;
}

/** The waiting jobs of the rule, in order, and the start times of others within the last hour. */
async function startsOf(database: Database, ruleName: string): Promise<{ waiting: WaitingRow[]; started: Date[] }> {
  const { rows } = await database.executeSql(
    `SELECT routed.id, routed.job_id, may_start_at,
       coalesce(jobs.state = 'queued' AND routed.state = 'submitted', false) AS waits
     FROM promptseg.routed LEFT JOIN promptseg.jobs ON jobs.id = routed.job_id
     WHERE rule_name = $1
       AND (may_start_at > now() - interval '1 hour' OR (routed.state = 'submitted' AND jobs.state = 'queued'))
     ORDER BY routed.id`,
    [ruleName],
  );
  const [waiting, others] = [rows.filter(({ waits }) => waits), rows.filter(({ waits }) => !waits)];
  return {
    waiting: waiting.map(({ id, job_id, may_start_at }) => ({
      id: String(id),
      jobId: String(job_id),
      mayStartAt: may_start_at as Date,
    })),
    started: others.map(({ may_start_at }) => may_start_at as Date),
  };
}
