import type { SliceGrid, SourceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { Target } from '../values/target.js';
import type { SegmentationAlgorithm, SegmentProvenance } from './describeSegment.js';
import type { Encoded } from './encodeElements.js';

/** One segment that is to be stored. */
export interface SegmentOfInput<OnGrid extends SourceGrid = SliceGrid> {
  readonly target: Target;
  /** On the grid of the source, with at least one voxel. */
  readonly mask: Mask<OnGrid>;
  /** For FRACTIONAL, and only there: 0–255 for a probability of 0–1, voxels in the order of the mask's bits. */
  readonly probability?: Uint8Array;
  /** Only for an edited segmentation; absent if the algorithm alone made it. */
  readonly provenance?: SegmentProvenance;
  /** What made this segment, where it is not what made the others. */
  readonly algorithm?: SegmentationAlgorithm | undefined;
}

/** One frame of a segmentation object: the slice of the source that it is on, and its segment. */
export interface StoredFrame {
  readonly slice: number;
  /** Absent in a label map, whose frames hold all segments. */
  readonly segmentNumber?: number;
}

/** The frames of a segmentation object with their pixels, and the attributes that depend on them. */
export interface SegmentationFrames {
  readonly frames: readonly StoredFrame[];
  /** Attributes of the Segmentation Image Module that depend on the kind (PS3.3 section C.8.20.2). */
  readonly pixelDescription: NaturalizedDataset;
  readonly transferSyntaxUID: string;
  /** Pixel Data (7FE0,0010), the whole element. */
  readonly pixelDataElement: Encoded;
}
