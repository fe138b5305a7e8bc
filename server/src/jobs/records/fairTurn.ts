import type { SegmentationRequest } from '#contract/job.js';
import type { SqlExecutor } from '../../database/database.js';
import { PromptsegError } from '../../platform/errors.js';

/** Turns within one priority; three times this, of either sign, fits into an int4, the type of a message's priority. */
export const turnsOfPriority = 100_000_000;

/** More than the script of a cohort has open at once. */
export const mostOpenJobs = 1000;

/**
 * The turn of a new job within its priority: lower turns run first, equal ones in the order of arrival. Clients take
 * turns: a client's next job comes one turn after its last waiting one, and a client without waiting jobs joins the
 * current turn. So somebody who arrives after another client's 200 jobs waits for one of them, not for all.
 * @param client the requester; absent for jobs that no client requested, such as a rule's
 * @throws PromptsegError `too-many-jobs` if the client has too many open
 */
export async function fairTurn(
  sql: SqlExecutor,
  { priority = 'interactive' }: Pick<SegmentationRequest, 'priority'>,
  client: string | undefined,
): Promise<number> {
  if (client !== undefined) await requireFewOpen(sql, client);
  const { rows } = await sql.executeSql(
    `SELECT greatest(min(turn), max(turn + 1) FILTER (WHERE asked_by = $2), 0) AS turn FROM promptseg.jobs
     WHERE state = 'queued' AND coalesce(job #>> '{request,priority}', 'interactive') = $1`,
    [priority, client ?? null],
  );
  return Number(rows[0]?.turn ?? 0);
}

async function requireFewOpen(sql: SqlExecutor, client: string): Promise<void> {
  const { rows } = await sql.executeSql('SELECT count(*)::int AS open FROM promptseg.jobs WHERE asked_by = $1', [
    client,
  ]);
  if (Number(rows[0]?.open) >= mostOpenJobs)
    throw new PromptsegError('too-many-jobs', `You have ${mostOpenJobs} jobs open, which is the most for one client.`);
}
