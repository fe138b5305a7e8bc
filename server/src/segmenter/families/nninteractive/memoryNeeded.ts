import type { Vector3 } from '../../../values/affine.js';
import { voxelCount } from '../../../values/grid.js';
import type { Volume } from '../../../values/volume.js';
import { graphBytesOnMachine } from '../../memoryEstimate.js';
import type { NninteractiveManifest } from './manifest.js';

/** Per voxel of the image: the coarse mask, the change, its opening and the counts of its rows. */
const bytesPerVoxel = 6;

/**
 * Bytes of a click: the graph's peak; its input and output; the masks of a refinement, which may extend beyond the
 * image by half a window.
 *
 * @param deviceBytes of the runtime
 */
export function memoryNeeded(
  { window, channels, memory }: NninteractiveManifest,
  { grid }: Pick<Volume, 'grid'>,
  deviceBytes: number | undefined,
): number {
  const product = ([a, b, c]: Vector3): number => a * b * c;
  const around: Vector3 = [grid.size[0] + window[0], grid.size[1] + window[1], grid.size[2] + window[2]];
  return (
    graphBytesOnMachine(memory.graphBytes, deviceBytes) +
    (3 + channels.count) * Float32Array.BYTES_PER_ELEMENT * product(window) +
    bytesPerVoxel * voxelCount(grid) +
    product(around)
  );
}
