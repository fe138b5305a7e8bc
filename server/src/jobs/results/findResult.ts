import type { FoundFinding } from '#contract/finding.js';
import type { Job, StoredResult } from '#contract/job.js';
import { PromptsegError } from '../../platform/errors.js';
import type { Predecessor } from '../../story/describeVersion.js';
import type { ResultReference } from '../../story/readResult.js';

/** A result of a job: its own, or the edited one with this SOP Instance UID. */
export type ResultName = string | undefined;

/** A job's own or an edited result, in one form. */
export interface FoundResult {
  readonly job: Job;
  readonly isEdited: boolean;
  readonly stored: Omit<StoredResult, 'alsoStored'>;
  readonly alsoStored: StoredResult['alsoStored'];
  readonly findings: readonly FoundFinding[];
  /** The segments, each with its place in the job's findings. */
  readonly segments: readonly (FoundFinding & { readonly findingIndex?: number | undefined })[];
  readonly createdAt: string;
  readonly deletedAt: string | undefined;
}

function ownResult(job: Job): FoundResult {
  const { result, findings, createdAt, resultDeletedAt: deletedAt } = job;
  if (result === undefined)
    throw new PromptsegError('result-missing', `The job is ${job.state} and has stored no result.`);
  const segments = findings.flatMap((finding, findingIndex) =>
    finding.status === 'found' ? [{ ...finding, findingIndex }] : [],
  );
  const { alsoStored, ...stored } = result;
  return { job, isEdited: false, stored, alsoStored, findings: segments, segments, createdAt, deletedAt };
}

function editedResult(job: Job, sopInstanceUID: string): FoundResult {
  if (job.result?.sopInstanceUID === sopInstanceUID) return ownResult(job);
  const edited = job.editedResults?.find((each) => each.sopInstanceUID === sopInstanceUID);
  if (edited === undefined)
    throw new PromptsegError('result-missing', 'The job has no result with this SOP Instance UID.');
  const { findings, createdAt, deletedAt } = edited;
  return { job, isEdited: true, stored: edited, alsoStored: [], findings, segments: findings, createdAt, deletedAt };
}

export function referenceOf({ job, stored }: FoundResult): ResultReference {
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = stored;
  return {
    studyInstanceUID,
    seriesInstanceUID: job.request.seriesInstanceUID,
    stack: job.stacks?.find(({ chosen }) => chosen)?.id ?? job.request.stack,
    segmentation: { seriesInstanceUID, sopInstanceUID },
  };
}

/** The stored result with this name, even if it was deleted. @throws PromptsegError `result-missing` */
export const findResult = (job: Job, name: ResultName): FoundResult =>
  name === undefined ? ownResult(job) : editedResult(job, name);

/** @throws PromptsegError `result-deleted` */
export function requireKept(found: FoundResult): FoundResult {
  if (found.deletedAt === undefined) return found;
  throw new PromptsegError('result-deleted', `The result was deleted from the archive at ${found.deletedAt}.`);
}

/** A result as the predecessor of a later version. */
export const predecessorOf = (found: FoundResult): Predecessor => ({
  ...referenceOf(found),
  seriesDescription: found.stored.seriesDescription,
  findings: found.segments.map(({ segmentNumber, target, findingIndex }) => ({ segmentNumber, target, findingIndex })),
});
