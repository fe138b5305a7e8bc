import type { Vector3 } from '../../../values/affine.js';
import { getBit } from '../../../values/maskBits.js';
import { blockAround, forEachLine, type VoxelDistances } from './block.js';

/** The search begins this close, in mm. */
const firstReach = 8;

/**
 * Distance in mm from a voxel to the nearest one that the mask has in the other state; undefined if there is none
 * within `most` mm.
 */
export function depthOf(bits: Uint8Array, voxel: Vector3, distances: VoxelDistances, most: number): number | undefined {
  const { size } = distances;
  const state = getBit(bits, voxel[0] + size[0] * (voxel[1] + size[1] * voxel[2]));
  for (let reach = firstReach; ; reach *= 2) {
    const block = blockAround(voxel, reach, distances);
    let nearest = Infinity;
    forEachLine(block, size, (_, at, j, k) => {
      const rest =
        ((block.first[1] + j - voxel[1]) * distances.row) ** 2 +
        (distances.slices[block.first[2] + k]! - distances.slices[voxel[2]]!) ** 2;
      if (rest >= nearest) return;
      for (let i = 0; i < block.size[0]; i++)
        if (getBit(bits, at + i) !== state)
          nearest = Math.min(nearest, rest + ((block.first[0] + i - voxel[0]) * distances.column) ** 2);
    });
    // Beyond the reach, the corners of the block may hide a nearer voxel outside of it.
    if (Math.sqrt(nearest) <= reach) return Math.sqrt(nearest);
    if (reach >= most) return undefined;
  }
}
