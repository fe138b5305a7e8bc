import { drawCloseUp } from '../pictures/drawPicture.js';
import { maskVoxels } from '../results/segmentVoxels.js';
import { voxelVolumeMl } from '../values/grid.js';
import { countBits } from '../values/maskBits.js';
import type { EvenVolume } from '../values/volume.js';
import type { ComparedMasks } from './measureCase.js';

/** Distinguishable with colour vision deficiencies (Okabe and Ito's palette); the brightness differs too. */
export const outlineColours = { truth: [86, 180, 233], found: [230, 159, 0] } as const;

/**
 * A close-up of one structure as PNG, where its masks differ most: the outline of the label map, and over it that of
 * the model.
 */
export function drawMasks({ truth, found }: ComparedMasks, volume: EvenVolume): Uint8Array {
  const { grid } = volume;
  const difference = truth.map((byte, n) => byte ^ found[n]!);
  const segments = (['truth', 'found'] as const).map((name) => {
    const bits = name === 'truth' ? truth : found;
    const colour = outlineColours[name];
    return { name, colour, volumeMl: countBits(bits) * voxelVolumeMl(grid), ...maskVoxels({ grid, bits }) };
  });
  const differs = difference.some((byte) => byte !== 0);
  return drawCloseUp({ volume, segments, lookAt: [maskVoxels({ grid, bits: differs ? difference : truth })] });
}
