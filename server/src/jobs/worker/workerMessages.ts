import type { AskedProvider } from '#contract/executionProvider.js';
import type { Stage } from '#contract/jobState.js';
import type { Problem } from '#contract/problem.js';
import type { ArchiveAuthorization } from '../../platform/archiveAuthorization.js';
import type { LoggedError } from '../../platform/errorForLog.js';
import type { SegmentByBoxesRequest } from '../../story/segmentByBoxes.js';
import type { SegmentByClicksRequest } from '../../story/segmentByClicks.js';
import type { SegmentByTextRequest, SegmentByTextResult } from '../../story/segmentByText.js';

/** The kinds of jobs; their outcome has the same form. */
export type WorkerRequest = SegmentByTextRequest | SegmentByBoxesRequest | SegmentByClicksRequest;

/** Messages from the server to a worker process, passed by Node's structured clone. */
export type ToWorker =
  | {
      readonly type: 'run';
      readonly jobId: string;
      readonly request: WorkerRequest;
      readonly modelFolder: string;
      readonly afterCrash: boolean;
    }
  | { readonly type: 'cancel'; readonly jobId: string }
  /** Reply to `may-store`: without a problem the result may be stored. */
  | { readonly type: 'store'; readonly jobId: string; readonly problem?: Problem };

/** Messages from a worker process to the server, in order. */
export type FromWorker =
  | { readonly type: 'stage'; readonly jobId: string; readonly stage: Stage }
  | {
      readonly type: 'progress';
      readonly jobId: string;
      readonly progress: { readonly fraction?: number; readonly message: string };
    }
  | { readonly type: 'may-store'; readonly jobId: string }
  | { readonly type: 'completed'; readonly jobId: string; readonly result: SegmentByTextResult }
  | { readonly type: 'failed'; readonly jobId: string; readonly problem: Problem; readonly unforeseen?: LoggedError };

/** What a worker process needs at its start; passed in the environment variable PROMPTSEG_WORKER. */
export interface WorkerSettings {
  readonly archiveUrl: string;
  readonly archiveAuthorization?: ArchiveAuthorization;
  /** Public keys of model packages, PEM. */
  readonly modelKeys: readonly string[];
  /** Folders of the packages of norms; absent: none. */
  readonly normsFolders?: readonly string[];
  /** Folder of the package that says what images show; absent: none. */
  readonly fieldOfViewFolder?: string;
  readonly executionProvider: AskedProvider;
  readonly threads: number;
  /** The number of the only GPU to use. */
  readonly gpu?: number;
  /** For models that stay loaded between jobs. */
  readonly modelMemoryBytes: number;
}
