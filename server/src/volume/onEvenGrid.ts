import { isEven } from '../values/grid.js';
import type { EvenVolume, Volume } from '../values/volume.js';
import { requireVoxelsFit } from './voxelLimit.js';

/**
 * The volume on an even grid, for a model. Slices between those of the source are interpolated linearly, voxel by voxel
 * along the stack; Int16 values are rounded. The grid begins with the first slice of the source and ends with the last.
 * @returns the same volume, without a copy, if its slices are even already
 * @throws PromptsegError `image-too-large`
 */
export function onEvenGrid(volume: Volume): EvenVolume {
  const { grid, voxels } = volume;
  if (isEven(grid)) return { ...volume, grid };

  const [columns, rows] = grid.size;
  const { slicePositions, voxelToLps } = grid;
  const slices = Math.round(slicePositions.at(-1)!) + 1;
  const sliceSize = columns * rows;
  requireVoxelsFit(sliceSize * slices, voxels.BYTES_PER_ELEMENT);
  const even = voxels instanceof Int16Array ? new Int16Array(sliceSize * slices) : new Float32Array(sliceSize * slices);
  let below = 0;
  for (let k = 0; k < slices; k++) {
    while (below < slicePositions.length - 2 && slicePositions[below + 1]! <= k) below++;
    const [from, to] = [slicePositions[below]!, slicePositions[below + 1]!];
    writeBetween(voxels, below * sliceSize, (k - from) / (to - from), even, k * sliceSize, sliceSize);
  }
  return { ...volume, grid: { size: [columns, rows, slices], voxelToLps }, voxels: even };
}

/**
 * A slice of the source that is closer to an even step than this fraction of it counts as being on it, and keeps its
 * values.
 */
const onStep = 1e-6;

/**
 * Interpolates one slice between two neighbours of the source; with `fraction` 0 it equals the lower one, which begins
 * at `lower`.
 */
function writeBetween(
  voxels: Int16Array | Float32Array,
  lower: number,
  fraction: number,
  out: Int16Array | Float32Array,
  offset: number,
  sliceSize: number,
): void {
  const upper = lower + sliceSize;
  if (fraction < onStep) out.set(voxels.subarray(lower, upper), offset);
  else if (fraction > 1 - onStep) out.set(voxels.subarray(upper, upper + sliceSize), offset);
  else if (out instanceof Int16Array) {
    for (let n = 0; n < sliceSize; n++) {
      const value = voxels[lower + n]!;
      out[offset + n] = Math.round(value + fraction * (voxels[upper + n]! - value));
    }
  } else {
    for (let n = 0; n < sliceSize; n++) {
      const value = voxels[lower + n]!;
      out[offset + n] = value + fraction * (voxels[upper + n]! - value);
    }
  }
}
