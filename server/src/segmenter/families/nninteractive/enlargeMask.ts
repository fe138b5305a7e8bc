import type { Block } from '../../clickable.js';
import { extentOf } from './blocks.js';
import { interpolation, type View } from './view.js';

/**
 * What the network marked in a zoomed view, on voxels of the image: interpolated linearly, and marked from one half.
 *
 * @param marked 0 or 1 for each voxel of the window, columns fastest
 * @param part of the view's block
 * @returns 0 or 1 for each voxel of `part`
 */
export function enlargeMask(marked: Uint8Array, { block, window }: View, part: Block): Uint8Array {
  const [x, y, z] = ([0, 1, 2] as const).map((axis) => {
    const { low, high, share } = interpolation(window[axis], block.size[axis]);
    const [from, to] = [part.first[axis] - block.first[axis], part.first[axis] - block.first[axis] + part.size[axis]];
    return { low: low.subarray(from, to), high: high.subarray(from, to), share: share.subarray(from, to) };
  });
  const [columns, rows] = window;
  const enlarged = new Uint8Array(extentOf(part));
  for (let k = 0, n = 0; k < part.size[2]; k++)
    for (let j = 0; j < part.size[1]; j++) {
      const [down, deep] = [y!.share[j]!, z!.share[k]!];
      const [above, below] = [columns * y!.low[j]!, columns * y!.high[j]!];
      const [front, back] = [columns * rows * z!.low[k]!, columns * rows * z!.high[k]!];
      for (let i = 0; i < part.size[0]; i++, n++) {
        const [left, right, share] = [x!.low[i]!, x!.high[i]!, x!.share[i]!];
        const along = (line: number): number => (1 - share) * marked[line + left]! + share * marked[line + right]!;
        const inFront = (1 - down) * along(front + above) + down * along(front + below);
        const behind = (1 - down) * along(back + above) + down * along(back + below);
        if ((1 - deep) * inFront + deep * behind >= 0.5) enlarged[n] = 1;
      }
    }
  return enlarged;
}
