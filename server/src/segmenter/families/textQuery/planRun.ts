import type { Vector3 } from '../../../values/affine.js';
import { type Grid, voxelCount } from '../../../values/grid.js';
import { bytesToRestore, refuseBeyond } from '../../memoryEstimate.js';
import type { TextQueryManifest } from './manifest.js';

/** How a run is divided so that it fits: each pass goes over all windows for up to `targetsPerPass` targets. */
export interface RunPlan {
  readonly targetsPerPass: number;
  /** Bytes that the run needs beside the volume itself. */
  readonly bytesNeeded: number;
}

const bytesPerFloat = 4;

/** Voxel of the map and weight. */
const bytesPerPlace = 12;

/**
 * Plans a run of a 'text-query' model within the available memory.
 *
 * Needed: the graphs' measured peak, in proportion to the largest window that this image gets; the resampled volume;
 * the blended probabilities (float32 per model voxel and channel); 8 bytes per model voxel for deciding; the buffers
 * of one window, twice because ONNX Runtime's outputs wait for the garbage collector, and where each of its voxels
 * goes; one bit per source voxel and target, and one byte if probabilities are requested.
 *
 * If the probabilities of all targets do not fit, the targets are divided among several passes, each of which runs the
 * image graph. Features are not kept between passes: half-overlapping windows with C features take 8·C floats per model
 * voxel, as much as the probabilities of 8·C targets. With argmax all rows are needed at once.
 *
 * @throws PromptsegError `memory-insufficient` with the figures, if not even one target fits
 */
export function planRun(
  manifest: TextQueryManifest,
  source: Grid,
  modelGrid: Grid,
  targets: number,
  available: number,
  probabilities = false,
): RunPlan {
  const { windows, image, rows, mask, activation, decision, memory } = manifest;
  const modelVoxels = voxelCount(modelGrid);
  const windowVoxels = voxelsOf(largestWindow(windows, modelGrid));
  const graphBytes = (memory.graphBytes * windowVoxels) / voxelsOf(windows.size);
  const argmax = decision.kind === 'argmax';
  const neededFor = (targetsPerPass: number) => {
    const channels = argmax ? rows.length : targetsPerPass;
    const logits = activation.kind === 'softmax' ? rows.length : targetsPerPass;
    const floatsPerWindowVoxel = 1 + (image.channels ?? 0) + (mask.kind === 'channels' ? 0 : logits + 1);
    return (
      graphBytes +
      modelVoxels * bytesPerFloat * (1 + channels) +
      2 * windowVoxels * (bytesPerFloat * floatsPerWindowVoxel + bytesPerPlace) +
      bytesToRestore(source, modelGrid, targets, probabilities)
    );
  };
  let targetsPerPass = targets;
  if (!argmax)
    while (targetsPerPass > 1 && neededFor(targetsPerPass) > available) targetsPerPass = Math.ceil(targetsPerPass / 2);
  const bytesNeeded = neededFor(targetsPerPass);
  refuseBeyond(available, bytesNeeded, manifest);
  return { targetsPerPass, bytesNeeded };
}

/** Where the graph takes smaller windows, no window is larger than the whole grid needs. */
function largestWindow({ size, sizeMultiple, startMultiple = 1 }: TextQueryManifest['windows'], grid: Grid): Vector3 {
  if (sizeMultiple === undefined) return size;
  const along = (axis: 0 | 1 | 2) =>
    Math.min(size[axis], Math.ceil((grid.size[axis] + startMultiple - 1) / sizeMultiple) * sizeMultiple);
  return [along(0), along(1), along(2)];
}

/** Voxels of a window of this size. */
export const voxelsOf = ([x, y, z]: Vector3): number => x * y * z;

/**
 * The same for an image whose probabilities are kept: volume and probabilities are not counted.
 * @throws PromptsegError `memory-insufficient` with the figures
 */
export function requireMemoryToRestore(
  manifest: TextQueryManifest,
  source: Grid,
  modelGrid: Grid,
  targets: number,
  available: number,
  probabilities = false,
): void {
  refuseBeyond(available, bytesToRestore(source, modelGrid, targets, probabilities), manifest);
}
