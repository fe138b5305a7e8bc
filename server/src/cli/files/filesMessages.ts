import type { Stage } from '#contract/jobState.js';
import type { Problem } from '#contract/problem.js';
import type { LoggedError } from '../../platform/errorForLog.js';
import type { ExecutionOptions } from '../../segmenter/packages/createSegmenter.js';
import type { SurelyShown } from '../../story/imageShows/surelyShown.js';
import type { FilesToLookAt } from '../../story/lookAtFiles.js';
import type { SegmentByTextResult } from '../../story/segmentByText.js';
import type { SegmentFilesRequest } from '../../story/segmentFiles.js';

/** The tasks of the process, which performs one and ends. Values are copied by structured clone. */
export interface FilesTasks {
  readonly segment: { readonly request: SegmentTask; readonly result: FilesResult };
  readonly look: { readonly request: LookTask; readonly result: SurelyShown };
}
export type FilesTask = {
  [Kind in keyof FilesTasks]: { readonly kind: Kind; readonly request: FilesTasks[Kind]['request'] };
}[keyof FilesTasks];

interface LookTask extends FilesToLookAt {
  /** Folder of the package that says what images show. */
  readonly fieldOfViewFolder: string;
  /** Of model packages, in PEM. */
  readonly modelKeys: readonly string[];
}

export interface SegmentTask extends SegmentFilesRequest {
  readonly modelFolder: string;
  /** Of model packages, in PEM. */
  readonly modelKeys: readonly string[];
  /** Of the packages of norms. */
  readonly normsFolders: readonly string[];
  /** Folder of the package that says what images show; absent: none. */
  readonly fieldOfViewFolder?: string | undefined;
  readonly execution: ExecutionOptions;
}

/** Names of the files in the folder. */
export interface WrittenFiles {
  readonly dicom: readonly string[];
  readonly nifti: readonly string[];
  readonly picture?: string;
}

export interface FilesResult extends SegmentByTextResult {
  readonly files: WrittenFiles;
}

/** What the process reports, in order. */
export type FromFiles =
  | { readonly type: 'stage'; readonly stage: Stage }
  | { readonly type: 'progress'; readonly progress: { readonly fraction?: number; readonly message: string } }
  | { readonly type: 'completed'; readonly result: FilesTasks[keyof FilesTasks]['result'] }
  | { readonly type: 'failed'; readonly problem: Problem; readonly unforeseen?: LoggedError };
