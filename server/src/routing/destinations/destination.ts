import type { Job } from '#contract/job.js';
import { type FoundResult, findResult } from '../../jobs/results/findResult.js';
import type { Archive } from '../../pacs/archive.js';

/** One of the objects that a job has stored in the source archive. */
export interface ObjectToDeliver {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly sopClassUID: string;
}

/** A further archive that can get results. */
export interface Destination {
  readonly name: string;
  readonly kind: 'dicom-web' | 'orthanc-modality' | 'orthanc-peer';
  /** For display: its address, or its name in Orthanc. Never credentials. */
  readonly address: string;
  /**
   * Transfers all objects and verifies that they arrived. It is safe to repeat.
   * @throws PromptsegError `destination-unreachable`, `destination-refused`, `result-gone`, and the errors of the
   * source archive
   */
  deliver(objects: readonly ObjectToDeliver[], source: Archive, signal: AbortSignal): Promise<void>;
  /** Checks whether it would accept results, without sending any. @throws PromptsegError as `deliver` */
  check(signal: AbortSignal): Promise<void>;
}

/**
 * The result to send: the named one or, where it was deleted since, the one that it was edited from.
 * @param name SOP Instance UID of its segmentation; null for the job's own
 * @returns undefined if the destination has it already
 * @throws PromptsegError `result-missing`
 */
export function resultToSend(job: Job, destination: string, name: string | null): FoundResult | undefined {
  const result = keptResult(job, name);
  const sent = job.deliveries?.find((each) => each.destination === destination)?.sent ?? [];
  return sent.some(({ sopInstanceUID }) => sopInstanceUID === result.stored.sopInstanceUID) ? undefined : result;
}

function keptResult(job: Job, name: string | null): FoundResult {
  const found = findResult(job, name ?? undefined);
  const edited = job.editedResults?.find(({ sopInstanceUID }) => sopInstanceUID === name);
  return found.deletedAt === undefined || edited === undefined ? found : keptResult(job, edited.predecessor);
}

/** All objects of a result, the segmentation first, because the others refer to it. */
export function objectsOf({ stored, alsoStored }: FoundResult): readonly ObjectToDeliver[] {
  const { studyInstanceUID } = stored;
  return [stored, ...alsoStored].map(({ seriesInstanceUID, sopInstanceUID, sopClassUID }) => ({
    studyInstanceUID,
    seriesInstanceUID,
    sopInstanceUID,
    sopClassUID,
  }));
}
