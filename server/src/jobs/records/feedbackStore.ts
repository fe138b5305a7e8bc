import type { Finding } from '#contract/finding.js';
import type { Feedback, FeedbackRequest, Job } from '#contract/job.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { Database, SqlExecutor } from '../../database/database.js';
import { PromptsegError } from '../../platform/errors.js';
import { type Actor, namedActor, system } from '../../values/principal.js';
import { judged } from './auditedJob.js';
import { type JobStore, toJsonb } from './jobStore.js';
import { reviewState } from './review.js';

/** A copy of the finding at the time of the feedback, because the record of the job may be deleted later. */
export interface FeedbackSubject {
  readonly finding: Finding;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** SOP Instance UID of the stored segmentation; absent if nothing was found. */
  readonly resultInstanceUID?: string;
  readonly model?: Job['model'];
}

export interface GivenFeedback extends Feedback {
  readonly jobId: string;
  readonly subject: FeedbackSubject;
}

/** An absent member does not filter. */
export interface FeedbackFilter {
  /** Id of a model package. */
  readonly model?: string;
  /** Given at this time or later. */
  readonly since?: Date;
  /** Given before this time. */
  readonly until?: Date;
}

/** Feedback on findings. It becomes evaluation data, so it outlives the record of its job. */
export interface FeedbackStore {
  /** Replaces earlier feedback. @throws PromptsegError `job-not-found`, `job-open`, `finding-not-found` */
  give(jobId: string, findingIndex: number, feedback: FeedbackRequest, by?: Actor): Promise<Job>;
  /**
   * The same feedback on everything that was found, in one transaction; replaces earlier feedback on it.
   * @throws PromptsegError `job-not-found`, `job-open`; `finding-not-found` if nothing was found
   */
  giveToAll(jobId: string, feedback: FeedbackRequest, by?: Actor): Promise<Job>;
  /** @throws PromptsegError `job-not-found`, `job-open`, `finding-not-found` */
  takeBack(jobId: string, findingIndex: number, by?: Actor): Promise<Job>;
  /** Oldest first, read in batches. */
  list(filter: FeedbackFilter): AsyncIterable<GivenFeedback>;
}

const rowsAtOnce = 500;

/** @param release runs in the transaction of the feedback with which everything found is accepted */
export function createFeedbackStore(
  database: Database,
  store: Pick<JobStore, 'amend'>,
  release: (sql: SqlExecutor, job: Job, by: Actor) => Promise<void>,
): FeedbackStore {
  /** @param indicesOf the findings, from the record as it is now */
  const giveTo = (
    jobId: string,
    indicesOf: (job: Job) => readonly number[],
    feedback: FeedbackRequest,
    by: Actor,
  ): Promise<Job> =>
    store.amend(
      jobId,
      (job) => {
        for (const index of indicesOf(job)) requireFinding(job, index);
        return {};
      },
      async (sql, job) => {
        const given = { ...feedback, by: namedActor(by) };
        for (const index of indicesOf(job)) {
          const subject = subjectOf(job, index);
          await sql.executeSql(
            `INSERT INTO promptseg.feedback (job_id, finding_index, given_at, model_id, feedback, subject)
             VALUES ($1, $2, now(), $3, $4, $5)
             ON CONFLICT (job_id, finding_index) DO UPDATE
               SET given_at = EXCLUDED.given_at, feedback = EXCLUDED.feedback`,
            [jobId, index, job.model?.id ?? null, toJsonb(given), toJsonb(subject)],
          );
          await recordAudit(sql, judged(job, index, 'given', by));
        }
        if (await isAccepted(sql, jobId)) await release(sql, job, by);
      },
    );

  return {
    give: (jobId, findingIndex, feedback, by = system) => giveTo(jobId, () => [findingIndex], feedback, by),

    giveToAll: (jobId, feedback, by = system) => giveTo(jobId, requireFound, feedback, by),

    takeBack: (jobId, findingIndex, by = system) =>
      store.amend(
        jobId,
        (job) => {
          requireFinding(job, findingIndex);
          return job.feedback?.some((given) => given.findingIndex === findingIndex) ? {} : undefined;
        },
        async (sql, job) => {
          await sql.executeSql('DELETE FROM promptseg.feedback WHERE job_id = $1 AND finding_index = $2', [
            jobId,
            findingIndex,
          ]);
          await recordAudit(sql, judged(job, findingIndex, 'taken back', by));
        },
      ),

    async *list({ model, since, until }) {
      // Microseconds as text: a Date would truncate them, and the row would be read again.
      let after: readonly unknown[] = ['-infinity', '00000000-0000-0000-0000-000000000000', -1];
      for (;;) {
        const { rows } = await database.executeSql(
          `SELECT job_id, finding_index, given_at::text AS exactly, feedback, subject,
             to_char(given_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
           FROM promptseg.feedback
           WHERE (given_at, job_id, finding_index) > ($1::timestamptz, $2::uuid, $3::int)
             AND ($4::text IS NULL OR model_id = $4)
             AND ($5::timestamptz IS NULL OR given_at >= $5) AND ($6::timestamptz IS NULL OR given_at < $6)
           ORDER BY given_at, job_id, finding_index LIMIT ${rowsAtOnce}`,
          [...after, model ?? null, since?.toISOString() ?? null, until?.toISOString() ?? null],
        );
        yield* rows.map(toGivenFeedback);
        const last = rows.at(-1);
        if (last === undefined || rows.length < rowsAtOnce) return;
        after = [last.exactly, last.job_id, last.finding_index];
      }
    },
  };
}

async function isAccepted(sql: SqlExecutor, jobId: string): Promise<boolean> {
  const { rows } = await sql.executeSql(`SELECT ${reviewState} AS review FROM promptseg.jobs AS jobs WHERE id = $1`, [
    jobId,
  ]);
  return rows[0]?.review === 'accepted';
}

function requireFinding(job: Job, findingIndex: number): void {
  if (job.findings[findingIndex] === undefined)
    throw new PromptsegError(
      'finding-not-found',
      `The job has ${job.findings.length} findings; there is none at ${findingIndex}.`,
    );
}

/** Places of what was found. @throws PromptsegError `finding-not-found` if nothing was */
function requireFound({ findings }: Job): readonly number[] {
  const indices = findings.flatMap(({ status }, index) => (status === 'found' ? [index] : []));
  if (indices.length > 0) return indices;
  throw new PromptsegError('finding-not-found', 'The job found nothing that could be accepted or rejected.');
}

function subjectOf({ request, findings, result, model }: Job, findingIndex: number): FeedbackSubject {
  return {
    finding: findings[findingIndex]!,
    studyInstanceUID: request.studyInstanceUID,
    seriesInstanceUID: request.seriesInstanceUID,
    ...(result && { resultInstanceUID: result.sopInstanceUID }),
    ...(model && { model }),
  };
}

function toGivenFeedback({ job_id, finding_index, at, feedback, subject }: Record<string, unknown>): GivenFeedback {
  return {
    ...(feedback as FeedbackRequest & Pick<Feedback, 'by'>),
    jobId: String(job_id),
    findingIndex: Number(finding_index),
    at: String(at),
    subject: subject as FeedbackSubject,
  };
}
