import type { Job } from '#contract/job.js';
import { type EndState, endStates, hasEnded, type JobState } from '#contract/jobState.js';
import type { Database, SqlExecutor } from '../../database/database.js';
import { PromptsegError } from '../../platform/errors.js';
import type { Correction } from '../../story/correctSegment.js';
import type { UnderstoodPrompts } from '../../story/understandPrompts.js';
import { fairTurn } from './fairTurn.js';
import { jobView, toJob } from './jobView.js';

export type JobChanges = Partial<Omit<Job, 'id' | 'request' | 'createdAt' | 'lastEventId' | 'queuePosition'>>;
export type QueueAgain = JobChanges & { state: 'queued' };
export type Ending = JobChanges & { state: EndState };

/** Members that may still change after a job has ended. */
export type Amendment = Pick<
  Partial<Job>,
  'resultDeletedAt' | 'resultDeletedBy' | 'editedResults' | 'comparedWithPrior'
>;

/** The targets and boxes that a worker runs, as resolved when the job was accepted. */
export interface UnderstoodRequest extends UnderstoodPrompts {
  /** For boxes that correct a stored segment; then there is no target. */
  readonly correction?: Correction;
}

/**
 * The right of one worker to run one job once. It is lost when the job is requeued, taken by another worker, or ended.
 */
export interface Lease {
  readonly jobId: string;
  readonly workerId: string;
  /** Counts the runs of the job, because the same worker may lose a job and take it again. */
  readonly run: number;
}

/** A job that a worker has taken. */
export interface StartedJob {
  readonly job: Job;
  readonly lease: Lease;
  /** The targets resolved when it was accepted; absent in records of earlier versions. */
  readonly understood?: UnderstoodRequest;
}

/**
 * The records of jobs. Each change gets the next number of one sequence for all jobs, and the database announces it to
 * every process (`jobEvents.ts`). `sql` makes a call part of the caller's transaction.
 */
export interface JobStore {
  /**
   * Records a queued job, or returns the open one with the same request.
   * @param alsoDo runs in the same transaction
   * @param options.understood what the worker will run
   * @param options.client the requester, for taking turns
   * @throws PromptsegError `too-many-jobs`
   */
  insert(
    job: Omit<Job, 'lastEventId'>,
    requestKey: string,
    alsoDo: (sql: SqlExecutor, id: string) => Promise<void>,
    options?: { readonly understood?: UnderstoodRequest; readonly client?: string | undefined },
  ): Promise<{ job: Job; created: boolean }>;
  /** @throws PromptsegError `job-not-found` */
  get(id: string, sql?: SqlExecutor): Promise<Job>;
  /** Jobs that have not ended, oldest first. */
  unfinished(sql?: SqlExecutor): Promise<Job[]>;
  /**
   * Changes a job that has not ended; undefined if it has, since an ended job never changes, or if `lease` is given and
   * lost. A new state `queued`, or one that ends the job, releases it from its worker.
   */
  update(id: string, changes: JobChanges, options?: { lease?: Lease; sql?: SqlExecutor }): Promise<Job | undefined>;
  /** Assigns a queued job to a worker; undefined if it is not queued. @throws Error if its record is locked */
  start(id: string, workerId: string, changes: JobChanges, sql: SqlExecutor): Promise<StartedJob | undefined>;
  /**
   * Adds to the record of an ended job, and announces it. Two calls at once take turns: `change` sees what the one
   * before it wrote. If it returns nothing, nothing is changed.
   * @param alsoDo runs in the same transaction, before the record is written
   * @throws PromptsegError `job-not-found`, `job-open`
   */
  amend(
    id: string,
    change: (job: Job) => Amendment | undefined,
    alsoDo?: (sql: SqlExecutor, job: Job) => Promise<void>,
  ): Promise<Job>;
  countByState(): Promise<Partial<Record<JobState, number>>>;
}

const ended = endStates.map((state) => `'${state}'`).join(', ');
const notEnded = `jobs.state NOT IN (${ended})`;

export function createJobStore(database: Database): JobStore {
  return {
    insert(job, requestKey, alsoDo, { understood, client } = {}) {
      return database.transaction(async (sql) => {
        const turn = await fairTurn(sql, job.request, client);
        const { rows } = await sql.executeSql(
          `INSERT INTO promptseg.jobs AS jobs
             (id, sequence, state, study_instance_uid, request_key, created_at, job, turn, asked_by, understood)
           VALUES ($1, nextval('promptseg.job_event_sequence'), $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (request_key) WHERE state NOT IN (${ended}) DO NOTHING RETURNING ${jobView}`,
          [
            job.id,
            job.state,
            job.request.studyInstanceUID,
            requestKey,
            job.createdAt,
            toJsonb(job),
            turn,
            client ?? null,
            understood === undefined ? null : toJsonb(understood),
          ],
        );
        if (rows[0] === undefined) {
          const open = await sql.executeSql(
            `SELECT ${jobView} FROM promptseg.jobs AS jobs WHERE request_key = $1 AND ${notEnded}`,
            [requestKey],
          );
          return { job: toJob(open.rows[0] ?? {}), created: false };
        }
        await alsoDo(sql, job.id);
        return { job: toJob(rows[0]), created: true };
      });
    },

    async get(id, sql = database) {
      const { rows } = await sql.executeSql(`SELECT ${jobView} FROM promptseg.jobs AS jobs WHERE id = $1`, [id]);
      if (rows[0] === undefined) throw new PromptsegError('job-not-found', 'There is no job with this id.');
      return toJob(rows[0]);
    },

    async unfinished(sql = database) {
      const { rows } = await sql.executeSql(
        `SELECT ${jobView} FROM promptseg.jobs AS jobs WHERE ${notEnded} ORDER BY number`,
      );
      return rows.map(toJob);
    },

    async update(id, changes, { lease, sql = database } = {}) {
      const { rows } = await sql.executeSql(
        `UPDATE promptseg.jobs AS jobs SET
           job = CASE WHEN $3::text IS NULL THEN job ELSE job - 'progress' - 'retryAt' END || $2::jsonb,
           state = coalesce($3, state),
           worker_id = CASE WHEN $3 IN ('queued', ${ended}) THEN NULL ELSE worker_id END,
           understood = CASE WHEN $3 IN (${ended}) THEN NULL ELSE understood END,
           asked_by = CASE WHEN $3 IN (${ended}) THEN NULL ELSE asked_by END,
           sequence = nextval('promptseg.job_event_sequence')
         WHERE id = $1 AND ${notEnded} AND ($4::uuid IS NULL OR (worker_id = $4 AND run = $5::int))
         RETURNING ${jobView}`,
        [id, toJsonb(changes), changes.state ?? null, lease?.workerId ?? null, lease?.run ?? null],
      );
      return rows[0] && toJob(rows[0]);
    },

    async start(id, workerId, changes, sql) {
      const { rows } = await sql.executeSql(
        `UPDATE promptseg.jobs AS jobs SET
           job = job - 'retryAt' || $3::jsonb, state = 'retrieving', worker_id = $2, run = run + 1,
           sequence = nextval('promptseg.job_event_sequence')
         WHERE id = (SELECT id FROM promptseg.jobs WHERE id = $1 AND state = 'queued' FOR NO KEY UPDATE NOWAIT)
         RETURNING ${jobView}, jobs.understood`,
        [id, workerId, toJsonb({ ...changes, state: 'retrieving' })],
      );
      if (rows[0] === undefined) return undefined;
      const { run, understood } = rows[0];
      return {
        job: toJob(rows[0]),
        lease: { jobId: id, workerId, run: Number(run) },
        ...(understood !== null && { understood: understood as UnderstoodRequest }),
      };
    },

    amend(id, change, alsoDo) {
      return database.transaction(async (sql) => {
        const { rows } = await sql.executeSql(
          `SELECT ${jobView} FROM promptseg.jobs AS jobs WHERE id = $1 FOR UPDATE OF jobs`,
          [id],
        );
        if (rows[0] === undefined) throw new PromptsegError('job-not-found', 'There is no job with this id.');
        const job = toJob(rows[0]);
        if (!hasEnded(job)) throw new PromptsegError('job-open', `The job has not ended; it is ${job.state}.`);
        const amendment = change(job);
        if (amendment === undefined) return job;
        await alsoDo?.(sql, job);
        const { rows: amended } = await sql.executeSql(
          `UPDATE promptseg.jobs AS jobs SET job = job || $2::jsonb, sequence = nextval('promptseg.job_event_sequence')
           WHERE id = $1 RETURNING ${jobView}`,
          [id, toJsonb({ ...amendment, amendedAt: new Date().toISOString() })],
        );
        return toJob(amended[0]!);
      });
    },

    async countByState() {
      const { rows } = await database.executeSql(
        'SELECT state, count(*)::int AS count FROM promptseg.jobs GROUP BY state',
      );
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    },
  };
}

/**
 * The value as a parameter of type jsonb, without U+0000 and unpaired surrogates, which jsonb cannot hold (PostgreSQL's
 * manual, section 8.14). A prompt, or a text from a file or an archive, may contain either.
 */
export const toJsonb = (value: unknown): string =>
  JSON.stringify(value, (_key, each) =>
    typeof each === 'string' ? each.replaceAll('\0', '\uFFFD').replaceAll(/\p{Surrogate}/gu, '\uFFFD') : each,
  );
