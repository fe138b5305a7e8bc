import type { Vector3 } from '../values/affine.js';
import type { Mask } from '../values/mask.js';
import type { Volume } from '../values/volume.js';
import type { SegmenterResult, SegmentOptions } from './segmenter.js';

/** A click on a voxel (column, row, slice) of a volume. */
export interface GridClick {
  readonly voxel: Vector3;
  /** Whether the voxel is part of the structure. */
  readonly part: boolean;
}

/** A scribble or lasso on the voxels of a volume. */
export interface GridStroke {
  /** Indices of the voxels that it runs over or encloses, at least one, each once. */
  readonly voxels: Uint32Array;
  /** Whether they are part of the structure. */
  readonly part: boolean;
  /** Absent of a scribble. */
  readonly lasso?: GridLasso;
}

/** The plane of a lasso, in which nothing changes outside of it. */
export interface GridLasso {
  /** The grid axis across the plane. */
  readonly across: 0 | 1 | 2;
  /** The plane's voxel along that axis. */
  readonly plane: number;
  /** Whether other planes may change. */
  readonly throughSlices: boolean;
}

export type GridPrompt = GridClick | GridStroke;

/** A box of voxels of a volume: its first voxel (column, row, slice) and its size. */
export interface Block {
  readonly first: Vector3;
  readonly size: Vector3;
}

export interface ClicksResult extends Omit<SegmenterResult, 'outcomes'> {
  /** On the slices of the volume. */
  readonly mask: Mask;
  /** For each prompt, the voxels that it could change; undefined if the mask was as it says before. */
  readonly blocks: readonly (Block | undefined)[];
}

/** A model package that corrects a mask by clicks, scribbles and lassos, loaded and ready. */
export interface ClickSegmenter {
  /**
   * Corrects a mask, one prompt after another; outside of the blocks it stays as it is, bit for bit. The same input
   * always gives the same mask.
   *
   * @param mask on the volume's grid; may be empty
   * @param earlier prompts that `mask` follows already
   * @throws PromptsegError `cancelled`, `click-unsuitable`, `memory-insufficient`, `modality-not-served`
   */
  correctByClicks(
    volume: Volume,
    mask: Mask,
    clicks: readonly GridPrompt[],
    options: Pick<SegmentOptions, 'signal' | 'onProgress'>,
    earlier?: readonly GridPrompt[],
  ): Promise<ClicksResult>;
  dispose(): Promise<void>;
}
