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

/** A box of voxels of a volume: its first voxel (column, row, slice) and its size. */
export interface Block {
  readonly first: Vector3;
  readonly size: Vector3;
}

export interface ClicksResult extends Omit<SegmenterResult, 'outcomes'> {
  /** On the slices of the volume. */
  readonly mask: Mask;
  /** For each click, the voxels that it could change; undefined if the mask was as it says before. */
  readonly blocks: readonly (Block | undefined)[];
}

/** A model package that corrects a mask by clicks, loaded and ready. */
export interface ClickSegmenter {
  /**
   * Corrects a mask, one click after another; outside of the blocks it stays as it is, bit for bit. The same input
   * always gives the same mask.
   *
   * @param mask on the volume's grid; may be empty
   * @param earlier clicks that `mask` follows already
   * @throws PromptsegError `cancelled`, `memory-insufficient`, `modality-not-served`
   */
  correctByClicks(
    volume: Volume,
    mask: Mask,
    clicks: readonly GridClick[],
    options: Pick<SegmentOptions, 'signal' | 'onProgress'>,
    earlier?: readonly GridClick[],
  ): Promise<ClicksResult>;
  dispose(): Promise<void>;
}
