import { formatBytes } from '#contract/byteSize.js';
import { PromptsegError } from '../platform/errors.js';
import { type Grid, voxelCount } from '../values/grid.js';
import { bytesToRestoreProbability } from './restoreProbability.js';

/** Bytes for deciding on the source grid, and for the resulting masks and probabilities. */
export function bytesToRestore(source: Grid, modelGrid: Grid, targets: number, probabilities: boolean): number {
  const forMasks = 8 * voxelCount(modelGrid) + targets * Math.ceil(voxelCount(source) / 8);
  return probabilities
    ? forMasks + targets * voxelCount(source) + bytesToRestoreProbability(modelGrid, source)
    : forMasks;
}

/** @throws PromptsegError `memory-insufficient` with the figures */
export function refuseBeyond(available: number, bytesNeeded: number, { id }: { readonly id: string }): void {
  if (bytesNeeded <= available) return;
  throw new PromptsegError(
    'memory-insufficient',
    `The model ${id} needs ${formatBytes(bytesNeeded)} of memory for this image, and ${formatBytes(available)} ` +
      'are available.',
    { details: { bytesNeeded, bytesAvailable: available } },
  );
}

/**
 * The part of a graph's peak that is in the machine's own memory: none if the graph runs on a card with memory of its
 * own.
 *
 * @param deviceBytes of the runtime
 */
export const graphBytesOnMachine = (graphBytes: number, deviceBytes: number | undefined): number =>
  deviceBytes === undefined ? graphBytes : 0;
