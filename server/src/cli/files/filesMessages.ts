import type { Stage } from '#contract/jobState.js';
import type { Problem } from '#contract/problem.js';
import type { LoggedError } from '../../platform/errorForLog.js';
import type { ExecutionOptions } from '../../segmenter/packages/createSegmenter.js';
import type { SegmentByTextResult } from '../../story/segmentByText.js';
import type { SegmentFilesRequest } from '../../story/segmentFiles.js';

/** The process's one task. Values are copied by structured clone. */
export interface FilesTask extends SegmentFilesRequest {
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
  | { readonly type: 'completed'; readonly result: FilesResult }
  | { readonly type: 'failed'; readonly problem: Problem; readonly unforeseen?: LoggedError };
