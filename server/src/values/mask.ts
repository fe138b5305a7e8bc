import type { Vector3 } from './affine.js';
import type { SliceGrid, SourceGrid } from './grid.js';

/**
 * One target's voxels on the source grid.
 *
 * Voxel n = i + columns·(j + rows·k) is bit n mod 8 (least significant first) of byte n div 8: the order in which DICOM
 * packs the frames of a BINARY segmentation (PS3.5 section 8.1.1), without padding between slices. A single image is
 * one slice.
 */
export interface Mask<OnGrid extends SourceGrid = SliceGrid> {
  readonly grid: OnGrid;
  readonly bits: Uint8Array;
}

export interface MaskStatistics {
  readonly voxelCount: number;
  readonly volumeMl: number;
  /** Mean and standard deviation of the source voxels inside, in the volume's unit. */
  readonly mean: number;
  readonly standardDeviation: number;
  /** First and last voxel (i, j, k) that contain the target, inclusive. */
  readonly boundingBox: { readonly first: Vector3; readonly last: Vector3 };
  /** Centre of mass in LPS mm. */
  readonly centroidLps: Vector3;
}

/** The same for a mask on a single image. */
export interface ImageMaskStatistics extends Pick<MaskStatistics, 'voxelCount' | 'boundingBox'> {
  /** These two only if the image states its pixel spacing in the patient. */
  readonly areaMm2?: number;
  /** See longestAxialDiameter.ts. */
  readonly longestAxialDiameterMm?: number;
}
