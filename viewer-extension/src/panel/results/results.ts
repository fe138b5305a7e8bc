import type { Actor } from '../../../../server/contract/actor.js';
import type { Finding, FoundFinding } from '../../../../server/contract/finding.js';
import type { EditedFinding, Job, StoredResult } from '../../../../server/contract/job.js';
import type { ResultAddress } from '../../client/results.js';

/** Something that a job left in the archive: its own result, or one that somebody edited. */
export interface JobResult {
  readonly address: ResultAddress;
  /** Series Instance UID of the images. */
  readonly imageSeries: string;
  readonly stored: Pick<
    StoredResult,
    'studyInstanceUID' | 'seriesInstanceUID' | 'sopInstanceUID' | 'seriesDescription'
  >;
  /** Of its segments, in their order. */
  readonly findings: readonly (FoundFinding | EditedFinding)[];
  /** When it was asked for, or edited. */
  readonly madeAt: string;
  /** When it was edited; absent for the job's own. */
  readonly editedAt?: string;
  /** Labels of segments that the edit removed. */
  readonly removed: readonly string[];
  readonly deletedAt?: string;
  /** Who asked for it, or edited it; absent for nobody and for a rule. */
  readonly maker?: Actor;
}

/** The results of a job, oldest first; none while it runs, and where it found nothing. */
export function resultsOf({
  id,
  createdAt,
  request,
  result,
  findings,
  resultDeletedAt,
  createdBy,
  editedResults = [],
}: Job): readonly JobResult[] {
  if (result === undefined) return [];
  const own: JobResult = {
    address: { jobId: id },
    imageSeries: request.seriesInstanceUID,
    stored: result,
    findings: findings.filter(isFound),
    madeAt: createdAt,
    removed: [],
    ...(resultDeletedAt !== undefined && { deletedAt: resultDeletedAt }),
    ...(createdBy !== undefined && { maker: createdBy }),
  };
  const edited = editedResults.map(
    (stored): JobResult => ({
      address: { jobId: id, editedSopInstanceUID: stored.sopInstanceUID },
      imageSeries: request.seriesInstanceUID,
      stored,
      findings: stored.findings,
      madeAt: stored.createdAt,
      editedAt: stored.createdAt,
      removed: stored.removed,
      ...(stored.deletedAt !== undefined && { deletedAt: stored.deletedAt }),
      ...(stored.by !== undefined && { maker: stored.by }),
    }),
  );
  return [own, ...edited];
}

/** Whether it marks a volume, not one image without a place in the patient: only that can be edited and seen in 3-D. */
export const isInVolume = ({ findings }: JobResult): boolean => findings.some(({ volumeMl }) => volumeMl !== undefined);

/** The newest that the archive still holds. */
export function newestResult(results: readonly JobResult[]): JobResult | undefined {
  return results.findLast(({ deletedAt }) => deletedAt === undefined) ?? results.at(-1);
}

export function isFound(finding: Finding): finding is FoundFinding {
  return finding.status === 'found';
}
