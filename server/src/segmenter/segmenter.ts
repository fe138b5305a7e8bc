import type { ExecutionProvider } from '#contract/executionProvider.js';
import type { PixelGrid, SliceGrid, SourceGrid } from '../values/grid.js';
import type { WithinHeights } from '../values/heights.js';
import type { Mask } from '../values/mask.js';
import type { SingleImage } from '../values/singleImage.js';
import type { Target } from '../values/target.js';
import type { EvenVolume } from '../values/volume.js';

/** A segmenter's result for one target. The mask of a found target has at least one voxel. */
export type TargetOutcome<OnGrid extends SourceGrid = SliceGrid> =
  | {
      readonly target: Target;
      readonly status: 'found';
      readonly mask: Mask<OnGrid>;
      /** If requested: 0–255 for a probability of 0–1 on the source grid, voxels in the order of the mask's bits. */
      readonly probability?: Uint8Array;
      readonly presence?: number;
    }
  | {
      readonly target: Target;
      readonly status: 'not-found';
      readonly reason: string;
      /**
       * The model's probability that the image shows the target at all, or how well its mask passes the model's own
       * test of that, 0–1; only for models that predict it.
       */
      readonly presence?: number;
    };

export interface SegmentOptions {
  readonly signal: AbortSignal;
  /**
   * Whether to return the probability of found targets too; only for models that can (see modelManifest.ts).
   */
  readonly probabilities?: boolean;
  /** Where all the targets are, if anywhere: models may leave out what is elsewhere. Absent: anywhere. */
  readonly within?: WithinHeights | undefined;
  /** Called after every window. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface SegmenterResult<OnGrid extends SourceGrid = SliceGrid> {
  /** One per requested target, in order. */
  readonly outcomes: readonly TargetOutcome<OnGrid>[];
  /** The ONNX Runtime execution provider that ran. */
  readonly executionProvider: ExecutionProvider;
  /** Fallbacks and other choices, one sentence each. */
  readonly notes: readonly string[];
  /** Total time in `session.run()`, in ms. */
  readonly sessionRunMs: number;
}

/** A loaded model package. */
export interface Segmenter {
  /**
   * Segments all targets in one pass over the image.
   * @throws PromptsegError `cancelled` (signal aborted), `memory-insufficient` (would not fit, with the figures)
   */
  segment(volume: EvenVolume, targets: readonly Target[], options: SegmentOptions): Promise<SegmenterResult>;
  /** The same for one image without a position in the patient; absent for models that process only volumes. */
  segmentImage?(
    image: SingleImage,
    targets: readonly Target[],
    options: SegmentOptions,
  ): Promise<SegmenterResult<PixelGrid>>;
  /** Frees the ONNX sessions. */
  dispose(): Promise<void>;
}
