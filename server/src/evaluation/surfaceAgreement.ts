import type { Vector3 } from '../values/affine.js';
import { squaredDistances } from '../values/distanceTransform.js';
import { type Grid, spacing } from '../values/grid.js';
import { getBit } from '../values/maskBits.js';
import { quantile } from '../values/quantile.js';

/** How far the surfaces of two masks are from each other. */
export interface SurfaceAgreement {
  /**
   * Normalised surface distance (surface Dice, Nikolov et al., arXiv:1809.04430): the share of both boundaries within a
   * tolerance of the other's, 0–1; 0 if one mask is empty, 1 if both are.
   */
  readonly withinTolerance: number;
  /** Mean distance in mm from the boundary voxels of both masks to the other's; absent if a mask is empty. */
  readonly meanMm?: number;
  /** 95th percentile of the distances from one boundary to the other, the larger of the two directions, in mm. */
  readonly percentile95Mm?: number;
}

/**
 * Compares the surfaces of two masks. A boundary is the voxels of a mask that touch its outside with a face, and each
 * counts alike; the edge of the image is outside. The figures are those of MONAI's `compute_surface_dice`,
 * `compute_average_surface_distance` (symmetric) and `compute_hausdorff_distance` (percentile 95). (DeepMind's
 * `surface-distance` weights boundary elements by area and gives slightly different figures.)
 *
 * @param a bits of a mask on the grid (see values/mask.ts), like `b`
 * @param grid its axes are taken as orthogonal; in a sheared grid (tilted gantry) distances are approximate
 */
export function surfaceAgreement(a: Uint8Array, b: Uint8Array, grid: Grid, toleranceMm: number): SurfaceAgreement {
  const box = boxAround([a, b], grid);
  if (box === undefined) return { withinTolerance: 1 };
  const [boundaryA, boundaryB] = [boundary(cut(a, grid, box), box.size), boundary(cut(b, grid, box), box.size)];
  const steps = spacing(grid);
  const fromA = distances(boundaryA, squaredDistances(boundaryB, box.size, steps));
  const fromB = distances(boundaryB, squaredDistances(boundaryA, box.size, steps));
  if (fromA.length === 0 || fromB.length === 0) return { withinTolerance: 0 };
  const all = [fromA, fromB];
  const count = fromA.length + fromB.length;
  return {
    withinTolerance: sum(all.map((each) => each.filter((distance) => distance <= toleranceMm).length)) / count,
    meanMm: sum(all.map(sum)) / count,
    percentile95Mm: Math.max(...all.map((each) => quantile(each.toSorted(), 0.95))),
  };
}

interface Box {
  readonly first: Vector3;
  readonly size: Vector3;
}

/** The smallest box of all set voxels: nothing outside it can change a boundary or be nearer than what is inside. */
function boxAround(masks: readonly Uint8Array[], { size: [columns, rows] }: Grid): Box | undefined {
  const [least, greatest] = [
    [Infinity, Infinity, Infinity],
    [-1, -1, -1],
  ];
  for (const bits of masks)
    for (let byte = 0; byte < bits.length; byte++)
      for (let rest = bits[byte]!; rest > 0; rest &= rest - 1) {
        const n = byte * 8 + 31 - Math.clz32(rest & -rest);
        const line = Math.floor(n / columns);
        const place = [n - line * columns, line % rows, Math.floor(line / rows)];
        for (let axis = 0; axis < 3; axis++) {
          least[axis] = Math.min(least[axis]!, place[axis]!);
          greatest[axis] = Math.max(greatest[axis]!, place[axis]!);
        }
      }
  if (greatest[0]! < 0) return undefined;
  const length = (axis: number): number => greatest[axis]! - least[axis]! + 1;
  return { first: [least[0]!, least[1]!, least[2]!], size: [length(0), length(1), length(2)] };
}

/** A mask's voxels in the box: 1 inside the mask, 0 outside. */
function cut(bits: Uint8Array, { size: [columns, rows] }: Grid, { first, size }: Box): Uint8Array {
  const voxels = new Uint8Array(size[0] * size[1] * size[2]);
  let n = 0;
  for (let k = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) {
      const start = first[0] + columns * (first[1] + j + rows * (first[2] + k));
      for (let i = 0; i < size[0]; i++) voxels[n++] = getBit(bits, start + i) ? 1 : 0;
    }
  return voxels;
}

function boundary(voxels: Uint8Array, [columns, rows, slices]: Vector3): Uint8Array {
  const plane = columns * rows;
  const out = new Uint8Array(voxels.length);
  let n = 0;
  for (let k = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++, n++) {
        if (voxels[n] === 0) continue;
        const isInside =
          i > 0 &&
          i < columns - 1 &&
          j > 0 &&
          j < rows - 1 &&
          k > 0 &&
          k < slices - 1 &&
          voxels[n - 1]! + voxels[n + 1]! + voxels[n - columns]! + voxels[n + columns]! === 4 &&
          voxels[n - plane]! + voxels[n + plane]! === 2;
        out[n] = isInside ? 0 : 1;
      }
  return out;
}

/** The distance in mm of each member, in no particular order. */
function distances(members: Uint8Array, squared: Float64Array): Float64Array {
  const all = new Float64Array(members.reduce((count, member) => count + member, 0));
  let at = 0;
  for (let n = 0; n < members.length; n++) if (members[n] === 1) all[at++] = Math.sqrt(squared[n]!);
  return all;
}

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
