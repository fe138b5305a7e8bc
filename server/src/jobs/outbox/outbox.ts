import type { Problem } from '#contract/problem.js';
import type { Database, SqlExecutor } from '../../database/database.js';
import { type Messages, takeWithRecord } from '../queue/messages.js';
import { isoMoment, progressOfStep } from '../records/stepProgress.js';

/** Kinds of steps after the end of a job; each has its own table. */
export type OutboxTable = 'deliveries' | 'webhook_messages';

/** One step that a server is working on. */
export interface Step {
  /** Name of the destination, webhook or receiver. */
  readonly target: string;
  /** Number of attempts, including this one. */
  readonly attempts: number;
  /** Time since its first attempt, by the database's clock. */
  readonly triedForMs: number;
  /** Allows its holder to change the step; lost unless extended in time. */
  readonly lease: string;
}

/** A result on its way to a destination, or a message to a webhook. */
export interface TakenStep extends Step {
  readonly id: string;
  readonly jobId: string;
  /** SOP Instance UID of the segmentation to send; null for a message. */
  readonly content: string | null;
}
type OpenStep = Pick<TakenStep, 'id' | 'jobId' | 'target' | 'content'>;

export const stepStates = ['waiting', 'delivering', 'delivered', 'failed'] as const;
export type StepState = (typeof stepStates)[number];

/** A step as shown to people. */
export interface StepView {
  readonly id: string;
  readonly jobId: string;
  readonly state: StepState;
  readonly attempts: number;
  /** Present while the step waits. */
  readonly nextAttemptAt?: string;
  readonly deliveredAt?: string;
  /** Why the last attempt failed; absent after delivery. */
  readonly problem?: Problem;
}

/**
 * Steps that are retried until they succeed or are given up. When a server dies its leases expire, and another one, or
 * the same after a restart, takes over its steps.
 */
export interface Steps<S extends Step> {
  /** Takes the step of this target that has been due longest. */
  take(target: string, leaseMs: number): Promise<S | undefined>;
  /** @returns whether the lease was still held; so do all methods below */
  extend(step: S, leaseMs: number): Promise<boolean>;
  /** @param sent SOP Instance UID of the segmentation that arrived, for the record; null if nothing had to be sent */
  succeed(step: S, sent?: string | null): Promise<boolean>;
  /** Retries after `retryAfterMs`, or gives up if that is absent. */
  fail(step: S, problem: Problem, retryAfterMs?: number): Promise<boolean>;
  /** Returns a step as if it had not been taken, because this server stops. */
  putBack(step: S): Promise<boolean>;
  /** Gives up steps that have been due for this long and whose target is unknown to all servers. */
  abandon(known: readonly string[], dueForMs: number, problem: Problem): Promise<number>;
}

/**
 * The steps after the end of jobs. Each open step is a record with a message in the queue of its target. It can be
 * taken when it is due, or, if a server is working on it, when that server's lease has expired.
 */
export interface Outbox extends Steps<TakenStep> {
  /**
   * Creates a step, or opens it again for content that it has not sent, in the transaction that ends or amends its job.
   * A step that is under way is opened again when it ends.
   * @param content SOP Instance UID of the segmentation to send, in place of what the step was to send until now
   * @returns whether there is something to send that there was not before
   */
  enqueue(sql: SqlExecutor, jobId: string, target: string, content?: string): Promise<boolean>;
  /** Returns all steps that are under way; for a database that no other process uses. */
  takeFromAll(): Promise<void>;
  /**
   * Restarts a step that was given up, or runs its next attempt now. @returns its state before; undefined if there is
   * no such step
   * @param alsoDo runs in the same transaction, if the step restarts
   */
  retry(jobId: string, target: string, alsoDo?: (sql: SqlExecutor) => Promise<void>): Promise<StepState | undefined>;
  /** The newest steps of a target, in any state or in one. */
  latest(target: string, limit: number, state?: StepState): Promise<StepView[]>;
  countByTarget(): Promise<ReadonlyMap<string, Readonly<Record<StepState, number>>>>;
}

interface Change {
  readonly lease?: string;
  readonly where?: string;
  readonly dueInMs?: number | undefined;
  readonly problem?: Problem;
  readonly sent?: string | null | undefined;
  readonly set?: string;
  readonly alsoDo?: ((sql: SqlExecutor) => Promise<void>) | undefined;
}

/**
 * @param recordEnd runs in the transaction that ends a step: without a problem if something arrived, with one if it was
 * given up
 */
export function createOutbox(
  database: Database,
  messages: Messages,
  name: OutboxTable,
  recordEnd: (sql: SqlExecutor, step: OpenStep, problem?: Problem) => Promise<void> = async () => {},
): Outbox {
  const table = `promptseg.${name}`;
  const queueOf = (target: string): string => `${name}/${target}`;
  /** A change of a delivery is one of its job. Who locks both locks the job first, as an amendment of the job does. */
  const locksJob = name === 'deliveries';

  /**
   * Changes the state of a step together with its message, in one transaction.
   * @param lease must still be held, if given
   * @param where SQL of further conditions
   * @param dueInMs until the message can be taken; absent if the step ends. It is then due again at once if it was to
   * send other content meanwhile
   * @param sent what arrived; null if nothing had to be sent, of which no end is recorded
   * @param set SQL of further changes
   * @param alsoDo runs in the same transaction
   * @returns whether all conditions held; otherwise nothing is changed
   */
  const change = (
    step: OpenStep,
    state: StepState,
    { lease, where = 'true', dueInMs, problem, sent, set = 'target = target', alsoDo }: Change,
  ): Promise<boolean> =>
    database.transaction(async (sql) => {
      if (locksJob) await sql.executeSql('SELECT FROM promptseg.jobs WHERE id = $1 FOR NO KEY UPDATE', [step.jobId]);
      const { rows } = await sql.executeSql(
        `UPDATE ${table} SET state = $2, next_attempt_at = coalesce(${afterMs('$3')}, next_attempt_at),
           lease = CASE WHEN $2 = 'delivering' THEN lease END, delivered_at = CASE WHEN $2 = 'delivered' THEN now() END,
           problem = CASE WHEN $2 <> 'delivered' THEN coalesce($4::jsonb, problem) END,
           sent = sent || CASE WHEN $6::text IS NULL THEN '[]' ELSE jsonb_build_array(
             jsonb_build_object('sopInstanceUID', $6::text, 'at', ${isoMoment('now()')})) END, ${set}
         WHERE id = $1 AND ($5::uuid IS NULL OR lease = $5) AND ${where} RETURNING content`,
        [
          step.id,
          state,
          dueInMs ?? null,
          problem === undefined ? null : JSON.stringify(problem),
          lease ?? null,
          sent ?? null,
        ],
      );
      if (rows[0] === undefined) return false;
      await messages.remove(sql, queueOf(step.target), step.id);
      if (dueInMs === undefined) {
        if (sent !== null) await recordEnd(sql, { ...step, content: sent ?? step.content }, problem);
        if (rows[0].content !== step.content) await openAgain(sql, step);
      } else await messages.add(sql, queueOf(step.target), step.id, { startAfter: dueInMs });
      await alsoDo?.(sql);
      return true;
    });

  /** Starts the step from the beginning. */
  async function openAgain(sql: SqlExecutor, { id, target }: Pick<OpenStep, 'id' | 'target'>): Promise<void> {
    await sql.executeSql(
      `UPDATE ${table} SET state = 'waiting', attempts = 0, trying_since = NULL, next_attempt_at = now(),
         delivered_at = NULL, problem = NULL WHERE id = $1`,
      [id],
    );
    await messages.remove(sql, queueOf(target), id);
    await messages.add(sql, queueOf(target), id);
  }

  async function steps(where: string, ...values: string[]): Promise<(OpenStep & { readonly state: StepState })[]> {
    const { rows } = await database.executeSql(
      `SELECT id, job_id AS "jobId", target, content, state FROM ${table} WHERE ${where}`,
      values,
    );
    return rows as unknown as (OpenStep & { readonly state: StepState })[];
  }

  return {
    async enqueue(sql, jobId, target, content) {
      const { rows } = await sql.executeSql(
        `INSERT INTO ${table} AS step (job_id, target, content) VALUES ($1, $2, $3)
         ON CONFLICT (job_id, target) DO UPDATE SET content = EXCLUDED.content
           -- What was delivered without its content found it deleted.
           WHERE (step.content IS DISTINCT FROM EXCLUDED.content OR step.state = 'delivered')
             AND NOT step.sent @> jsonb_build_array(jsonb_build_object('sopInstanceUID', EXCLUDED.content))
         RETURNING id, state, xmax = 0 AS "isNew"`,
        [jobId, target, content ?? null],
      );
      if (rows[0] === undefined) return false;
      const { id, state, isNew } = rows[0];
      if (isNew) await messages.add(sql, queueOf(target), String(id));
      else if (state !== 'delivering') await openAgain(sql, { id: String(id), target });
      return true;
    },

    take: (target, leaseMs) =>
      takeWithRecord(
        database,
        (sql) => messages.take(sql, queueOf(target)),
        async (sql, id) => {
          const { rows } = await sql.executeSql(
            `UPDATE ${table} SET state = 'delivering', attempts = attempts + 1,
               trying_since = coalesce(trying_since, now()), lease = gen_random_uuid(),
               next_attempt_at = ${afterMs('$2')}
             WHERE id = (
               SELECT step.id FROM ${table} AS step ${locksJob ? 'JOIN promptseg.jobs ON jobs.id = step.job_id' : ''}
               WHERE step.id = $1 AND step.${isOpen} FOR NO KEY UPDATE NOWAIT)
             RETURNING id, job_id AS "jobId", target, content, attempts, lease,
               extract(epoch FROM now() - trying_since)::float8 * 1000 AS "triedForMs"`,
            [id, leaseMs],
          );
          const step = rows[0] as TakenStep | undefined;
          if (step !== undefined) await messages.add(sql, queueOf(target), id, { startAfter: leaseMs });
          return step;
        },
      ),

    extend: (step, leaseMs) => change(step, 'delivering', { lease: step.lease, dueInMs: leaseMs }),

    succeed: (step, sent) => change(step, 'delivered', { lease: step.lease, sent }),

    fail: (step, problem, retryAfterMs) =>
      change(step, retryAfterMs === undefined ? 'failed' : 'waiting', {
        lease: step.lease,
        problem,
        dueInMs: retryAfterMs,
      }),

    putBack: (step) => change(step, 'waiting', { lease: step.lease, dueInMs: 0, set: 'attempts = attempts - 1' }),

    async takeFromAll() {
      const where = `state = 'delivering'`;
      for (const step of await steps(where)) await change(step, 'waiting', { where, dueInMs: 0 });
    },

    async retry(jobId, target, alsoDo) {
      const find = async () => (await steps('job_id = $1 AND target = $2', jobId, target))[0];
      const before = await find();
      if (before === undefined) return undefined;
      const begun = await change(before, 'waiting', {
        where: `state IN ('waiting', 'failed')`,
        dueInMs: 0,
        set: 'attempts = 0, trying_since = NULL',
        alsoDo,
      });
      return begun ? before.state : (await find())?.state;
    },

    async abandon(known, dueForMs, problem) {
      const where = `${isOpen} AND next_attempt_at <= now() - ${dueForMs} * interval '1 millisecond'`;
      let abandoned = 0;
      // A list as JSON, because PGlite and pg encode array parameters differently.
      for (const step of await steps(`${where} AND NOT $1::jsonb ? target`, JSON.stringify(known)))
        if (await change(step, 'failed', { where, problem })) abandoned++;
      return abandoned;
    },

    async latest(target, limit, state) {
      const { rows } = await database.executeSql(
        `SELECT ${progressOfStep(name)} || jsonb_build_object('id', id, 'jobId', job_id) AS view FROM ${table}
         WHERE target = $1 AND ($2::text IS NULL OR state = $2)
         ORDER BY number DESC LIMIT ${limit}`,
        [target, state ?? null],
      );
      return rows.map(({ view }) => view as StepView);
    },

    async countByTarget() {
      const { rows } = await database.executeSql(
        `SELECT target, state, count(*)::int AS count FROM ${table} GROUP BY target, state`,
      );
      const counts = new Map<string, Record<StepState, number>>();
      for (const { target, state, count } of rows) {
        const ofTarget = counts.get(String(target)) ?? { waiting: 0, delivering: 0, delivered: 0, failed: 0 };
        counts.set(String(target), { ...ofTarget, [state as StepState]: Number(count) });
      }
      return counts;
    },
  };
}

const isOpen = `state IN ('waiting', 'delivering')`;
const afterMs = (parameter: string): string => `now() + ${parameter}::float8 * interval '1 millisecond'`;
