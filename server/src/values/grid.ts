import { type Affine, apply, column, cross, determinant3, norm, type Vector3 } from './affine.js';

/**
 * Positions of voxels in the patient. Every voxel array travels with its grid; nothing is inferred from an array's
 * shape.
 *
 * Voxel (i, j, k) = (column, row, slice) has index i + columns·(j + rows·k) in its array: i fastest, as DICOM stores
 * pixels. Its centre is at `voxelToLps`·(i, j, k, 1) in mm, in the DICOM patient coordinate system: x to the patient's
 * Left, y to Posterior, z to Superior (PS3.3 C.7.6.2.1.1). The matrix may be oblique, left-handed or sheared.
 */
export interface Grid {
  /** [columns, rows, slices] */
  readonly size: Vector3;
  readonly voxelToLps: Affine;
  /** Never here: see {@link UnevenGrid}. */
  readonly slicePositions?: undefined;
}

/** Like {@link Grid}, but slice k is where the matrix puts the fractional slice index `slicePositions[k]`. */
export interface UnevenGrid {
  readonly size: Vector3;
  readonly voxelToLps: Affine;
  /** One per slice, ascending from 0. */
  readonly slicePositions: readonly number[];
}

/** The grid of source slices: mostly even. */
export type SliceGrid = Grid | UnevenGrid;

/** The pixels of a single image without a position in the patient: a radiograph, an ultrasound image, a photograph. */
export interface PixelGrid {
  /** [columns, rows, 1] */
  readonly size: readonly [columns: number, rows: number, slices: 1];
  /** Never here, nor the next. */
  readonly voxelToLps?: undefined;
  readonly slicePositions?: undefined;
}

/** Tiles of a slide, one after another as if they were slices; where each is, the result says. */
export interface TileGrid {
  /** [columns and rows of a tile, tiles] */
  readonly size: Vector3;
  /** Never here, nor the next. */
  readonly voxelToLps?: undefined;
  readonly slicePositions?: undefined;
}

/** The grid of source pixels, in the patient, on a single image or on tiles of a slide. */
export type SourceGrid = SliceGrid | PixelGrid | TileGrid;

export const isEven = (grid: SliceGrid): grid is Grid => grid.slicePositions === undefined;

export const voxelCount = ({ size: [columns, rows, slices] }: SourceGrid): number => columns * rows * slices;

/** The eight outermost voxels (column, row, slice). */
export function cornersOf({ size: [columns, rows, slices] }: Grid): readonly Vector3[] {
  return [0, columns - 1].flatMap((i) => [0, rows - 1].flatMap((j) => [0, slices - 1].map((k): Vector3 => [i, j, k])));
}

/** The matrix's slice index of slice k, fractional on an uneven grid. */
export const slicePosition = ({ slicePositions }: SliceGrid, k: number): number => slicePositions?.[k] ?? k;

/**
 * The slice nearest to a fractional slice index of the matrix; beyond the ends of an even grid not a valid slice
 * number.
 */
export function nearestSlice({ slicePositions }: SliceGrid, position: number): number {
  if (slicePositions === undefined) return Math.round(position);
  const distance = (k: number): number => Math.abs(slicePositions[k]! - position);
  return slicePositions.reduce((nearest, _, k) => (distance(k) < distance(nearest) ? k : nearest), 0);
}

/** Centre of a voxel in LPS mm. */
export const voxelCentre = (grid: SliceGrid, [i, j, k]: Vector3): Vector3 =>
  apply(grid.voxelToLps, [i, j, slicePosition(grid, k)]);

/** Lengths of the matrix's axis vectors in mm: the distance of neighbouring voxels along each axis of an even grid. */
export const spacing = ({ voxelToLps }: SliceGrid): Vector3 => [
  norm(column(voxelToLps, 0)),
  norm(column(voxelToLps, 1)),
  norm(column(voxelToLps, 2)),
];

/** Area in mm² of the voxel face that an axis crosses; also correct for sheared grids. */
export function faceArea({ voxelToLps }: SliceGrid, axis: 0 | 1 | 2): number {
  const [a, b] = ([0, 1, 2] as const).filter((other) => other !== axis);
  return norm(cross(column(voxelToLps, a!), column(voxelToLps, b!)));
}

/**
 * Volume of one voxel in mL; also correct for sheared grids. For an uneven grid: of a voxel whose {@link sliceExtents}
 * is 1.
 */
export const voxelVolumeMl = ({ voxelToLps }: SliceGrid): number => Math.abs(determinant3(voxelToLps)) / 1000;

/**
 * Extent of each slice, in steps of the matrix: halfway to its neighbours, and at the ends as far outwards as inwards.
 * 1 for every slice of an even grid.
 */
export function sliceExtents({ size: [, , slices], slicePositions }: SliceGrid): readonly number[] {
  if (slicePositions === undefined || slices < 2) return new Array<number>(slices).fill(1);
  const gaps = slicePositions.slice(1).map((position, k) => position - slicePositions[k]!);
  return slicePositions.map((_, k) => ((gaps[k - 1] ?? gaps[k]!) + (gaps[k] ?? gaps[k - 1]!)) / 2);
}
