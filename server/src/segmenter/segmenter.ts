import type { Volume } from '../volume/volume.js';
import type { Mask } from './mask.js';
import type { Target } from './target.js';

/** What a segmenter says of one target. A mask of a found target has at least one voxel. */
export type TargetOutcome =
  | { readonly target: Target; readonly status: 'found'; readonly mask: Mask }
  | { readonly target: Target; readonly status: 'not-found'; readonly reason: string };

export interface SegmentOptions {
  readonly signal: AbortSignal;
  /** Called after every window: how many of how many are done. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface SegmenterResult {
  /** One per target asked for, in their order. */
  readonly outcomes: readonly TargetOutcome[];
  /** The ONNX Runtime execution provider that really ran. */
  readonly executionProvider: 'cpu' | 'cuda';
  /** Fallbacks and other choices, a sentence each. */
  readonly notes: readonly string[];
  /** Time inside `session.run()`, summed, in ms. */
  readonly sessionRunMs: number;
}

/** A model package that is loaded and ready. */
export interface Segmenter {
  /**
   * Segments all targets with one pass over the image.
   * @throws PromptsegError `cancelled` (signal aborted), `memory-insufficient` (would not fit, with the figures)
   */
  segment(volume: Volume, targets: readonly Target[], options: SegmentOptions): Promise<SegmenterResult>;
  /** Frees the ONNX sessions. */
  dispose(): Promise<void>;
}
