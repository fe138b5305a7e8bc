import { type Grid, voxelCount } from '../../../values/grid.js';
import { bytesToRestore } from '../../memoryEstimate.js';
import { bytesOfWeightedMap } from '../../weightedMap.js';
import type { SatManifest } from './manifest.js';
import { wholeGrid } from './prepareImage.js';

const bytesPerFloat = Float32Array.BYTES_PER_ELEMENT;

/**
 * Bytes of a run with this many prompts: the graph's peak, plus each prompt's share; the resampled volume, cropped and
 * uncropped; the blended probabilities and the sums of their weights; the weights of a window and its image; and
 * mapping back to the source. Assumes the uncropped grid, because the crop is not known yet.
 */
export function memoryNeeded(
  manifest: SatManifest,
  prompts: number,
  source: Grid,
  targets: number,
  probabilities: boolean,
): number {
  const { window, memory } = manifest;
  const whole = wholeGrid(manifest, source);
  return (
    memory.graphBytes +
    memory.bytesPerPrompt * prompts +
    2 * bytesPerFloat * voxelCount(whole) +
    bytesOfWeightedMap(whole, prompts) +
    2 * bytesPerFloat * window[0] * window[1] * window[2] +
    bytesToRestore(source, whole, targets, probabilities)
  );
}
