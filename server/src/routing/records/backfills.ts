import { randomUUID } from 'node:crypto';
import type { Backfill, BackfillCounts, BackfillRequest } from '#contract/routing.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { Database, SqlExecutor } from '../../database/database.js';
import type { Messages } from '../../jobs/queue/messages.js';
import { PromptsegError } from '../../platform/errors.js';
import type { AuditEvent } from '../../values/auditEvent.js';
import { type Actor, actorOf, system } from '../../values/principal.js';
import { routedQueue } from './ledger.js';

/** The stored progress of a backfill. */
export interface BackfillProgress {
  readonly day: string;
  /** Study Instance UIDs of that day. */
  readonly studiesDone: readonly string[];
  readonly counts: BackfillCounts;
}

export interface RunningBackfill {
  readonly id: string;
  readonly to: string;
  readonly rules: readonly string[] | undefined;
  readonly progress: BackfillProgress;
  /** Its jobs that have not ended. */
  readonly openJobs: number;
}

export interface Backfills {
  create(request: BackfillRequest, by?: Actor): Promise<Backfill>;
  /** Newest first. */
  list(): Promise<readonly Backfill[]>;
  /** @throws PromptsegError `backfill-not-found` */
  get(id: string): Promise<Backfill>;
  /** The oldest running backfill: they run one after another. */
  next(): Promise<RunningBackfill | undefined>;
  /** Has no effect if it was cancelled meanwhile. */
  advance(sql: SqlExecutor, id: string, progress: BackfillProgress): Promise<void>;
  complete(sql: SqlExecutor, id: string): Promise<void>;
  /**
   * Ends a backfill: it creates no more jobs.
   * @returns its queued jobs
   * @throws PromptsegError `backfill-not-found`, `backfill-ended`
   */
  cancel(id: string, by?: Actor): Promise<readonly string[]>;
}

const noCounts: BackfillCounts = { studies: 0, series: 0, routed: 0, routedBefore: 0, refused: 0, unreadable: 0 };
const dayMs = 24 * 60 * 60 * 1000;
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / dayMs;
export const dayAfter = (day: string): string => new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);

// As text, because a PostgreSQL date would arrive as a time in this computer's time zone.
const columns = `id, from_date::text AS from_day, to_date::text AS to_day, rules, state, created_at, ended_at,
  progress`;
const withJobs = `${columns},
  (SELECT count(*)::int FROM promptseg.routed
    WHERE backfill_id = backfills.id AND state IN ('submitted', 'waiting')) AS open,
  (SELECT count(*)::int FROM promptseg.routed WHERE backfill_id = backfills.id AND state = 'completed') AS completed,
  (SELECT count(*)::int FROM promptseg.routed WHERE backfill_id = backfills.id AND state = 'parked') AS parked,
  (SELECT count(*)::int FROM promptseg.routed
    WHERE backfill_id = backfills.id AND state IN ('cancelled', 'superseded')) AS cancelled`;

export function createBackfills(database: Database, messages: Messages): Backfills {
  async function get(id: string): Promise<Backfill> {
    const { rows } = await database.executeSql(
      `SELECT ${withJobs} FROM promptseg.routing_backfills AS backfills WHERE id = $1`,
      [id],
    );
    if (rows[0] === undefined) throw new PromptsegError('backfill-not-found', 'There is no backfill with this id.');
    return toBackfill(rows[0]);
  }

  return {
    async create({ from, to, rules }, by = system) {
      const id = randomUUID();
      const progress: BackfillProgress = { day: from, studiesDone: [], counts: noCounts };
      await database.transaction(async (sql) => {
        await sql.executeSql(
          `INSERT INTO promptseg.routing_backfills (id, from_date, to_date, rules, progress)
           VALUES ($1, $2, $3, $4::jsonb, $5::jsonb)`,
          [id, from, to, rules === undefined ? null : JSON.stringify(rules), JSON.stringify(progress)],
        );
        await recordAudit(sql, changed(id, 'started', by));
      });
      return get(id);
    },

    async list() {
      const { rows } = await database.executeSql(
        `SELECT ${withJobs} FROM promptseg.routing_backfills AS backfills ORDER BY number DESC LIMIT 100`,
      );
      return rows.map(toBackfill);
    },

    get,

    async next() {
      const { rows } = await database.executeSql(
        `SELECT ${withJobs} FROM promptseg.routing_backfills AS backfills WHERE state = 'running'
         ORDER BY number LIMIT 1`,
      );
      return rows[0] && toRunning(rows[0]);
    },

    async advance(sql, id, progress) {
      await sql.executeSql(
        `UPDATE promptseg.routing_backfills SET progress = $2::jsonb WHERE id = $1 AND state = 'running'`,
        [id, JSON.stringify(progress)],
      );
    },

    async complete(sql, id) {
      await sql.executeSql(
        `UPDATE promptseg.routing_backfills SET state = 'completed', ended_at = now()
         WHERE id = $1 AND state = 'running'`,
        [id],
      );
    },

    async cancel(id, by = system) {
      const isCancelled = await database.transaction(async (sql) => {
        const { rows } = await sql.executeSql(
          `UPDATE promptseg.routing_backfills SET state = 'cancelled', ended_at = now()
           WHERE id = $1 AND state = 'running' RETURNING id`,
          [id],
        );
        if (rows.length > 0) await recordAudit(sql, changed(id, 'cancelled', by));
        return rows.length > 0;
      });
      if (!isCancelled) {
        const { state } = await get(id);
        throw new PromptsegError('backfill-ended', `The backfill has already ended: ${state}.`);
      }
      await database.transaction(async (sql) => {
        const { rows: waiting } = await sql.executeSql(
          `UPDATE promptseg.routed SET state = 'cancelled', retry_at = NULL
           WHERE backfill_id = $1 AND state = 'waiting' RETURNING job_id`,
          [id],
        );
        for (const { job_id } of waiting) await messages.remove(sql, routedQueue, String(job_id));
      });
      const { rows: open } = await database.executeSql(
        `SELECT job_id FROM promptseg.routed JOIN promptseg.jobs ON jobs.id = routed.job_id
         WHERE backfill_id = $1 AND routed.state = 'submitted' AND jobs.state = 'queued'`,
        [id],
      );
      return open.map(({ job_id }) => String(job_id));
    },
  };
}

const changed = (id: string, change: 'started' | 'cancelled', by: Actor): AuditEvent => ({
  kind: 'backfill-changed',
  actor: actorOf(by),
  outcome: 'success',
  things: [{ type: 'backfill', id, detail: { change } }],
});

function toRunning(row: Record<string, unknown>): RunningBackfill {
  return {
    id: String(row.id),
    to: String(row.to_day),
    rules: (row.rules as string[] | null) ?? undefined,
    progress: row.progress as BackfillProgress,
    openJobs: Number(row.open),
  };
}

function toBackfill(row: Record<string, unknown>): Backfill {
  const { to, rules, progress } = toRunning(row);
  const from = String(row.from_day);
  const state = row.state as Backfill['state'];
  const days = daysBetween(from, to) + 1;
  return {
    id: String(row.id),
    from,
    to,
    ...(rules !== undefined && { rules: [...rules] }),
    state,
    createdAt: (row.created_at as Date).toISOString(),
    ...(row.ended_at !== null && { endedAt: (row.ended_at as Date).toISOString() }),
    day: progress.day,
    fraction: state === 'completed' ? 1 : Math.min(1, daysBetween(from, progress.day) / days),
    counts: progress.counts,
    jobs: {
      open: Number(row.open),
      completed: Number(row.completed),
      parked: Number(row.parked),
      cancelled: Number(row.cancelled),
    },
  };
}
