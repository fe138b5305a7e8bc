import type { StoredResult } from '#contract/job.js';
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

/** All objects that a job has stored, the segmentation first, because the others refer to it. */
export function objectsOf(result: StoredResult): readonly ObjectToDeliver[] {
  const { studyInstanceUID, alsoStored } = result;
  return [result, ...alsoStored].map(({ seriesInstanceUID, sopInstanceUID, sopClassUID }) => ({
    studyInstanceUID,
    seriesInstanceUID,
    sopInstanceUID,
    sopClassUID,
  }));
}
