import { copyTables, filledTables } from '../database/copyTables.js';
import { PromptsegError } from '../platform/errors.js';
import type { Jobs } from './openJobs.js';

export interface MovedJobs {
  readonly jobs: number;
  /** Of these, the jobs that wait in the queue. */
  readonly waiting: number;
}

/**
 * Copies everything from one database to an empty one in one transaction of the target: jobs with their numbers and
 * places in the queue, and all other tables. No server or worker may use either side meanwhile.
 * @throws PromptsegError `database-not-empty`
 */
export async function moveJobs(source: Jobs, target: Jobs): Promise<MovedJobs> {
  await target.database.transaction(async (sql) => {
    await sql.executeSql('LOCK TABLE promptseg.jobs IN EXCLUSIVE MODE');
    const filled = await filledTables(sql);
    if (filled.length > 0)
      throw new PromptsegError(
        'database-not-empty',
        'The database that everything is to be moved to is in use already: a server has run on it.',
        { details: { tables: filled } },
      );
    await copyTables(source.database, sql);
  });
  const { rows } = await target.database.executeSql('SELECT count(*)::int AS jobs FROM promptseg.jobs');
  const waiting = (await target.store.unfinished()).length;
  return { jobs: Number(rows[0]?.jobs), waiting };
}
