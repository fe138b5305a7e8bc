import type { Draft } from '../../../../server/contract/drafts.js';
import type { Job } from '../../../../server/contract/job.js';
import type { DraftsApi } from '../../client/drafts.js';
import type { ActiveSeries, Host } from '../host.js';
import type { JobResult } from '../results/results.js';
import type { Clicking } from './clicking.js';

export interface ClickStoreState {
  /** Of which series the installed models take clicks; none until known. */
  readonly modalities: readonly string[];
  /** Ids of those that take no scribbles and lassos. */
  readonly withoutStrokes: readonly string[];
  /** Drafts of the study that are on the server, without the one that is open here. */
  readonly drafts: readonly Draft[];
  readonly clicking?: Clicking | undefined;
  /** What is to get a name, before it is clicked on. */
  readonly naming?: Naming | undefined;
  /** Why the last one ended unasked; by SOP Instance UID of its result, absent for something new. */
  readonly ended?: { readonly sopInstanceUID?: string; readonly sentence: string } | undefined;
}

/** Images with something new on them. */
export interface Naming {
  readonly series: ActiveSeries;
  /** Id of the stack, where the reader chose one. */
  readonly stack?: string | undefined;
}

/** Frame of Reference UID of the images that are clicked on, where they state one. */
export interface Images {
  readonly frameOfReferenceUID?: string | undefined;
}

export interface ClickParts {
  readonly api: DraftsApi;
  readonly host: Pick<Host, 'refine'>;
  /** Draws a result, before it is corrected and after its successor was stored. */
  readonly show: (result: JobResult, segmentNumber?: number) => Promise<void>;
  /** Whether the viewer's tools changed what it draws of a result. */
  readonly isEdited: (result: JobResult) => boolean;
  /** Calls the listener after each change of a draft; without an id where any may have changed. */
  readonly followDrafts: (listener: (id: string | undefined) => void) => void;
  /** Lets the panel follow the job that stores what was clicked. Resolves with its results once it has ended. */
  readonly stored: (job: Job) => Promise<readonly JobResult[]>;
}
