import type { Grid } from '../../../values/grid.js';
import type { EvenVolume } from '../../../values/volume.js';
import { cropped, foregroundBox } from '../../foregroundBox.js';
import type { IntensityStep } from '../../intensitySteps.js';
import { normalizeIntensity } from '../../normalizeIntensity.js';
import { croppedGrid, reorientedGrid, respacedGrid } from '../../reorientedGrid.js';
import { resample } from '../../resample.js';
import type { PreparedImage } from '../preparedImage.js';
import type { SatManifest } from './manifest.js';

/** Voxels up to this value, before normalisation, count as outside the patient. In CT this is water (0 HU). */
const background = 0;

/** The grid to which a volume is resampled, before cropping. */
export const wholeGrid = ({ input }: SatManifest, source: Grid): Grid =>
  respacedGrid(reorientedGrid(source, input.orientation), input.spacing);

/**
 * Turns, resamples, crops and normalises a volume as upstream's load_image does.
 *
 * @returns undefined if no voxel is above {@link background}
 * @throws PromptsegError `cancelled`
 */
export async function prepareImage(
  manifest: SatManifest,
  volume: EvenVolume,
  steps: readonly IntensityStep[],
  signal: AbortSignal,
): Promise<PreparedImage | undefined> {
  const whole = wholeGrid(manifest, volume.grid);
  const resampled = await resample(volume.voxels, volume.grid, whole, signal, 'edge');
  const box = foregroundBox(resampled, whole, background);
  if (box === undefined) return undefined;
  const voxels = cropped(resampled, whole, box.first, box.size);
  normalizeIntensity(voxels, steps, 'minimum');
  return { grid: croppedGrid(whole, box.first, box.size), voxels };
}
