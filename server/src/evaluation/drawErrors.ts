import { drawPicture } from '../pictures/drawPicture.js';
import { maskVoxels } from '../results/segmentVoxels.js';
import { voxelVolumeMl } from '../values/grid.js';
import { countBits } from '../values/maskBits.js';
import type { EvenVolume } from '../values/volume.js';
import type { WorstLabel } from './measureCase.js';

/**
 * A picture of where a mask differs from the label map, as PNG: three planes through most of the difference. Colours
 * are distinguishable with colour vision deficiencies (Okabe and Ito's palette).
 * @param maker the model: "head 0.3.1"
 */
export function drawErrors({ truth, found }: WorstLabel, volume: EvenVolume, maker: string): Uint8Array {
  const { grid } = volume;
  const segment = (name: string, colour: readonly [number, number, number], bits: Uint8Array) => ({
    name,
    colour,
    volumeMl: countBits(bits) * voxelVolumeMl(grid),
    ...maskVoxels({ grid, bits }),
  });
  const agreed = segment(
    'in both',
    [0, 158, 115],
    truth.map((byte, n) => byte & found[n]!),
  );
  const differences = [
    segment(
      'missed: in the label map only',
      [86, 180, 233],
      truth.map((byte, n) => byte & ~found[n]!),
    ),
    segment(
      'too much: found only',
      [213, 94, 0],
      found.map((byte, n) => byte & ~truth[n]!),
    ),
  ];
  return drawPicture({ volume, segments: [agreed, ...differences], lookAt: differences, maker });
}
