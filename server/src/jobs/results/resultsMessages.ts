import type { DraftMask } from '#contract/drafts.js';
import type { AskedProvider } from '#contract/executionProvider.js';
import type { RegionPrompt } from '#contract/imagePrompts.js';
import type { ArchiveAuthorization } from '../../platform/archiveAuthorization.js';
import type { CaptureRequest } from '../../story/captureResult.js';
import type { Correction } from '../../story/correctSegment.js';
import type { DrawRequest } from '../../story/drawResult.js';
import type { SurelyShown } from '../../story/imageShows/surelyShown.js';
import type { SeriesToLookAt } from '../../story/lookAtSeries.js';
import type { OutlineRequest } from '../../story/outlineResult.js';
import type { PresentRequest } from '../../story/presentResult.js';
import type { ClickedSeries } from '../../story/previewClicks.js';
import type { ReportRequest } from '../../story/reportResult.js';
import type { EditRequest, StoredEdit } from '../../story/storeEditedResult.js';

/** The tasks of the results process, and what each returns. Values are passed by Node's structured clone. */
export interface ResultTasks {
  readonly draw: { readonly request: DrawRequest; readonly result: Uint8Array };
  readonly outline: { readonly request: OutlineRequest; readonly result: Uint8Array };
  readonly capture: { readonly request: CaptureRequest; readonly result: Uint8Array };
  readonly report: { readonly request: ReportRequest; readonly result: Uint8Array };
  readonly present: { readonly request: PresentRequest; readonly result: Uint8Array };
  readonly previewClicks: {
    readonly request: {
      readonly of: Correction | ClickedSeries;
      readonly clicks: readonly RegionPrompt[];
      readonly modelFolder: string;
    };
    readonly result: DraftMask['block'];
  };
  readonly checkClicks: {
    readonly request: { readonly of: Correction | ClickedSeries; readonly clicks: readonly RegionPrompt[] };
    readonly result: undefined;
  };
  readonly look: { readonly request: SeriesToLookAt; readonly result: SurelyShown };
  readonly storeEdited: { readonly request: EditRequest; readonly result: StoredEdit };
}
export type ResultTask = {
  [Kind in keyof ResultTasks]: { kind: Kind; request: ResultTasks[Kind]['request'] };
}[keyof ResultTasks];

/** What the process needs at its start; passed in the environment variable PROMPTSEG_RESULTS. */
export interface ResultsSettings {
  readonly archiveUrl: string;
  readonly archiveAuthorization?: ArchiveAuthorization;
  /** Public keys of model packages, PEM. */
  readonly modelKeys: readonly string[];
  /** Folder of the package that says what images show; absent: none. */
  readonly fieldOfViewFolder?: string;
  /** For models that take clicks. */
  readonly executionProvider: AskedProvider;
  /** PROMPTSEG_GPU */
  readonly gpu?: number;
}
