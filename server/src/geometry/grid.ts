import { type Affine, column, determinant3, norm, type Vector3 } from './affine.js';

/**
 * Where voxels lie in the patient. Every voxel array travels with its grid; nothing is inferred from an array's shape.
 *
 * Voxel (i, j, k) = (column, row, slice) has index i + columns·(j + rows·k) in its array: i fastest, as DICOM stores
 * pixels. Its centre lies at `voxelToLps`·(i, j, k, 1) in mm, in the DICOM patient coordinate system: x to the patient's
 * Left, y to Posterior, z to Superior (PS3.3 C.7.6.2.1.1). The matrix may be oblique, left-handed or sheared.
 */
export interface Grid {
  /** [columns, rows, slices] */
  readonly size: Vector3;
  readonly voxelToLps: Affine;
}

export const voxelCount = ({ size: [columns, rows, slices] }: Grid): number => columns * rows * slices;

/** Distance in mm between neighbouring voxels along each axis (length of the axis vectors). */
export const spacing = ({ voxelToLps }: Grid): Vector3 => [
  norm(column(voxelToLps, 0)),
  norm(column(voxelToLps, 1)),
  norm(column(voxelToLps, 2)),
];

/** Volume of one voxel in mL; right for sheared grids too. */
export const voxelVolumeMl = ({ voxelToLps }: Grid): number => Math.abs(determinant3(voxelToLps)) / 1000;
