import { type Grid, voxelCount } from '../../../values/grid.js';
import { bytesToRestore } from '../../memoryEstimate.js';
import { bytesOfWeightedMap } from '../../weightedMap.js';
import type { VoxtellManifest } from './manifest.js';

const bytesPerFloat = Float32Array.BYTES_PER_ELEMENT;

/**
 * Bytes of a run with this many prompts: the graph's peak, plus each prompt's share; the reoriented volume, a copy of
 * it and the cropped one; the blended logits and the sums of their weights; a window's weights, image and logits; and
 * mapping back to the source. The model's grid has the source's voxels in another order.
 */
export function memoryNeeded(
  { window, memory }: VoxtellManifest,
  prompts: number,
  source: Grid,
  targets: number,
  probabilities: boolean,
): number {
  return (
    memory.graphBytes +
    memory.bytesPerPrompt * prompts +
    3 * bytesPerFloat * voxelCount(source) +
    bytesOfWeightedMap(source, prompts) +
    (2 + prompts) * bytesPerFloat * window[0] * window[1] * window[2] +
    bytesToRestore(source, source, targets, probabilities)
  );
}
