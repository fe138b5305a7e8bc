import type { Database } from '../../database/database.js';
import type { JobStore } from '../records/jobStore.js';
import type { JobQueue } from './jobQueue.js';

/**
 * Changes the earliest start of a waiting job.
 * @returns whether it was still waiting
 */
export function postpone(
  { database, store, queue }: { readonly database: Database; readonly store: JobStore; readonly queue: JobQueue },
  id: string,
  mayStartAt: Date,
): Promise<boolean> {
  return database.transaction(async (sql) => {
    const { rows } = await sql.executeSql('SELECT state, job FROM promptseg.jobs WHERE id = $1 FOR UPDATE', [id]);
    if (rows[0]?.state !== 'queued') return false;
    const { retryAt } = rows[0].job as { retryAt?: string };
    // A new state clears the time of the next attempt, which the job still waits for.
    await store.update(
      id,
      { state: 'queued', mayStartAt: mayStartAt.toISOString(), ...(retryAt !== undefined && { retryAt }) },
      { sql },
    );
    await queue.remove(sql, id);
    await queue.add(sql, id);
    return true;
  });
}
