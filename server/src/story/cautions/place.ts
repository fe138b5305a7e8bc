import type { OtherStructure, Place } from '#contract/caution.js';
import type { TargetView } from '#contract/finding.js';
import { apply, invert, type Vector3 } from '../../values/affine.js';
import { nearestSlice, voxelCentre } from '../../values/grid.js';
import type { Volume } from '../../values/volume.js';

/** A voxel (column, row, slice) as a place to look at; fractions of a slice become the nearest one. */
export function placeOf({ grid, sourceImages }: Volume, [i, j, k]: Vector3): Place {
  const slice = Math.min(Math.max(Math.round(k), 0), grid.size[2] - 1);
  const { sopInstanceUID, frameNumber } = sourceImages[slice] ?? {};
  return {
    slice,
    ...(sopInstanceUID !== undefined && { sopInstanceUID }),
    ...(frameNumber !== undefined && { frameNumber }),
    position: rounded(voxelCentre(grid, [i, j, slice])),
  };
}

/** A point in LPS mm as a place to look at, on the slice that is nearest along the grid. */
export function placeAt(volume: Volume, position: Vector3): Place {
  const [, , along] = apply(invert(volume.grid.voxelToLps), position);
  const slice = Math.min(Math.max(nearestSlice(volume.grid, along), 0), volume.grid.size[2] - 1);
  return { ...placeOf(volume, [0, 0, slice]), position: rounded(position) };
}

/** To a hundredth of a millimetre. */
const rounded = ([x, y, z]: Vector3): Vector3 => [hundredths(x), hundredths(y), hundredths(z)];
const hundredths = (length: number): number => Math.round(length * 100) / 100;

/** A target as mentioned in another one's caution. */
export const otherStructure = ({ name, code, laterality }: TargetView): OtherStructure => ({
  name,
  code,
  ...(laterality !== undefined && { laterality }),
});

/** A share of 1 as a caution states it: "12 %". */
export const percent = (share: number): string => `${Math.round(100 * share)} %`;
