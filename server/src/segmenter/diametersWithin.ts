import { column, dot } from '../values/affine.js';
import type { SliceGrid } from '../values/grid.js';
import { convexHull, type Point } from './longestAxialDiameter.js';

export type { Point };

/**
 * The longest line between points of an outline within one slice, and the extent of the outline at right angles to it,
 * in mm. For a convex outline the extent is at least the longest line at right angles, and equal to it if the outline
 * has no corner beyond.
 * @param outline in voxel units, at least one point
 */
export function diametersWithin(
  outline: readonly Point[],
  { voxelToLps }: Pick<SliceGrid, 'voxelToLps'>,
): { readonly longestDiameterMm: number; readonly perpendicularDiameterMm: number } {
  const [alongRow, alongColumn] = [column(voxelToLps, 0), column(voxelToLps, 1)];
  const width = Math.sqrt(dot(alongRow, alongRow));
  const shear = dot(alongRow, alongColumn) / width;
  const height = Math.sqrt(Math.max(0, dot(alongColumn, alongColumn) - shear * shear));
  const hull = convexHull(outline).map(([i, j]) => [i * width + j * shear, j * height] as const);
  let [longest, direction] = [0, [1, 0] as readonly [number, number]];
  for (const [n, a] of hull.entries())
    for (const b of hull.slice(n + 1)) {
      const step = [b[0] - a[0], b[1] - a[1]] as const;
      const length = Math.hypot(...step);
      if (length > longest) [longest, direction] = [length, [step[0] / length, step[1] / length]];
    }
  const across = hull.map(([x, y]) => y * direction[0] - x * direction[1]);
  // Equal in a disc, but for rounding.
  const extent = Math.min(longest, Math.max(...across) - Math.min(...across));
  return { longestDiameterMm: longest, perpendicularDiameterMm: extent };
}
