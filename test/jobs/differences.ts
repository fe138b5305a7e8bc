import type { SqlExecutor } from '../../server/src/database/database.js';

/**
 * Where records and messages disagree: a record that waits without a message, a message without such a record, or two
 * moments. None, no matter which program was interrupted.
 */
export async function differences(sql: SqlExecutor): Promise<unknown[]> {
  const { rows } = await sql.executeSql(`
    WITH records AS (
      SELECT 'segmentations' AS name, id,
        greatest((job ->> 'retryAt')::timestamptz, (job ->> 'mayStartAt')::timestamptz) AS due
        FROM promptseg.jobs WHERE state = 'queued'
      UNION ALL
      SELECT 'deliveries/' || target, id, next_attempt_at FROM promptseg.deliveries
      WHERE state IN ('waiting', 'delivering')
      UNION ALL
      SELECT 'webhook_messages/' || target, id, next_attempt_at FROM promptseg.webhook_messages
        WHERE state IN ('waiting', 'delivering')
      UNION ALL
      SELECT 'routed', job_id, NULL FROM promptseg.routed WHERE state = 'waiting'
    )
    SELECT name, id, records.due, messages.start_after, messages.state
    FROM (SELECT *, true AS is_record FROM records) AS records
      FULL JOIN (SELECT *, true AS is_message FROM pgboss.job) AS messages USING (name, id)
    WHERE is_record IS NULL OR is_message IS NULL OR messages.state <> 'created'
      OR abs(extract(epoch FROM records.due - messages.start_after)) > 0.0005`);
  return rows;
}
