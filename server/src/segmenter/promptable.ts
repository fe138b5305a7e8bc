import type { Vector3 } from '../values/affine.js';
import type { Mask } from '../values/mask.js';
import type { EvenVolume } from '../values/volume.js';
import type { ClickSegmenter } from './clickable.js';
import type { SegmenterResult, SegmentOptions } from './segmenter.js';

/** A box drawn on one plane of a grid, in voxel coordinates (column, row, slice), which may be fractional. */
export interface GridBox {
  /** The grid axis across the plane. */
  readonly across: 0 | 1 | 2;
  /** The plane's position along that axis, an integer. */
  readonly plane: number;
  /** Minimum and maximum along each axis; along `across` integers: the planes that may be marked. */
  readonly least: Vector3;
  readonly greatest: Vector3;
}

/** The values displayed as black and white, in the volume's unit. */
export interface GreyWindow {
  readonly level: number;
  readonly width: number;
}

/** Why marking ended in one direction. */
export type EndOfMask = 'end-of-range' | 'empty' | 'uncertain' | 'shrunk' | 'grown';

/** A model's result for one box. */
export interface BoxOutcome {
  readonly mask: Mask<EvenVolume['grid']>;
  /** First and last marked plane; undefined if nothing is marked. */
  readonly planes: readonly [first: number, last: number] | undefined;
  /**
   * The model's own estimate of how well the mask fits, 0–1: in the plane of the box, and the minimum of all planes.
   */
  readonly quality: number;
  readonly leastQuality: number;
  /** Towards lower and higher planes. */
  readonly ends: readonly [EndOfMask, EndOfMask];
}

export interface BoxOptions extends Pick<SegmentOptions, 'signal' | 'onProgress'> {
  /** The window in which the box was drawn; absent: chosen by modality and the values in the box. */
  readonly window?: GreyWindow | undefined;
}

export interface BoxesResult extends Omit<SegmenterResult, 'outcomes'> {
  /** One per box, in order. */
  readonly outcomes: readonly BoxOutcome[];
}

/** A model package that takes boxes and knows no names, loaded and ready. */
export interface BoxSegmenter {
  /**
   * Marks what is inside each box, in its plane, and continues from plane to plane within the limits of the box as long
   * as the model trusts its own masks.
   * @throws PromptsegError `cancelled`, `memory-insufficient`, `modality-not-served`
   */
  segmentBoxes(volume: EvenVolume, boxes: readonly GridBox[], options: BoxOptions): Promise<BoxesResult>;
  /** Frees the ONNX sessions. */
  dispose(): Promise<void>;
}

/** A model package that is prompted on the image and knows no names. */
export type PromptableSegmenter = BoxSegmenter | ClickSegmenter;

/** What such a model takes. */
export type ImagePrompts = 'boxes' | 'clicks';

/** @throws Error if it takes something else, which its family excludes */
export function takingBoxes(segmenter: PromptableSegmenter): BoxSegmenter {
  if ('segmentBoxes' in segmenter) return segmenter;
  throw new Error('The model takes no boxes.');
}

/** The same for clicks. */
export function takingClicks(segmenter: PromptableSegmenter): ClickSegmenter {
  if ('correctByClicks' in segmenter) return segmenter;
  throw new Error('The model takes no clicks.');
}
