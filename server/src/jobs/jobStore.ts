import { EventEmitter } from 'node:events';
import { PromptsegError } from '../errors.js';
import type { Database, SqlExecutor } from './database.js';
import { endStates, type Job, type JobEvent, type JobState } from './job.js';

export type JobChanges = Partial<Omit<Job, 'id' | 'request' | 'createdAt' | 'lastEventId' | 'queuePosition'>>;

/** Keeps the jobs' records and tells listeners of every change. Each change gets the next number of one sequence for all jobs. */
export interface JobStore {
  /** Records a queued job, or gives the open one with the same request. `alsoDo` runs in the same transaction. */
  insert(
    job: Omit<Job, 'lastEventId'>,
    requestKey: string,
    alsoDo: (sql: SqlExecutor, id: string) => Promise<void>,
  ): Promise<{ job: Job; created: boolean }>;
  /** @throws PromptsegError `job-not-found` */
  get(id: string): Promise<Job>;
  /** Newest first. */
  list(filter: { studyInstanceUID?: string; limit: number }): Promise<Job[]>;
  /** Jobs that have not ended, oldest first. */
  unfinished(): Promise<Job[]>;
  /** Applies changes to a job that has not ended. Undefined where it has: an ended job never changes. */
  update(id: string, changes: JobChanges): Promise<Job | undefined>;
  /** Tells every queued job's listeners where it stands now. */
  announceQueue(): Promise<void>;
  countByState(): Promise<Partial<Record<JobState, number>>>;
  /** Calls the listener on every change of this job; returns the way to stop. */
  subscribe(id: string, listener: (event: JobEvent) => void): () => void;
}

const ended = endStates.map((state) => `'${state}'`).join(', ');
const notEnded = `state NOT IN (${ended})`;

// pg returns bigint as a string; sequence numbers stay far below 2^53.
const view = `SELECT job, sequence,
  CASE WHEN state = 'queued' THEN (
    SELECT count(*) FROM promptseg.jobs AS other
    WHERE other.state NOT IN (${ended}) AND other.number < jobs.number
  ) END AS queue_position
  FROM promptseg.jobs AS jobs`;

export function createJobStore(database: Database): JobStore {
  const changes = new EventEmitter().setMaxListeners(0);

  const announce = (job: Job): Job => {
    changes.emit(job.id, { sequence: job.lastEventId, job } satisfies JobEvent);
    return job;
  };

  const find = async (sql: SqlExecutor, id: string): Promise<Job | undefined> => {
    const { rows } = await sql.executeSql(`${view} WHERE id = $1`, [id]);
    return rows[0] && toJob(rows[0]);
  };

  return {
    async insert(job, requestKey, alsoDo) {
      const outcome = await database.transaction(async (sql) => {
        const { rows } = await sql.executeSql(
          `INSERT INTO promptseg.jobs (id, sequence, state, study_instance_uid, request_key, created_at, job)
           VALUES ($1, nextval('promptseg.job_event_sequence'), $2, $3, $4, $5, $6)
           ON CONFLICT (request_key) WHERE ${notEnded} DO NOTHING RETURNING sequence`,
          [job.id, job.state, job.request.studyInstanceUID, requestKey, job.createdAt, JSON.stringify(job)],
        );
        if (rows[0] === undefined) {
          const open = await sql.executeSql(`${view} WHERE request_key = $1 AND ${notEnded}`, [requestKey]);
          return { job: toJob(open.rows[0] ?? {}), created: false };
        }
        await recordEvent(sql, job.id, Number(rows[0].sequence), job.state);
        await alsoDo(sql, job.id);
        return { job: (await find(sql, job.id))!, created: true };
      });
      if (outcome.created) announce(outcome.job);
      return outcome;
    },

    async get(id) {
      const job = await find(database, id);
      if (job === undefined) throw new PromptsegError('job-not-found', 'There is no job with this id.');
      return job;
    },

    async list({ studyInstanceUID, limit }) {
      const { rows } = await database.executeSql(
        `${view} WHERE $1::text IS NULL OR study_instance_uid = $1 ORDER BY number DESC LIMIT $2`,
        [studyInstanceUID ?? null, limit],
      );
      return rows.map(toJob);
    },

    async unfinished() {
      const { rows } = await database.executeSql(`${view} WHERE ${notEnded} ORDER BY number`);
      return rows.map(toJob);
    },

    async update(id, jobChanges) {
      const job = await database.transaction(async (sql) => {
        const { rows } = await sql.executeSql(
          `UPDATE promptseg.jobs SET
             job = CASE WHEN $3::text IS NULL THEN job ELSE job - 'progress' END || $2::jsonb,
             state = coalesce($3, state),
             sequence = nextval('promptseg.job_event_sequence')
           WHERE id = $1 AND ${notEnded} RETURNING sequence`,
          [id, JSON.stringify(jobChanges), jobChanges.state ?? null],
        );
        if (rows[0] === undefined) return undefined;
        if (jobChanges.state !== undefined) await recordEvent(sql, id, Number(rows[0].sequence), jobChanges.state);
        return find(sql, id);
      });
      return job && announce(job);
    },

    async announceQueue() {
      const { rows } = await database.executeSql(
        `UPDATE promptseg.jobs SET sequence = nextval('promptseg.job_event_sequence') WHERE state = 'queued' RETURNING id`,
      );
      for (const { id } of rows) {
        const job = await find(database, String(id));
        if (job !== undefined) announce(job);
      }
    },

    async countByState() {
      const { rows } = await database.executeSql(
        'SELECT state, count(*)::int AS count FROM promptseg.jobs GROUP BY state',
      );
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    },

    subscribe(id, listener) {
      changes.on(id, listener);
      return () => changes.off(id, listener);
    },
  };
}

async function recordEvent(sql: SqlExecutor, jobId: string, sequence: number, state: JobState): Promise<void> {
  await sql.executeSql('INSERT INTO promptseg.job_events (sequence, job_id, at, state) VALUES ($1, $2, now(), $3)', [
    sequence,
    jobId,
    state,
  ]);
}

function toJob(row: Record<string, unknown>): Job {
  const queuePosition = row.queue_position === null ? {} : { queuePosition: Number(row.queue_position) };
  return { ...(row.job as Job), ...queuePosition, lastEventId: Number(row.sequence) };
}
