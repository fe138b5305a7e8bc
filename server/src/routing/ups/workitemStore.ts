import type { DicomJson } from '#contract/dicomJson.js';
import type { Job } from '#contract/job.js';
import { uidSchema } from '#contract/uid.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { Database } from '../../database/database.js';
import { PromptsegError } from '../../platform/errors.js';
import type { AuditEvent } from '../../values/auditEvent.js';
import { type Actor, actorOf } from '../../values/principal.js';
import { studiesOf } from './readWorkitem.js';

/** Procedure Step State (0074,1000). */
export const procedureStepStates = ['SCHEDULED', 'IN PROGRESS', 'COMPLETED', 'CANCELED'] as const;
export type ProcedureStepState = (typeof procedureStepStates)[number];

/** A stored Unified Procedure Step. */
export interface Workitem {
  readonly uid: string;
  readonly number: number;
  /** As sent by its creator and by updates, without the server's additions. */
  readonly dataset: DicomJson;
  /** The job that performs it; absent until its input is ready. */
  readonly job?: Job;
  /** Whether the job was created for it: the open job of an equal request may be somebody else's. */
  readonly ownsJob: boolean;
  /** Set if another performer claimed it, or it was cancelled without a job; otherwise the job's state counts. */
  readonly state?: Exclude<ProcedureStepState, 'SCHEDULED'>;
  /** Of the performer that claimed it. */
  readonly transactionUid?: string;
  readonly changedAt: Date;
  readonly revision: number;
}

export interface WorkitemChanges {
  readonly dataset?: DicomJson;
  readonly jobId?: string;
  readonly ownsJob?: boolean;
  readonly state?: Workitem['state'];
  readonly transactionUid?: string;
}

/** Changes are recorded in the audit trail, with their actor. */
export interface WorkitemStore {
  /** @throws PromptsegError `workitem-exists` */
  insert(uid: string, dataset: DicomJson, by: Actor): Promise<Workitem>;
  /** @throws PromptsegError `workitem-not-found` */
  get(uid: string): Promise<Workitem>;
  /** @returns undefined if it changed since it was read */
  update(workitem: Workitem, changes: WorkitemChanges, by: Actor): Promise<Workitem | undefined>;
  remove(workitem: Workitem, by: Actor): Promise<void>;
  /** Newest first, with a number below `before`. */
  list(before: number, limit: number): Promise<Workitem[]>;
}

const columns = `workitems.uid, workitems.number, workitems.dataset, workitems.owns_job, workitems.state,
  workitems.transaction_uid, workitems.changed_at, workitems.revision,
  (SELECT job FROM promptseg.jobs WHERE jobs.id = workitems.job_id) AS job`;

export function createWorkitemStore(database: Database): WorkitemStore {
  /** Runs a statement that changes one workitem, and records it; undefined if no row matched. */
  const write = (
    change: 'created' | 'changed' | 'removed' | NonNullable<Workitem['state']>,
    by: Actor,
    statement: string,
    values: readonly unknown[],
  ): Promise<Workitem | undefined> =>
    database.transaction(async (sql) => {
      const { rows } = await sql.executeSql(statement, values);
      const workitem = rows[0] && toWorkitem(rows[0]);
      if (workitem !== undefined) await recordAudit(sql, changed(workitem, change, by));
      return workitem;
    });

  return {
    async insert(uid, dataset, by) {
      const inserted = await write(
        'created',
        by,
        `INSERT INTO promptseg.workitems (uid, dataset) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING ${columns}`,
        [uid, JSON.stringify(dataset)],
      );
      if (inserted !== undefined) return inserted;
      throw new PromptsegError('workitem-exists', 'A workitem with this UID exists already.');
    },

    async get(uid) {
      const { rows } = await database.executeSql(`SELECT ${columns} FROM promptseg.workitems WHERE uid = $1`, [uid]);
      if (rows[0] !== undefined) return toWorkitem(rows[0]);
      throw new PromptsegError('workitem-not-found', 'There is no workitem with this UID.');
    },

    update: ({ uid, revision }, { dataset, jobId, ownsJob, state, transactionUid }, by) =>
      write(
        state ?? 'changed',
        by,
        `UPDATE promptseg.workitems SET dataset = coalesce($3::jsonb, dataset), job_id = coalesce($4::uuid, job_id),
           owns_job = coalesce($5::boolean, owns_job), state = coalesce($6, state),
           transaction_uid = coalesce($7, transaction_uid), changed_at = now(), revision = revision + 1
         WHERE uid = $1 AND revision = $2 RETURNING ${columns}`,
        [
          uid,
          revision,
          dataset === undefined ? null : JSON.stringify(dataset),
          jobId ?? null,
          ownsJob ?? null,
          state ?? null,
          transactionUid ?? null,
        ],
      ),

    async remove({ uid }, by) {
      await write('removed', by, `DELETE FROM promptseg.workitems WHERE uid = $1 RETURNING ${columns}`, [uid]);
    },

    async list(before, limit) {
      const { rows } = await database.executeSql(
        `SELECT ${columns} FROM promptseg.workitems WHERE number < $1 ORDER BY number DESC LIMIT ${limit}`,
        [before],
      );
      return rows.map(toWorkitem);
    },
  };
}

/** A dataset may contain anything as its study; the trail contains only UIDs. */
const studyOf = ({ dataset }: Workitem): string | undefined =>
  studiesOf(dataset).find((study) => uidSchema.safeParse(study).success);

function changed(workitem: Workitem, change: string, by: Actor): AuditEvent {
  const studyInstanceUID = studyOf(workitem);
  return {
    kind: 'workitem-changed',
    actor: actorOf(by),
    outcome: 'success',
    ...(studyInstanceUID !== undefined && { study: { studyInstanceUID } }),
    things: [{ type: 'workitem', id: workitem.uid, detail: { change: change.toLowerCase() } }],
  };
}

function toWorkitem(row: Record<string, unknown>): Workitem {
  return {
    uid: String(row.uid),
    number: Number(row.number),
    dataset: row.dataset as DicomJson,
    ownsJob: row.owns_job === true,
    changedAt: row.changed_at as Date,
    revision: Number(row.revision),
    ...(row.job !== null && { job: row.job as Job }),
    ...(row.state !== null && { state: row.state as NonNullable<Workitem['state']> }),
    ...(row.transaction_uid !== null && { transactionUid: String(row.transaction_uid) }),
  };
}
