import type { WorkerView } from '#contract/queue.js';
import type { Database, SqlExecutor } from '../../database/database.js';

/** What a worker reports once. */
export type WorkerDescription = Readonly<Pick<WorkerView, 'host' | 'pid' | 'executionProvider' | 'gpu' | 'models'>>;

/** What a worker reports with every heartbeat; the load is always 0 on Windows. */
export type WorkerStatus = Readonly<Pick<WorkerView, 'load' | 'availableMemoryBytes'>>;

/** The workers of a database, on all hosts. */
export interface WorkerRegistry {
  register(id: string, description: WorkerDescription, status: WorkerStatus): Promise<void>;
  /**
   * Records a heartbeat.
   * @returns whether the worker still counts as alive, and its job if that is to be cancelled
   */
  beat(id: string, status: WorkerStatus): Promise<{ readonly known: boolean; readonly jobToCancel?: string }>;
  /** Removes a worker that holds no job. */
  remove(id: string, sql?: SqlExecutor): Promise<void>;
  /** Oldest first. */
  list(): Promise<WorkerView[]>;
  /**
   * Locks the workers that were silent for this long until the end of the transaction; skips those that another process
   * has locked.
   */
  lockSilent(
    sql: SqlExecutor,
    forMs: number,
  ): Promise<{ readonly id: string; readonly host: string; readonly jobId?: string }[]>;
}

export function createWorkerRegistry(database: Database): WorkerRegistry {
  return {
    async register(id, description, status) {
      await database.executeSql('INSERT INTO promptseg.workers (id, description, status) VALUES ($1, $2, $3)', [
        id,
        JSON.stringify(description),
        JSON.stringify(status),
      ]);
    },

    async beat(id, status) {
      const { rows } = await database.executeSql(
        `UPDATE promptseg.workers SET heartbeat_at = now(), status = $2 WHERE id = $1
         RETURNING (SELECT id FROM promptseg.jobs WHERE worker_id = $1 AND cancel_requested) AS job_to_cancel`,
        [id, JSON.stringify(status)],
      );
      const job = rows[0]?.job_to_cancel;
      return { known: rows.length === 1, ...(typeof job === 'string' && { jobToCancel: job }) };
    },

    async remove(id, sql = database) {
      await sql.executeSql('DELETE FROM promptseg.workers WHERE id = $1', [id]);
    },

    async list() {
      const { rows } = await database.executeSql(
        `SELECT workers.*, jobs.id AS job_id FROM promptseg.workers
         LEFT JOIN promptseg.jobs ON jobs.worker_id = workers.id
         ORDER BY started_at, workers.id`,
      );
      return rows.map((row) => ({
        ...(row.description as WorkerDescription),
        ...(row.status as WorkerStatus),
        id: String(row.id),
        startedAt: (row.started_at as Date).toISOString(),
        heartbeatAt: (row.heartbeat_at as Date).toISOString(),
        ...(row.job_id !== null && { jobId: String(row.job_id) }),
      }));
    },

    async lockSilent(sql, forMs) {
      const { rows } = await sql.executeSql(
        `SELECT workers.id, workers.description ->> 'host' AS host,
           (SELECT jobs.id FROM promptseg.jobs WHERE jobs.worker_id = workers.id) AS job_id
         FROM promptseg.workers WHERE heartbeat_at <= now() - $1 * interval '1 millisecond' FOR UPDATE SKIP LOCKED`,
        [forMs],
      );
      return rows.map((row) => ({
        id: String(row.id),
        host: String(row.host),
        ...(row.job_id !== null && { jobId: String(row.job_id) }),
      }));
    },
  };
}
