import type { SqlExecutor } from '../../database/database.js';
import { queuePrioritySql, queueStartSql } from '../records/queuePlace.js';
import type { Messages } from './messages.js';

/** The queue of waiting jobs, by the ids of their records. Every call is part of the caller's transaction. */
export interface JobQueue {
  /** Adds a queued job at the place that its record determines. */
  add(sql: SqlExecutor, jobId: string): Promise<void>;
  /** Takes the next job out of the queue; if the transaction is rolled back, it keeps its place. */
  take(sql: SqlExecutor): Promise<string | undefined>;
  remove(sql: SqlExecutor, jobId: string): Promise<void>;
}

const queue = 'segmentations';

export function createJobQueue(messages: Messages): JobQueue {
  return {
    async add(sql, jobId) {
      const { rows } = await sql.executeSql(
        `SELECT ${queuePrioritySql('jobs')} AS priority, ${queueStartSql('jobs')} AS start FROM promptseg.jobs
         WHERE id = $1`,
        [jobId],
      );
      const { priority, start } = rows[0] as { priority: number; start: Date | null };
      await messages.add(sql, queue, jobId, { priority, ...(start !== null && { startAfter: start }) });
    },
    take: (sql) => messages.take(sql, queue),
    remove: (sql, jobId) => messages.remove(sql, queue, jobId),
  };
}
