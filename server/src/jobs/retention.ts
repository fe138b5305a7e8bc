import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/database.js';
import { log } from '../platform/log.js';

const oneDayMs = 24 * 60 * 60 * 1000;
/** Small enough that the jobs' own writes do not wait for it. */
const batch = 500;

/**
 * Deletes the records of jobs that ended before `before`; stored results stay in the archive. Several servers may do so
 * at the same time.
 * @returns the number of deleted records
 */
export async function deleteEndedBefore(database: Database, before: Date, signal?: AbortSignal): Promise<number> {
  let deleted = 0;
  for (;;) {
    // Times are texts in one format, in UTC: they sort as text.
    const { rows } = await database.executeSql(
      `DELETE FROM promptseg.jobs WHERE id IN (
         SELECT id FROM promptseg.jobs
         WHERE state IN ('completed', 'failed', 'cancelled') AND job ->> 'endedAt' < $1
         ORDER BY number LIMIT ${batch} FOR UPDATE SKIP LOCKED
       ) RETURNING id`,
      [before.toISOString()],
    );
    deleted += rows.length;
    if (rows.length < batch || signal?.aborted) return deleted;
  }
}

/** Deletes workitems without a job that were last changed before `before`; the others are deleted with their job. */
export async function deleteWorkitemsBefore(database: Database, before: Date): Promise<void> {
  await database.executeSql('DELETE FROM promptseg.workitems WHERE job_id IS NULL AND changed_at < $1', [
    before.toISOString(),
  ]);
}

/** Deletes drafts that were last changed before `before`; those of a job are deleted with it. */
export async function deleteDraftsBefore(database: Database, before: Date): Promise<void> {
  await database.executeSql('DELETE FROM promptseg.drafts WHERE changed_at < $1', [before.toISOString()]);
}

/**
 * Deletes feedback given before, and prompt sets last changed before, these times.
 * @param before.promptSets absent: no set is deleted
 */
export async function deleteTextsBefore(
  database: Database,
  { feedback, promptSets }: { readonly feedback: Date; readonly promptSets?: Date | undefined },
): Promise<void> {
  await database.executeSql('DELETE FROM promptseg.feedback WHERE given_at < $1', [feedback.toISOString()]);
  if (promptSets === undefined) return;
  await database.executeSql('DELETE FROM promptseg.prompt_sets WHERE changed_at < $1', [promptSets.toISOString()]);
}

/** Number of days for which each kind of record is kept. */
export interface Retention {
  /** Jobs after their end; workitems and drafts after their last change. */
  readonly records: number;
  readonly feedback: number;
  /** After their last change; absent: people share them until somebody deletes them. */
  readonly promptSets?: number | undefined;
}

/**
 * Deletes older records, at once and then every day.
 * @returns a function that stops it
 */
export function keepRecordsFor({ records: days, ...texts }: Retention, database: Database): () => Promise<void> {
  const stopping = new AbortController();
  const deleting = run();
  return async () => {
    stopping.abort();
    await deleting;
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const daysAgo = (count: number): Date => new Date(Date.now() - count * oneDayMs);
        const before = daysAgo(days);
        const deleted = await deleteEndedBefore(database, before, stopping.signal);
        await deleteWorkitemsBefore(database, before);
        await deleteDraftsBefore(database, before);
        await deleteTextsBefore(database, {
          feedback: daysAgo(texts.feedback),
          promptSets: texts.promptSets === undefined ? undefined : daysAgo(texts.promptSets),
        });
        if (deleted > 0) log.info({ deleted, days }, 'records of ended jobs deleted');
      } catch (error) {
        log.warn({ err: error }, 'old records could not be deleted; they are tried again tomorrow');
      }
      await sleep(oneDayMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }
}
