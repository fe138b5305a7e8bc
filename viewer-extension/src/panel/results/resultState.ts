import type { Trouble } from '../../client/trouble.js';

/** What is being done with a result. */
export type ResultWork = 'drawing' | 'deleting' | 'storing' | 'exporting';

/** The segment of a result that is at the viewer's brush. */
export interface Editing {
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly segmentNumber: number;
  /** The other segments keep their voxels. */
  readonly lockOthers: boolean;
}

/** State of the results in this panel, by SOP Instance UID. */
export interface ResultStoreState {
  readonly work: Readonly<Record<string, ResultWork>>;
  readonly trouble: Readonly<Record<string, Trouble>>;
  /** The result that a job's card shows, by job; the newest if absent. */
  readonly chosen: Readonly<Record<string, string>>;
  /** SOP Instance UIDs of those that are compared, in the order of choice. */
  readonly compared: readonly string[];
  /** What the viewer's brush paints. */
  readonly editing?: Editing;
  /** The one of which it is asked whether its edit is to be stored. */
  readonly askedToStore?: string;
  /** SOP Instance UID of the result whose card led to the 3-D view. */
  readonly inSpace?: string;
  /** The address names a result that cannot be shown. */
  readonly linkTrouble?: Trouble;
  /** Its link was asked for: the result's, and whether the browser put it on the clipboard. */
  readonly link?: { readonly sopInstanceUID: string; readonly address: string; readonly isCopied: boolean };
  /** For a screen reader: what has just been done. */
  readonly announcement: string;
}

export const nothing: ResultStoreState = { work: {}, trouble: {}, chosen: {}, compared: [], announcement: '' };
