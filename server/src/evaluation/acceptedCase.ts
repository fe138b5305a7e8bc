import type { TargetView } from '#contract/finding.js';
import type { Job } from '#contract/job.js';

/** A confirmed structure: accepted as found, or stored after an edit. */
export interface ConfirmedStructure {
  readonly target: TargetView;
  /** In `segmentation`. */
  readonly segmentNumber: number;
}

/** The confirmed structures of a job. */
export interface AcceptedCase {
  readonly job: Job;
  readonly origin: 'accepted' | 'edited';
  readonly segmentation: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  readonly structures: readonly ConfirmedStructure[];
}

/**
 * The newest edited result of a job, because storing it confirms all its segments; without one, the accepted findings.
 * Deleted results do not count.
 * @returns undefined if nothing was confirmed
 */
export function acceptedCase(job: Job): AcceptedCase | undefined {
  const edited = job.editedResults?.findLast(({ deletedAt }) => deletedAt === undefined);
  if (edited !== undefined) return { job, origin: 'edited', segmentation: edited, structures: edited.findings };
  if (job.result === undefined || job.resultDeletedAt !== undefined) return undefined;
  const structures = (job.feedback ?? []).flatMap(({ verdict, findingIndex }) => {
    const finding = job.findings[findingIndex];
    return verdict === 'accepted' && finding?.status === 'found' ? [finding] : [];
  });
  return structures.length === 0 ? undefined : { job, origin: 'accepted', segmentation: job.result, structures };
}
