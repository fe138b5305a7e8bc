import { apply } from '../../../values/affine.js';
import { type Grid, voxelCount } from '../../../values/grid.js';
import { connectedComponents } from '../../connectedComponents.js';
import { voxelToVoxel } from '../../orientedGrid.js';
import type { ProbabilityMap } from '../../probabilityMap.js';
import { greatestChannel } from '../../restoreToSourceGrid.js';
import { isWithin } from '../../trilinear.js';

/**
 * Removes detached parts of rows that form one connected whole, in place. A network that had never seen a tongue called
 * one the cerebellum, 10 cm from it.
 *
 * The whole is the largest part (26-connected voxels) in which one of the rows is the most probable. A part that
 * touches the edge of the image is kept, because it may be connected outside it. The rows' probability in a removed
 * part goes to the other rows and the background in proportion; to the background alone if those have none.
 *
 * @param map with a channel for every row; the background is the rest to 1
 * @param source grid of the image
 * @param smallestPart a part of at least this share of the largest is kept
 */
export function leaveOutDetached(
  map: ProbabilityMap,
  source: Grid,
  { rows: connected, smallestPart }: { readonly rows: readonly string[]; readonly smallestPart: number },
  rows: readonly string[],
): void {
  const { grid, channels, values } = map;
  const ofBackground = false;
  const isConnected = [...rows.map((row) => connected.includes(row)), ofBackground];
  const marked = new Uint8Array(voxelCount(grid));
  for (let n = 0; n < marked.length; n++)
    if (isConnected[greatestChannel(values, n * channels, channels)]) marked[n] = 1;
  const { labels, cellCounts } = connectedComponents(marked, grid.size, 'corners');
  if (cellCounts.length <= 2) return;
  const largest = cellCounts.reduce((one, other) => Math.max(one, other));
  const isLeftOut = cellCounts.map((count, label) => label > 0 && count < smallestPart * largest);
  keepPartsAtTheEnd(isLeftOut, labels, grid, source);

  for (let n = 0; n < labels.length; n++) {
    if (!isLeftOut[labels[n]!]) continue;
    const voxel = values.subarray(n * channels, (n + 1) * channels);
    const taken = voxel.reduce((sum, value, row) => (isConnected[row] ? sum + value : sum), 0);
    const factor = taken < 1 ? 1 / (1 - taken) : 0;
    for (const [row, value] of voxel.entries()) voxel[row] = isConnected[row] ? 0 : value * factor;
  }
}

/** A part touches the edge of the image if a neighbour of one of its voxels is outside. */
function keepPartsAtTheEnd(isLeftOut: boolean[], labels: Int32Array, grid: Grid, source: Grid): void {
  const matrix = voxelToVoxel(grid, source);
  const [nx, ny] = grid.size;
  for (let n = 0; n < labels.length; n++) {
    const label = labels[n]!;
    if (!isLeftOut[label]) continue;
    const [x, y, z] = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))] as const;
    const neighbours = [-1, 1].flatMap((d) => [[x + d, y, z] as const, [x, y + d, z] as const, [x, y, z + d] as const]);
    if (!neighbours.every((neighbour) => isWithin(apply(matrix, neighbour), source.size))) isLeftOut[label] = false;
  }
}
