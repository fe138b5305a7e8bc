import type { Vector3 } from './affine.js';
import type { Grid, SliceGrid } from './grid.js';
import type { NaturalizedDataset } from './naturalizedDataset.js';

/** One source image, a slice or a single image: what a SEG frame refers to. */
export interface SourceImage {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  /** 1-based frame of a multi-frame instance; absent for a single-frame one. */
  readonly frameNumber?: number;
  /** Image Position (Patient) (0020,0032) as this image states it, in mm; results repeat it digit for digit. */
  readonly imagePositionPatient?: Vector3;
  /** Of a slice; absent if a table turns its stored values into others, or if they fall while the others rise. */
  readonly display?: StatedDisplay;
}

/** How viewers show a slice, as its image states it: Modality LUT, then window. */
export interface StatedDisplay {
  /** Modality LUT: stored × slope + intercept. The slope is positive. */
  readonly rescale: { readonly slope: number; readonly intercept: number; readonly type?: string };
  /** The first window, of values after the Modality LUT; absent if the image states none that is usable. */
  readonly window?: { readonly center: number; readonly width: number; readonly function?: string };
  /** From stored values to the volume's voxels, which may be in another unit: stored × slope + intercept. */
  readonly toVoxels: { readonly slope: number; readonly intercept: number };
}

export type VoxelUnit = 'HU' | 'SUVbw' | 'Bq/mL' | 'arbitrary';

/** One of several stacks of slices in a series, such as one echo or one phase; or one of several single images. */
export interface StackSummary {
  /** Readable and stable: "echo-time-4.6", "b-1000", "phase-2", "axial-512x512", "image-2". */
  readonly id: string;
  /** "echo time 4.6 ms, 24 axial images of 256 × 256 pixels", "image 2 (left MLO), 3328 × 4096 pixels" */
  readonly description: string;
  readonly images: number;
  /** Whether it was the one read. */
  readonly chosen: boolean;
}

/** What was read of a series, a volume or a single image: its origin, and the choices made. */
export interface SeriesImages {
  /** DICOM Modality (0008,0060) */
  readonly modality: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** The images; for a volume one per slice: `sourceImages[k]` shows slice k. */
  readonly sourceImages: readonly SourceImage[];
  /** All stacks of slices, or all single images, of the series that can be segmented; absent if there is only one. */
  readonly stacks?: readonly StackSummary[];
  /**
   * All attributes except the pixels of the first of these images: patient, study, equipment and frame of reference for
   * results.
   */
  readonly header: NaturalizedDataset;
  /** Every choice made while reading, one sentence each, for the job's record. */
  readonly notes: readonly string[];
}

/** Voxels of the slices of one stack, in the modality's unit, with their images. */
export interface Volume extends SeriesImages {
  /** Uneven where the source's slices are: see {@link EvenVolume}. */
  readonly grid: SliceGrid;
  /**
   * Rescaled values, index i + columns·(j + rows·k). Int16 if every rescaled value is an integer that fits, else
   * Float32.
   */
  readonly voxels: Int16Array | Float32Array;
  readonly unit: VoxelUnit;
  readonly frameOfReferenceUID: string;
  /** True if the images state no frame of reference, or each another, and results name this one. */
  readonly frameOfReferenceIsAssumed?: boolean;
}

/**
 * Whether a place on the images, with the frame of reference of its coordinates, can be on this volume. If the images
 * have no frame of reference, or one each, viewers choose one arbitrarily.
 */
export const isInFrame = (
  frameOfReferenceUID: string | undefined,
  volume: Pick<Volume, 'frameOfReferenceUID' | 'frameOfReferenceIsAssumed'>,
): boolean =>
  frameOfReferenceUID === undefined ||
  volume.frameOfReferenceIsAssumed === true ||
  frameOfReferenceUID === volume.frameOfReferenceUID;

/** A volume whose voxels are on one affine grid: what a model sees. */
export interface EvenVolume extends Volume {
  readonly grid: Grid;
}
