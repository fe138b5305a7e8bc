import type { EvenVolume } from '../../../values/volume.js';
import { cropped, foregroundBox } from '../../foregroundBox.js';
import type { IntensityStep } from '../../intensitySteps.js';
import { normalizeIntensity } from '../../normalizeIntensity.js';
import { croppedGrid, reorientedGrid } from '../../reorientedGrid.js';
import { resample } from '../../resample.js';
import type { PreparedImage } from '../preparedImage.js';

/**
 * Turns, crops and normalises a volume as upstream does with nnU-Net's reader, crop_to_nonzero and z-score. The spacing
 * is not changed.
 *
 * @returns undefined if every voxel is 0
 * @throws PromptsegError `cancelled`
 */
export async function prepareImage(
  volume: EvenVolume,
  steps: readonly IntensityStep[],
  signal: AbortSignal,
): Promise<PreparedImage | undefined> {
  const whole = reorientedGrid(volume.grid, 'RAS');
  // The voxels of both grids coincide, so values are copied exactly, and 0 stays 0.
  const turned = await resample(volume.voxels, volume.grid, whole, signal);
  const box = foregroundBox(turned.map(Math.abs), whole, 0);
  if (box === undefined) return undefined;
  const voxels = cropped(turned, whole, box.first, box.size);
  normalizeIntensity(voxels, steps, 'minimum');
  return { grid: croppedGrid(whole, box.first, box.size), voxels };
}
