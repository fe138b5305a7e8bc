import { hasEnded, type JobState } from '#contract/jobState.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { Database } from '../../database/database.js';
import { PromptsegError } from '../../platform/errors.js';
import type { Actor } from '../../values/principal.js';
import { erased } from './auditedJob.js';

/**
 * Erases the record of an ended job with everything that people typed: the feedback on its findings, its messages and
 * its workitem. Stored results stay in the archive, as do the audit trail and the entry of the series in a rule's
 * history.
 * @throws PromptsegError `job-not-found`, `job-open`
 */
export function eraseRecord(database: Database, jobId: string, by: Actor): Promise<void> {
  return database.transaction(async (sql) => {
    const { rows } = await sql.executeSql(
      'SELECT state, study_instance_uid AS study FROM promptseg.jobs WHERE id = $1 FOR UPDATE',
      [jobId],
    );
    const state = rows[0]?.state as JobState | undefined;
    if (state === undefined) throw new PromptsegError('job-not-found', 'There is no job with this id.');
    if (!hasEnded({ state })) throw new PromptsegError('job-open', `The job has not ended; it is ${state}.`);
    await sql.executeSql('DELETE FROM promptseg.feedback WHERE job_id = $1', [jobId]);
    // Messages, deliveries and the workitem are deleted with it.
    await sql.executeSql('DELETE FROM promptseg.jobs WHERE id = $1', [jobId]);
    await recordAudit(sql, erased(jobId, String(rows[0]?.study), by));
  });
}
