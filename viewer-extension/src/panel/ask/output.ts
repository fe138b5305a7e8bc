import type { SegmentationRequest } from '../../../../server/contract/job.js';
import { readStored, store } from '../browserStorage.js';

export const segmentationKinds = ['binary', 'labelmap', 'fractional'] as const;
export type SegmentationKind = (typeof segmentationKinds)[number];

/** What a run stores. */
export interface Output {
  readonly segmentation: SegmentationKind;
  readonly measurementReport: boolean;
  readonly rtStructureSet: boolean;
}

export const usualOutput: Output = { segmentation: 'binary', measurementReport: false, rtStructureSet: false };

/** The part of a request that differs from the server's own choice. A kind that the model cannot give is left out. */
export function outputOf(
  { segmentation, measurementReport, rtStructureSet }: Output,
  givesProbabilities: boolean,
): SegmentationRequest['output'] {
  const output = {
    ...(segmentation === 'binary' || (segmentation === 'fractional' && !givesProbabilities) ? {} : { segmentation }),
    ...(measurementReport ? { measurementReport } : {}),
    ...(rtStructureSet ? { rtStructureSet } : {}),
  };
  return Object.keys(output).length === 0 ? undefined : output;
}

/** The last choice in this browser. */
export function storedOutput(): Output {
  return readStored('output', readOutput) ?? usualOutput;
}

export function storeOutput(output: Output): void {
  store('output', output);
}

export function readOutput(stored: unknown): Output {
  const { segmentation, measurementReport, rtStructureSet } = (stored ?? {}) as Record<string, unknown>;
  return {
    segmentation: segmentationKinds.find((kind) => kind === segmentation) ?? 'binary',
    measurementReport: measurementReport === true,
    rtStructureSet: rtStructureSet === true,
  };
}
