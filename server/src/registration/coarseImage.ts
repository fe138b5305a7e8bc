import { column, cross, dot, fromAxes, invert, multiply, normalize, scale, type Vector3 } from '../values/affine.js';
import { cornersOf, type Grid, spacing, voxelCentre, voxelCount } from '../values/grid.js';
import type { EvenVolume } from '../values/volume.js';
import { isWithin, valueAt } from './valueAt.js';

/** A volume with few voxels, on axes at right angles to each other: what is registered. */
export interface CoarseImage {
  /** Right-handed and even. */
  readonly grid: Grid;
  /** Between `low` and `high`. */
  readonly voxels: Float32Array;
  readonly low: number;
  readonly high: number;
  /** Above this, a voxel shows the patient and not what is around. */
  readonly airBelow: number;
}

/** mm */
export const coarseVoxelMm = 4;

/** HU that differ within a body; beyond are padding and metal. */
const ofBody = { low: -1000, high: 1000, airBelow: -500 };

/** Quantiles between which other modalities vary: beyond are vessels with fresh blood and artefacts. */
const [lowest, highest] = [0.005, 0.995];

/**
 * The volume in voxels of about {@link coarseVoxelMm}, each the mean of whole voxels of the source. An axis whose
 * voxels are larger than that keeps them. Sheared and left-handed grids are interpolated once more, onto axes at right
 * angles.
 * @param volume in HU, or in the unit of another modality
 */
export function coarseImage(volume: Pick<EvenVolume, 'grid' | 'voxels' | 'unit'>): CoarseImage {
  const { grid, voxels } = averaged(volume);
  const { low, high, airBelow } = volume.unit === 'HU' ? ofBody : rangeOf(voxels);
  for (let n = 0; n < voxels.length; n++) {
    const value = voxels[n]!;
    // Not a number is not above either.
    voxels[n] = value > low ? Math.min(value, high) : low;
  }
  const image = { grid, voxels, low, high, airBelow };
  return isAtRightAngles(grid) ? image : { ...image, ...uprighted(image) };
}

/** Means over blocks of whole voxels. What is left at the far end of an axis, less than a block, is left out. */
function averaged({ grid, voxels }: Pick<EvenVolume, 'grid' | 'voxels'>) {
  const [columns, rows] = grid.size;
  const steps = spacing(grid);
  const along = (axis: 0 | 1 | 2): number =>
    Math.max(1, Math.min(grid.size[axis], Math.round(coarseVoxelMm / steps[axis])));
  const block: Vector3 = [along(0), along(1), along(2)];
  const size: Vector3 = [
    Math.floor(grid.size[0] / block[0]),
    Math.floor(grid.size[1] / block[1]),
    Math.floor(grid.size[2] / block[2]),
  ];
  const sums = new Float64Array(size[0] * size[1] * size[2]);
  for (let k = 0; k < size[2] * block[2]; k++)
    for (let j = 0; j < size[1] * block[1]; j++) {
      let from = columns * (j + rows * k);
      const to = size[0] * (Math.floor(j / block[1]) + size[1] * Math.floor(k / block[2]));
      for (let i = 0; i < size[0]; i++) {
        let sum = 0;
        for (let n = 0; n < block[0]; n++) sum += voxels[from++]!;
        sums[to + i] = sums[to + i]! + sum;
      }
    }
  const inBlock = block[0] * block[1] * block[2];
  const axis = (n: 0 | 1 | 2): Vector3 => scale(column(grid.voxelToLps, n), block[n]);
  const first = voxelCentre(grid, [(block[0] - 1) / 2, (block[1] - 1) / 2, (block[2] - 1) / 2]);
  return {
    grid: { size, voxelToLps: fromAxes(axis(0), axis(1), axis(2), first) } satisfies Grid,
    voxels: Float32Array.from(sums, (sum) => sum / inBlock),
  };
}

function rangeOf(voxels: Float32Array): Pick<CoarseImage, 'low' | 'high' | 'airBelow'> {
  const sorted = voxels.filter(Number.isFinite).sort();
  if (sorted.length === 0) return { low: 0, high: 0, airBelow: 0 };
  const at = (quantile: number): number => sorted[Math.round(quantile * (sorted.length - 1))]!;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { low: at(lowest), high: at(highest), airBelow: mean };
}

/** A cosine that counts as zero. */
const rounding = 1e-4;

function isAtRightAngles({ voxelToLps }: Grid): boolean {
  const [x, y, z] = ([0, 1, 2] as const).map((axis) => normalize(column(voxelToLps, axis))) as [
    Vector3,
    Vector3,
    Vector3,
  ];
  return Math.abs(dot(x, y)) < rounding && dot(cross(x, y), z) > 1 - rounding;
}

/** The image on right-handed axes at right angles that cover it; what was outside it is air. */
function uprighted(image: CoarseImage): Pick<CoarseImage, 'grid' | 'voxels'> {
  const { voxelToLps } = image.grid;
  const steps = spacing(image.grid);
  const x = normalize(column(voxelToLps, 0));
  const z = normalize(cross(x, column(voxelToLps, 1)));
  const axes = [scale(x, steps[0]), scale(cross(z, x), steps[1]), scale(z, steps[2])] as const;
  const corners = cornersOf(image.grid).map((corner) => voxelCentre(image.grid, corner));
  const extents = axes.map((axis, n) => {
    const places = corners.map((corner) => dot(corner, axis) / steps[n]! ** 2);
    return { first: Math.min(...places), last: Math.max(...places) };
  });
  const sizeAlong = (n: 0 | 1 | 2): number => Math.floor(extents[n]!.last - extents[n]!.first + rounding) + 1;
  const origin = axes.reduce<Vector3>(
    (sum, axis, n) => [0, 1, 2].map((d) => sum[d]! + extents[n]!.first * axis[d]!) as unknown as Vector3,
    [0, 0, 0],
  );
  const grid: Grid = { size: [sizeAlong(0), sizeAlong(1), sizeAlong(2)], voxelToLps: fromAxes(...axes, origin) };
  const matrix = multiply(invert(voxelToLps), grid.voxelToLps);
  const voxels = new Float32Array(voxelCount(grid));
  let n = 0;
  for (let k = 0; k < grid.size[2]; k++)
    for (let j = 0; j < grid.size[1]; j++)
      for (let i = 0; i < grid.size[0]; i++) {
        const [u, v, w] = [
          matrix[0] * i + matrix[1] * j + matrix[2] * k + matrix[3],
          matrix[4] * i + matrix[5] * j + matrix[6] * k + matrix[7],
          matrix[8] * i + matrix[9] * j + matrix[10] * k + matrix[11],
        ];
        voxels[n++] = isWithin(image.grid.size, u, v, w) ? valueAt(image, u, v, w) : image.low;
      }
  return { grid, voxels };
}
