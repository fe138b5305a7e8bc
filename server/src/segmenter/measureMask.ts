import { apply, type Vector3 } from '../values/affine.js';
import { sliceExtents, slicePosition, voxelVolumeMl } from '../values/grid.js';
import type { Mask, MaskStatistics } from '../values/mask.js';
import type { Volume } from '../values/volume.js';

/**
 * Measures a mask that is on the volume's grid.
 *
 * The standard deviation is that of the population (divided by n). Deviations from the first voxel's value are summed,
 * so that large offsets do not cost precision. With uneven slices, volume and centre of mass weight each voxel by the
 * extent of its slice; mean and standard deviation count every voxel once.
 *
 * @throws RangeError if the mask has no voxel or does not have the volume's number of voxels
 */
export function measureMask({ bits }: Mask, { grid, voxels }: Volume): MaskStatistics {
  const [columns, rows] = grid.size;
  const extents = sliceExtents(grid);
  if (bits.length !== Math.ceil(voxels.length / 8)) throw new RangeError('The mask is not on the grid of the volume.');

  let count = 0;
  let [extent, sumI, sumJ, sumK] = [0, 0, 0, 0];
  let [minI, minJ, minK] = [Infinity, Infinity, Infinity];
  let [maxI, maxJ, maxK] = [-1, -1, -1];
  let [shift, sum, sumOfSquares] = [0, 0, 0];
  for (let byte = 0; byte < bits.length; byte++) {
    // Most bytes of most masks are zero: one comparison per eight voxels.
    for (let rest = bits[byte]!; rest > 0; rest &= rest - 1) {
      const n = byte * 8 + 31 - Math.clz32(rest & -rest);
      const line = Math.floor(n / columns);
      const i = n - line * columns;
      const k = Math.floor(line / rows);
      const j = line - k * rows;
      if (count === 0) shift = voxels[n]!;
      count++;
      extent += extents[k]!;
      sumI += i * extents[k]!;
      sumJ += j * extents[k]!;
      sumK += slicePosition(grid, k) * extents[k]!;
      if (i < minI) minI = i;
      if (i > maxI) maxI = i;
      if (j < minJ) minJ = j;
      if (j > maxJ) maxJ = j;
      if (k < minK) minK = k;
      maxK = k;
      const deviation = voxels[n]! - shift;
      sum += deviation;
      sumOfSquares += deviation * deviation;
    }
  }
  if (count === 0) throw new RangeError('An empty mask has no statistics.');
  const first: Vector3 = [minI, minJ, minK];
  const last: Vector3 = [maxI, maxJ, maxK];
  return {
    voxelCount: count,
    volumeMl: extent * voxelVolumeMl(grid),
    mean: shift + sum / count,
    standardDeviation: Math.sqrt(Math.max(0, sumOfSquares / count - (sum / count) ** 2)),
    boundingBox: { first, last },
    centroidLps: apply(grid.voxelToLps, [sumI / extent, sumJ / extent, sumK / extent]),
  };
}
