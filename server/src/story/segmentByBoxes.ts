import type { Archive } from '../pacs/archive.js';
import { throwIfCancelled } from '../platform/errors.js';
import type { PromptablePackage } from '../segmenter/packages/modelPackage.js';
import { type PromptableSegmenter, takingBoxes } from '../segmenter/promptable.js';
import { voxelCount } from '../values/grid.js';
import { emptyBits } from '../values/maskBits.js';
import type { Operator } from '../values/operator.js';
import { technicalNotes } from '../values/technicalNotes.js';
import type { Volume } from '../values/volume.js';
import { type Correction, correctMask, correctSegment, type MaskChange } from './correctSegment.js';
import { findSeries } from './findSeries.js';
import { type BoxesOnImages, type MarkedBox, markBoxes, placeBoxes } from './markBoxes.js';
import { makeNewSegment, type NewSegment, type PromptedMask } from './newSegment.js';
import { type LastSource, retrieveVolume } from './retrieveSource.js';
import type { SegmentByTextResult, SegmentByTextSurroundings } from './segmentByText.js';
import { storeResults } from './storeResults.js';

export interface SegmentByBoxesRequest extends BoxesOnImages {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly stack?: string | undefined;
  /** What the boxes make: a new segment, or a correction of a stored one. */
  readonly made: NewSegment | { readonly correction: Correction };
  /** The UIDs of the segmentation: see `SegmentByTextRequest`. */
  readonly result: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  readonly createdAt: Date;
  readonly operator?: Operator | undefined;
}

export interface SegmentByBoxesSurroundings
  extends Pick<SegmentByTextSurroundings, 'signal' | 'onStage' | 'onProgress' | 'mayStore'> {
  readonly archive: Archive;
  readonly lastSource: LastSource;
  readonly model: PromptablePackage;
  readonly openSegmenter: (model: PromptablePackage) => Promise<PromptableSegmenter>;
}

/**
 * The product's story for boxes: from their corners in the patient to a DICOM SEG in the archive, with a new segment or
 * a corrected one of a stored result.
 *
 * @throws PromptsegError of the step that failed, as `segmentByText`; `box-unsuitable`, `edit-empty` and
 * `edit-without-change`
 */
export async function segmentByBoxes(
  request: SegmentByBoxesRequest,
  { archive, model, lastSource, openSegmenter, signal, onStage, mayStore, onProgress }: SegmentByBoxesSurroundings,
): Promise<SegmentByTextResult> {
  const { studyInstanceUID, seriesInstanceUID, stack, window } = request;

  onStage('retrieving');
  const series = await findSeries(archive, studyInstanceUID, seriesInstanceUID, signal);
  const { volume, notes } = await retrieveVolume(archive, series, lastSource, {
    stack,
    signal,
    onProgress: (read) => onProgress({ message: `${read} images` }),
  });

  onStage('preparing');
  const placed = placeBoxes(request, volume);
  const segmenter = takingBoxes(await openSegmenter(model));
  throwIfCancelled(signal);

  onStage('segmenting');
  const { marked, ...run } = await markBoxes(segmenter, placed, volume.grid, {
    signal,
    window,
    onProgress: (done, most) => onProgress({ fraction: done / most, message: `slice ${done} of at most ${most}` }),
  });
  throwIfCancelled(signal);

  onStage('encoding');
  const { algorithm } = model.manifest;
  const made =
    request.made.correction === undefined
      ? await makeNewSegment(request, request.made, maskOf(marked, volume), volume, model.manifest)
      : await correctSegment(request, request.made.correction, changeOf(marked), volume, {
          algorithm,
          archive,
          signal,
        });
  const outcome = {
    ...run,
    findings: made.findings,
    notes: [countOf(request), ...notes, ...volume.notes, ...run.notes],
    ...(volume.stacks !== undefined && { stacks: volume.stacks }),
  };
  if (made.results === undefined) return outcome;
  throwIfCancelled(signal);

  await mayStore();
  const { stored, foundBefore } = await storeResults(archive, request, made.results, onStage);
  const notesOnResults = made.results.flatMap(({ notes = [] }) => notes);
  return {
    ...outcome,
    notes: [...outcome.notes, ...notesOnResults, ...(foundBefore ? [technicalNotes.heldBefore] : [])],
    stored,
  };
}

/** On every plane that a box marks, the boxes' mask replaces the segment. */
const changeOf = (marked: readonly MarkedBox[]): MaskChange => ({
  promptedBy: 'boxes',
  change: (mask) => correctMask(mask, marked),
});

const countOf = ({ boxes, made: { correction } }: SegmentByBoxesRequest): string =>
  `${boxes.length === 1 ? 'One box that a person drew' : `${boxes.length} boxes that a person drew`} ` +
  (correction === undefined ? 'made this segment.' : `corrected segment ${correction.segmentNumber} of the result.`);

/** The union of the boxes' masks. */
function maskOf(marked: readonly MarkedBox[], { grid }: Volume): PromptedMask {
  const bits = emptyBits(voxelCount(grid));
  for (const { mask } of marked) for (let n = 0; n < bits.length; n++) bits[n]! |= mask.bits[n]!;
  return { mask: { grid, bits }, promptedBy: 'boxes', whyEmpty: 'The model marks nothing in what was drawn.' };
}
