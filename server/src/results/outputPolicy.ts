import type { WantedKind } from './chooseContainer.js';

/** The objects that a request wants stored. A segmentation always is, since the others refer to it or repeat it. */
export interface OutputPolicy {
  /** Absent: binary, or a label map if viewers would not show it (chooseContainer.ts). */
  readonly segmentation?: WantedKind;
  readonly measurementReport?: boolean | undefined;
  readonly rtStructureSet?: boolean | undefined;
  readonly secondaryCapture?: boolean | undefined;
  readonly report?: boolean | undefined;
  readonly presentationState?: boolean | undefined;
}

/** Whether anything is wanted beside the segmentation: all of it is made of volumes. */
export const wantsVolume = ({ segmentation: _kind, ...companions }: OutputPolicy): boolean =>
  Object.values(companions).includes(true);
