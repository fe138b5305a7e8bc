import type { Job } from '#contract/job.js';
import { endStates } from '#contract/jobState.js';
import type { Database } from '../../database/database.js';
import { type JobFilter, whereOf } from './jobFilter.js';
import { jobViewWithoutPlace, toJob } from './jobView.js';
import { inLine, queuePrioritySql, waitsForMoment, waitsForRetry, waitsForRule } from './queuePlace.js';

export interface JobPage {
  /** Newest first. */
  readonly jobs: readonly Job[];
  /** `JobFilter.before` of the next page; absent on the last one. */
  readonly nextCursor?: string;
}

export interface QueueLength {
  /** Jobs that wait for a worker. */
  readonly queued: number;
  /** Jobs that wait for another attempt. */
  readonly waitingForRetry: number;
  /** Jobs that wait for the time window or the limit of their rule. */
  readonly waitingForRule: number;
  readonly running: number;
  /** Time since the acceptance of the job that has waited longest for a worker; absent if none waits. */
  readonly oldestWaitSeconds?: number;
}

/** Facts about a job that has not ended, for the estimate. */
export type OpenJob = Pick<Job, 'id' | 'state' | 'createdAt' | 'startedAt' | 'retryAt' | 'numberOfInstances'> & {
  /** Checksum of the model package. */
  readonly model: string;
};

/** Duration of one job. */
export interface PastRun {
  /** Checksum of the model package. */
  readonly model: string;
  readonly seconds: number;
  readonly numberOfInstances?: number;
}

/** Reads the jobs' records, many at a time. */
export interface JobLists {
  list(filter: JobFilter): Promise<JobPage>;
  /** Current state of the jobs that changed after this event, in the order of their changes. */
  changedSince(sequence: number, limit: number): Promise<Job[]>;
  queueLength(): Promise<QueueLength>;
  /** Jobs that have not ended, in the order in which they run. */
  openInTurn(): Promise<OpenJob[]>;
  /** The last completed runs. */
  pastRuns(): Promise<PastRun[]>;
}

const ended = endStates.map((state) => `'${state}'`).join(', ');
/** Enough for a median per model in use; reading them takes a few milliseconds. */
const pastRunsRead = 200;

export function createJobLists(database: Database): JobLists {
  /**
   * Adds the places in the queue, read once for all jobs: counting separately for 500 of 2000 waiting jobs took
   * seconds, and so did a join, which the planner turns into nested loops without statistics.
   */
  async function inPlace(jobs: Job[]): Promise<Job[]> {
    if (jobs.every(({ state }) => state !== 'queued')) return jobs;
    const { rows } = await database.executeSql(
      `SELECT jobs.id FROM promptseg.jobs AS jobs WHERE jobs.state NOT IN (${ended}) AND NOT ${waitsForMoment('jobs')}
       ORDER BY jobs.state = 'queued', ${queuePrioritySql('jobs')} DESC, jobs.number`,
    );
    const places = new Map(rows.map(({ id }, place) => [id, place]));
    return jobs.map((job) => {
      const place = job.state === 'queued' ? places.get(job.id) : undefined;
      return place === undefined ? job : { ...job, queuePosition: place };
    });
  }

  return {
    async list({ limit, ...filter }) {
      const { where, values } = whereOf(filter);
      // One more than requested shows whether there is another page.
      const { rows } = await database.executeSql(
        `SELECT ${jobViewWithoutPlace}, jobs.number FROM promptseg.jobs AS jobs
         WHERE ${where} ORDER BY jobs.number DESC LIMIT ${limit + 1}`,
        values,
      );
      const jobs = await inPlace(rows.slice(0, limit).map(toJob));
      return { jobs, ...(rows.length > limit && { nextCursor: String(rows[limit - 1]?.number) }) };
    },

    async changedSince(sequence, limit) {
      const { rows } = await database.executeSql(
        `SELECT * FROM (
           SELECT ${jobViewWithoutPlace}, jobs.sequence AS changed FROM promptseg.jobs AS jobs WHERE jobs.sequence > $1
           ORDER BY jobs.sequence DESC LIMIT ${limit}
         ) AS latest ORDER BY changed`,
        [sequence],
      );
      return inPlace(rows.map(toJob));
    },

    async queueLength() {
      const { rows } = await database.executeSql(
        `SELECT
           count(*) FILTER (WHERE ${inLine('jobs')})::int AS queued,
           count(*) FILTER (WHERE ${waitsForRetry('jobs')})::int AS waiting_for_retry,
           count(*) FILTER (WHERE ${waitsForRule('jobs')})::int AS waiting_for_rule,
           count(*) FILTER (WHERE jobs.state <> 'queued')::int AS running,
           extract(epoch FROM now() - min(jobs.created_at) FILTER (WHERE ${inLine('jobs')}))::float8 AS oldest_wait
         FROM promptseg.jobs AS jobs WHERE jobs.state NOT IN (${ended})`,
      );
      const { queued, waiting_for_retry, waiting_for_rule, running, oldest_wait } = rows[0] ?? {};
      return {
        queued: Number(queued),
        waitingForRetry: Number(waiting_for_retry),
        waitingForRule: Number(waiting_for_rule),
        running: Number(running),
        ...(oldest_wait !== null && { oldestWaitSeconds: Number(oldest_wait) }),
      };
    },

    async openInTurn() {
      const { rows } = await database.executeSql(
        `SELECT jobs.id, jobs.state, jobs.job #>> '{model,sha256}' AS model, jobs.job ->> 'createdAt' AS "createdAt",
           jobs.job ->> 'startedAt' AS "startedAt",
           greatest(jobs.job ->> 'retryAt', jobs.job ->> 'mayStartAt') AS "retryAt",
           (jobs.job ->> 'numberOfInstances')::int AS "numberOfInstances"
         FROM promptseg.jobs AS jobs WHERE jobs.state NOT IN (${ended})
         ORDER BY ${queuePrioritySql('jobs')} DESC, jobs.number`,
      );
      return rows.map((row) => withoutNull<OpenJob>(row));
    },

    async pastRuns() {
      const { rows } = await database.executeSql(
        `SELECT job #>> '{model,sha256}' AS model,
           extract(epoch FROM (job ->> 'endedAt')::timestamptz - (job ->> 'startedAt')::timestamptz)::float8 AS seconds,
           (job ->> 'numberOfInstances')::int AS "numberOfInstances"
         FROM (SELECT job FROM promptseg.jobs WHERE state = 'completed' ORDER BY number DESC LIMIT ${pastRunsRead})
           AS latest`,
      );
      return rows.map((row) => withoutNull<PastRun>(row));
    },
  };
}

/** A row with columns named like the members of T; NULL becomes an absent member. */
function withoutNull<T>(row: Record<string, unknown>): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T;
}
