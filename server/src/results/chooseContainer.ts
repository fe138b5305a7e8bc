import type { SourceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { framesWithContent, masksOverlap } from './packFrames.js';
import type { SegmentationKind } from './segmentationFrames.js';

/** The kind that a request asks for; undefined if it leaves the choice. */
export type WantedKind = 'binary' | 'labelmap' | 'fractional' | undefined;

export interface Container {
  readonly kind: SegmentationKind;
  /** Notes on the choice for the job's record, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The kind of segmentation that a request gets. By default BINARY, which most programs read, unless its frames would
 * not begin at whole bytes, because rows × columns is not a multiple of 8 (PS3.5 section 8.1.1) and there are several
 * of them: then archives do not return single frames (Orthanc 1.10.1: "Bad file format") and viewers show nothing or
 * hatching (OHIF 3.13). In that case a label map is used, or, if segments overlap, masks of a byte per pixel.
 *
 * @param masks all on one grid
 */
export function chooseContainer(wanted: WantedKind, masks: readonly Mask<SourceGrid>[]): Container {
  if (wanted === 'labelmap') return { kind: 'LABELMAP', notes: [] };
  if (wanted === 'fractional') return { kind: 'FRACTIONAL', notes: [] };
  const [columns, rows] = masks[0]?.grid.size ?? [0, 0];
  if ((columns * rows) % 8 === 0 || framesWithContent(masks).length < 2) return { kind: 'BINARY', notes: [] };
  const why =
    `Frames of ${columns} × ${rows} pixels of one bit do not begin at whole bytes, ` +
    'which archives and viewers handle badly';
  if (wanted === 'binary')
    return { kind: 'BINARY', notes: [`${why}: OHIF draws them correctly only with Promptseg's extension.`] };
  if (!masksOverlap(masks)) return { kind: 'LABELMAP', notes: [`${why}: the segmentation was stored as a label map.`] };
  return {
    kind: 'OCCUPANCY',
    notes: [
      `${why}, and the segments overlap: the segmentation was stored as a fractional one ` +
        'whose voxels are wholly inside or outside.',
    ],
  };
}
