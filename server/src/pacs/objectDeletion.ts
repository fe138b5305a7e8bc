/** UIDs of an object in the archive. */
export interface ObjectReference {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/**
 * Deletes objects from the archive. DICOMweb has no such service for stored instances (PS3.18); some archives have one
 * of their own.
 */
export interface ObjectDeletion {
  /**
   * Deletes only these objects; one that does not exist counts as deleted.
   * @throws PromptsegError `archive-cannot-delete` if this archive has no known service for it; the archive's errors
   */
  deleteObjects(objects: readonly ObjectReference[], signal?: AbortSignal): Promise<void>;
}
