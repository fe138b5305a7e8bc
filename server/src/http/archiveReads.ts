import type { Request } from 'express';

/** Records what a request reads from the archive, before the response is sent. If that fails, nothing is shown. */
export interface ArchiveReads {
  /** Images of a study, or data from them; recorded once per quarter of an hour for each user and study. */
  opened(request: Request, studyInstanceUID: string): Promise<void>;
  /** A search for studies. @param query in our words, without the values that were searched for */
  searched(request: Request, query: string): Promise<void>;
  /** A search that a page repeats every few seconds: recorded once per quarter of an hour for each user. */
  watched(request: Request, query: string): Promise<void>;
}
