import type { Job } from '#contract/job.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { Database, SqlExecutor } from '../../database/database.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import { type Actor, namedActor, system } from '../../values/principal.js';
import { cancelRequested, stored } from '../records/auditedJob.js';
import type { Ending, JobChanges, JobStore, Lease, QueueAgain, StartedJob } from '../records/jobStore.js';
import type { WorkerRegistry } from '../records/workerRegistry.js';
import { afterFailure } from './afterFailure.js';
import type { JobQueue } from './jobQueue.js';
import { takeWithRecord } from './messages.js';

/**
 * Who runs which job. Each transition is one transaction over the job's record and its message in the queue, so that a
 * process can be killed between any two statements. A job either waits and has a message, or is held by a registered
 * worker, or has ended.
 */
export interface Leases {
  /** Takes the next job out of the queue for this worker. */
  takeNext(worker: { readonly id: string; readonly host: string }): Promise<StartedJob | undefined>;
  /** Undefined if the lease is lost. */
  update(lease: Lease, changes: JobChanges): Promise<Job | undefined>;
  /**
   * Called right before the segmentation `sopInstanceUID` is sent to the archive. @throws PromptsegError `lease-lost`,
   * `cancelled`
   */
  beginStoring(lease: Lease, sopInstanceUID: string): Promise<void>;
  /** Undefined if the lease is lost. */
  end(lease: Lease, changes: Ending): Promise<Job | undefined>;
  /** Returns the job to the queue, or ends it if somebody asked to cancel it. Undefined if the lease is lost. */
  putBack(lease: Lease, changes: QueueAgain): Promise<Job | undefined>;
  /**
   * Cancels a job that waits, and asks the worker of a running one to stop. Undefined if the job has ended or is being
   * stored.
   */
  requestCancel(id: string, by?: Actor): Promise<Job | undefined>;
  /**
   * Requeues the jobs of workers that were silent for this long, and removes those workers.
   * @returns number of workers that were lost
   */
  takeFromSilent(forMs: number): Promise<number>;
}

/** @param sendOut enqueues what is sent when a job ends, in the transaction that ends it */
export function createLeases({
  database,
  store,
  queue,
  workers,
  sendOut,
}: {
  readonly database: Database;
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly workers: WorkerRegistry;
  readonly sendOut: (sql: SqlExecutor, job: Job) => Promise<void>;
}): Leases {
  const toQueue = async (sql: SqlExecutor, id: string, changes: QueueAgain, lease?: Lease) => {
    const job = await store.update(id, changes, { sql, ...(lease && { lease }) });
    if (job !== undefined) await queue.add(sql, id);
    return job;
  };
  /** @param sql a transaction */
  const toEnd = async (sql: SqlExecutor, id: string, changes: Ending, lease?: Lease) => {
    const ending = { ...changes, endedAt: new Date().toISOString() };
    const job = await store.update(id, ending, { sql, ...(lease && { lease }) });
    if (job === undefined) return undefined;
    await sendOut(sql, job);
    const event = stored(job);
    if (event !== undefined) await recordAudit(sql, event);
    return job;
  };

  return {
    takeNext: ({ id, host }) =>
      takeWithRecord(database, queue.take, (sql, jobId) =>
        store.start(jobId, id, { startedAt: new Date().toISOString(), worker: { id, host } }, sql),
      ),

    update: (lease, changes) => store.update(lease.jobId, changes, { lease }),

    beginStoring: (lease, sopInstanceUID) =>
      database.transaction(async (sql) => {
        const { rows } = await sql.executeSql(
          'SELECT cancel_requested FROM promptseg.jobs WHERE id = $1 AND worker_id = $2 AND run = $3 FOR UPDATE',
          [lease.jobId, lease.workerId, lease.run],
        );
        if (rows[0] === undefined)
          throw new PromptsegError('lease-lost', 'The job went to another worker, because this one was not heard.');
        if (rows[0].cancel_requested === true) throw new PromptsegError('cancelled', 'The job was cancelled.');
        await store.update(lease.jobId, { state: 'storing', begunToStore: sopInstanceUID }, { sql, lease });
      }),

    end: (lease, changes) => database.transaction((sql) => toEnd(sql, lease.jobId, changes, lease)),

    putBack: (lease, changes) =>
      database.transaction(async (sql) => {
        const held = await lockHeld(sql, lease.jobId, lease.workerId);
        return held?.cancelRequested
          ? toEnd(sql, lease.jobId, cancelled('The job was cancelled.'), lease)
          : toQueue(sql, lease.jobId, changes, lease);
      }),

    requestCancel: (id, by = system) =>
      database.transaction(async (sql) => {
        const job = await toCancel(sql, id, namedActor(by));
        if (job !== undefined) await recordAudit(sql, cancelRequested(job, by));
        return job;
      }),

    takeFromSilent: (forMs) =>
      database.transaction(async (sql) => {
        const silent = await workers.lockSilent(sql, forMs);
        for (const { id, host, jobId } of silent) {
          if (jobId !== undefined) await takeBack(sql, jobId, { id, host });
          await workers.remove(id, sql);
        }
        return silent.length;
      }),
  };

  async function toCancel(sql: SqlExecutor, id: string, cancelledBy: Actor | undefined): Promise<Job | undefined> {
    const who = cancelledBy === undefined ? {} : { cancelledBy };
    const { rows } = await sql.executeSql('SELECT state FROM promptseg.jobs WHERE id = $1 FOR UPDATE', [id]);
    const state = rows[0]?.state;
    if (state === 'storing' || state === 'verifying') return undefined;
    if (state === 'queued') {
      await queue.remove(sql, id);
      return toEnd(sql, id, { ...cancelled('The job was cancelled before it began.'), ...who });
    }
    await sql.executeSql('UPDATE promptseg.jobs SET cancel_requested = true WHERE id = $1', [id]);
    await sql.executeSql(`SELECT pg_notify('promptseg_cancel', $1)`, [id]);
    return store.update(id, { progress: { message: 'cancelling' }, ...who }, { sql });
  }

  /** Requeues or ends the job of a lost worker; does nothing if the worker has just released it. */
  async function takeBack(sql: SqlExecutor, id: string, worker: { id: string; host: string }): Promise<void> {
    const held = await lockHeld(sql, id, worker.id);
    if (held === undefined) return;
    if (held.cancelRequested) return void (await toEnd(sql, id, cancelled('The job was cancelled.')));
    const silent = new PromptsegError('worker-silent', `The worker on ${worker.host} was not heard any more.`);
    const changes = afterFailure(held.job, toProblem(silent), new Date());
    await (changes.state === 'queued' ? toQueue(sql, id, changes) : toEnd(sql, id, changes));
  }
}

/** The current job, locked until the end of the transaction; undefined if this worker does not hold it. */
async function lockHeld(
  sql: SqlExecutor,
  id: string,
  workerId: string,
): Promise<{ readonly job: Job; readonly cancelRequested: boolean } | undefined> {
  const { rows } = await sql.executeSql(
    'SELECT job, cancel_requested FROM promptseg.jobs WHERE id = $1 AND worker_id = $2 FOR UPDATE',
    [id, workerId],
  );
  return rows[0] && { job: rows[0].job as Job, cancelRequested: rows[0].cancel_requested === true };
}

const cancelled = (detail: string): Ending => ({
  state: 'cancelled',
  problem: toProblem(new PromptsegError('cancelled', detail)),
});
