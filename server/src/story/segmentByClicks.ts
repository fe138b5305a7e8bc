import type { ClickPrompt } from '#contract/imagePrompts.js';
import { PromptsegError, throwIfCancelled } from '../platform/errors.js';
import type { ClickSegmenter, GridClick } from '../segmenter/clickable.js';
import { clickOnGrid } from '../segmenter/clickOnGrid.js';
import { takingClicks } from '../segmenter/promptable.js';
import { voxelCount } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { emptyBits } from '../values/maskBits.js';
import type { Operator } from '../values/operator.js';
import { technicalNotes } from '../values/technicalNotes.js';
import { isInFrame, type Volume } from '../values/volume.js';
import { type Correction, correctSegment } from './correctSegment.js';
import { findSeries } from './findSeries.js';
import { makeNewSegment, type NewSegment } from './newSegment.js';
import { retrieveVolume } from './retrieveSource.js';
import type { SegmentByBoxesSurroundings } from './segmentByBoxes.js';
import type { SegmentByTextResult } from './segmentByText.js';
import { storeResults } from './storeResults.js';

export interface SegmentByClicksRequest {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly stack?: string | undefined;
  readonly clicks: readonly ClickPrompt[];
  /** What the clicks make: a new segment, or a correction of a stored one. */
  readonly made: NewSegment | { readonly correction: Correction };
  /** The UIDs of the segmentation: see `SegmentByTextRequest`. */
  readonly result: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  readonly createdAt: Date;
  readonly operator?: Operator | undefined;
}

/**
 * The product's story for clicks: from nothing, they make a new segment of a series; or they correct a segment of a
 * stored result, which becomes a later version of the result in the archive.
 *
 * @throws PromptsegError of the step that failed, as `segmentByText`; `click-unsuitable`, `edit-empty` and
 * `edit-without-change`
 */
export async function segmentByClicks(
  request: SegmentByClicksRequest,
  { archive, model, lastSource, openSegmenter, signal, onStage, mayStore, onProgress }: SegmentByBoxesSurroundings,
): Promise<SegmentByTextResult> {
  const { studyInstanceUID, seriesInstanceUID, stack, clicks } = request;

  onStage('retrieving');
  const series = await findSeries(archive, studyInstanceUID, seriesInstanceUID, signal);
  const { volume, notes } = await retrieveVolume(archive, series, lastSource, {
    stack,
    signal,
    onProgress: (read) => onProgress({ message: `${read} images` }),
  });

  onStage('preparing');
  const placed = placeClicks(clicks, volume);
  const segmenter = takingClicks(await openSegmenter(model));
  throwIfCancelled(signal);

  onStage('segmenting');
  let run: Awaited<ReturnType<ClickSegmenter['correctByClicks']>> | undefined;
  const change = async (mask: Mask): Promise<Mask> => {
    run = await segmenter.correctByClicks(volume, mask, placed, {
      signal,
      onProgress: (done, total) => onProgress({ fraction: done / total, message: `click ${done} of ${total}` }),
    });
    throwIfCancelled(signal);
    onStage('encoding');
    return run.mask;
  };
  const { algorithm } = model.manifest;
  const made =
    request.made.correction === undefined
      ? await makeNewSegment(request, request.made, clicked(await change(nothingOn(volume))), volume, model.manifest)
      : await correctSegment(request, request.made.correction, { promptedBy: 'clicks', change }, volume, {
          algorithm,
          archive,
          signal,
        });
  const outcome = {
    findings: made.findings,
    executionProvider: run!.executionProvider,
    sessionRunMs: run!.sessionRunMs,
    notes: [countOf(request), ...notes, ...volume.notes, ...run!.notes],
    ...(volume.stacks !== undefined && { stacks: volume.stacks }),
  };
  if (made.results === undefined) return outcome;
  throwIfCancelled(signal);

  await mayStore();
  const { stored, foundBefore } = await storeResults(archive, request, made.results, onStage);
  const notesOnResults = made.results.flatMap(({ notes: ofResult = [] }) => ofResult);
  return {
    ...outcome,
    notes: [...outcome.notes, ...notesOnResults, ...(foundBefore ? [technicalNotes.heldBefore] : [])],
    stored,
  };
}

const clicked = (mask: Mask) => ({ mask, promptedBy: 'clicks', whyEmpty: 'The clicks mark nothing.' }) as const;

/** What clicks on something new begin with: an empty mask on the volume's grid. */
export const nothingOn = ({ grid }: Volume): Mask => ({ grid, bits: emptyBits(voxelCount(grid)) });

/**
 * The clicks in the voxels of a volume.
 * @throws PromptsegError `click-unsuitable`, also for a click in another frame of reference
 */
export const placeClicks = (clicks: readonly ClickPrompt[], volume: Volume): readonly GridClick[] =>
  clicks.map((click) => {
    if (isInFrame(click.frameOfReferenceUID, volume)) return clickOnGrid(click, volume.grid);
    throw new PromptsegError(
      'click-unsuitable',
      'The click was made on other images: it is in another frame of reference.',
    );
  });

function countOf({ clicks, made: { correction } }: SegmentByClicksRequest): string {
  const count = clicks.filter(({ part }) => part).length;
  const kinds = [
    ...(count > 0 ? [`${count} on what is part of it`] : []),
    ...(count < clicks.length ? [`${clicks.length - count} on what is not`] : []),
  ].join(', ');
  const all = clicks.length === 1 ? 'One click of a person' : `${clicks.length} clicks of a person`;
  const did = correction ? `corrected segment ${correction.segmentNumber} of the result` : 'made this segment';
  return `${all} ${did}: ${kinds}.`;
}
