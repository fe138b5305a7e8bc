import type { CompanionKind, EditedResult, Job, StoredResult } from '#contract/job.js';
import type { Problem } from '#contract/problem.js';
import type { AuditEvent, AuditedStudy } from '../../values/auditEvent.js';
import { type Actor, actorOf, nobody, system } from '../../values/principal.js';

/** Events of jobs and their results for the audit trail: UIDs and ids, no prompts. */

/** A job without a signed-in requester has the actor nobody; a rule's job has Promptseg itself. */
const askerOf = ({ createdBy, rule }: Job): Actor => createdBy ?? actorOf(rule === undefined ? nobody : system);

const jobOf = ({ id, rule, rerunOf }: Omit<Job, 'lastEventId'>) => ({
  type: 'job' as const,
  id,
  ...((rule ?? rerunOf) !== undefined && {
    detail: { ...(rule && { rule: rule.name }), ...(rerunOf !== undefined && { rerunOf }) },
  }),
});

const objectsOf = ({ studyInstanceUID, seriesInstanceUID, ...stored }: StoredResult): AuditedStudy => ({
  studyInstanceUID,
  seriesInstanceUID,
  objects: [stored, ...stored.alsoStored].map(({ sopClassUID, sopInstanceUID }) => ({ sopClassUID, sopInstanceUID })),
});

const editedObject = ({
  studyInstanceUID,
  seriesInstanceUID,
  sopClassUID,
  sopInstanceUID,
}: Omit<StoredResult, 'alsoStored'>): AuditedStudy => ({
  studyInstanceUID,
  seriesInstanceUID,
  objects: [{ sopClassUID, sopInstanceUID }],
});

const seriesOf = ({ request: { studyInstanceUID, seriesInstanceUID } }: Pick<Job, 'request'>): AuditedStudy => ({
  studyInstanceUID,
  seriesInstanceUID,
});

/** A job was accepted: the images of its series will be read for the requester. */
export const requested = (job: Omit<Job, 'lastEventId'>, by: Actor): AuditEvent => ({
  kind: 'segmentation-requested',
  actor: actorOf(by),
  outcome: 'success',
  study: seriesOf(job),
  things: [jobOf(job)],
});

/** Somebody cancelled a job that waited, or asked its worker to stop. */
export const cancelRequested = (job: Job, by: Actor): AuditEvent => ({
  kind: 'segmentation-cancelled',
  actor: actorOf(by),
  outcome: 'success',
  study: seriesOf(job),
  things: [jobOf(job)],
});

/** Somebody gave or removed feedback: the finding is recorded, but not the verdict. */
export const judged = (job: Job, findingIndex: number, change: 'given' | 'taken back', by: Actor): AuditEvent => ({
  kind: 'feedback-changed',
  actor: actorOf(by),
  outcome: 'success',
  study: seriesOf(job),
  things: [{ ...jobOf(job), detail: { finding: String(findingIndex), change } }],
});

/**
 * The event of a job that ended after storing its result, or possibly storing it: one that began to store and failed
 * later. Undefined for all others.
 */
export function stored(job: Job): AuditEvent | undefined {
  const { result, begunToStore, problem, request } = job;
  const common = { kind: 'result-stored', actor: askerOf(job), things: [jobOf(job)] } as const;
  if (result !== undefined) return { ...common, outcome: 'success', study: objectsOf(result) };
  if (begunToStore === undefined) return undefined;
  return {
    ...common,
    outcome: 'serious-failure',
    ...(problem && { reason: problem.code }),
    study: { studyInstanceUID: request.studyInstanceUID },
    things: [{ ...jobOf(job), detail: { begunToStore } }],
  };
}

/**
 * A result reached its destination, or was given up.
 * @param sopInstanceUID of its segmentation: the job's own, or an edited one
 */
export const delivered = (
  job: Job,
  destination: string,
  sopInstanceUID: string | null,
  problem?: Problem,
): AuditEvent => ({
  kind: 'result-delivered',
  actor: askerOf(job),
  outcome: problem === undefined ? 'success' : 'serious-failure',
  ...(problem && { reason: problem.code }),
  ...objectsNamed(job, sopInstanceUID),
  things: [jobOf(job), { type: 'destination', id: destination }],
});

function objectsNamed({ result, editedResults }: Job, name: string | null): { readonly study?: AuditedStudy } {
  const edited = editedResults?.find(({ sopInstanceUID }) => sopInstanceUID === name);
  if (edited !== undefined) return { study: editedObject(edited) };
  return result === undefined ? {} : { study: objectsOf(result) };
}

/** Somebody retried the delivery of a result. */
export const retried = (job: Job, destination: string, by: Actor): AuditEvent => ({
  kind: 'delivery-retried',
  actor: actorOf(by),
  outcome: 'success',
  ...(job.result && { study: objectsOf(job.result) }),
  things: [jobOf(job), { type: 'destination', id: destination }],
});

/** Somebody accepted a result that was held back: it goes to its destination. */
export const released = (job: Job, destination: string, by: Actor): AuditEvent => ({
  ...retried(job, destination, by),
  kind: 'delivery-released',
});

/** Somebody stored an edited result. */
export const editedStored = (job: Job, edited: EditedResult, by: Actor): AuditEvent => ({
  kind: 'result-stored',
  actor: actorOf(by),
  outcome: 'success',
  study: editedObject(edited),
  things: [{ ...jobOf(job), detail: { predecessor: edited.predecessor } }],
});

/** A result was deleted from the archive: an edited one, or the job's own with its other objects. */
export const deleted = (job: Job, by: Actor, edited?: Parameters<typeof editedObject>[0]): AuditEvent => ({
  kind: 'result-deleted',
  actor: actorOf(by),
  outcome: 'success',
  ...(edited ? { study: editedObject(edited) } : job.result && { study: objectsOf(job.result) }),
  things: [jobOf(job)],
});

/** The record of a job was erased, including its prompts. */
export const erased = (jobId: string, studyInstanceUID: string, by: Actor): AuditEvent => ({
  kind: 'record-erased',
  actor: actorOf(by),
  outcome: 'success',
  study: { studyInstanceUID },
  things: [{ type: 'job', id: jobId }],
});

/** A result was downloaded, whole or as measurements. */
export const exported = (
  job: Job,
  what: 'segmentation' | Exclude<CompanionKind, 'measurement-report'> | 'measurements' | 'fhir' | 'comparison',
  by: Actor,
  address: string | undefined,
): AuditEvent => ({
  kind: 'result-exported',
  actor: actorOf(by),
  ...(address !== undefined && { address }),
  outcome: 'success',
  ...(job.result && { study: objectsOf(job.result) }),
  things: [{ ...jobOf(job), detail: { what } }],
});

/** The feedback on findings was downloaded. */
export const feedbackExported = (by: Actor, address: string | undefined): AuditEvent => ({
  kind: 'result-exported',
  actor: actorOf(by),
  ...(address !== undefined && { address }),
  outcome: 'success',
  things: [{ type: 'request', id: 'GET /api/v1/feedback.csv' }],
});
