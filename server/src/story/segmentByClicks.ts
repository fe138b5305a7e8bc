import type { RegionPrompt } from '#contract/imagePrompts.js';
import { PromptsegError, throwIfCancelled } from '../platform/errors.js';
import type { ClickSegmenter, GridPrompt } from '../segmenter/clickable.js';
import { takingClicks } from '../segmenter/promptable.js';
import { promptOnGrid } from '../segmenter/promptOnGrid.js';
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
  /** Clicks, scribbles and lassos, in order. */
  readonly clicks: readonly RegionPrompt[];
  /** What they make: a new segment, or a correction of a stored one. */
  readonly made: NewSegment | { readonly correction: Correction };
  /** The UIDs of the segmentation: see `SegmentByTextRequest`. */
  readonly result: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  readonly createdAt: Date;
  readonly operator?: Operator | undefined;
}

/**
 * The product's story for clicks, scribbles and lassos: from nothing, they make a new segment of a series; or they
 * correct a segment of a stored result, which becomes a later version of the result in the archive.
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
      onProgress: (done, total) => onProgress({ fraction: done / total, message: `prompt ${done} of ${total}` }),
    });
    throwIfCancelled(signal);
    onStage('encoding');
    return run.mask;
  };
  const { algorithm } = model.manifest;
  const promptedBy = clicks.every(({ kind }) => kind === 'click') ? 'clicks' : 'strokes';
  const clicked = (mask: Mask) => ({ mask, promptedBy, whyEmpty: `The ${promptedBy} mark nothing.` }) as const;
  const made =
    request.made.correction === undefined
      ? await makeNewSegment(request, request.made, clicked(await change(nothingOn(volume))), volume, model.manifest)
      : await correctSegment(request, request.made.correction, { promptedBy, change }, volume, {
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

/** What clicks on something new begin with: an empty mask on the volume's grid. */
export const nothingOn = ({ grid }: Volume): Mask => ({ grid, bits: emptyBits(voxelCount(grid)) });

/**
 * Clicks, scribbles and lassos in the voxels of a volume.
 * @throws PromptsegError `click-unsuitable`, also for one in another frame of reference
 */
export const placeClicks = (clicks: readonly RegionPrompt[], volume: Volume): readonly GridPrompt[] =>
  clicks.map((prompt) => {
    if (isInFrame(prompt.frameOfReferenceUID, volume)) return promptOnGrid(prompt, volume.grid);
    throw new PromptsegError(
      'click-unsuitable',
      `The ${prompt.kind} was made on other images: it is in another frame of reference.`,
    );
  });

function countOf({ clicks, made: { correction } }: SegmentByClicksRequest): string {
  const count = clicks.filter(({ part }) => part).length;
  const signs = [
    ...(count > 0 ? [`${count} on what is part of it`] : []),
    ...(count < clicks.length ? [`${clicks.length - count} on what is not`] : []),
  ].join(', ');
  const kinds = (['click', 'scribble', 'lasso'] as const).flatMap((kind) => {
    const { length } = clicks.filter((each) => each.kind === kind);
    return length === 0 ? [] : length === 1 ? `one ${kind}` : `${length} ${kind}s`;
  });
  const all = new Intl.ListFormat('en-GB').format(kinds);
  const did = correction ? `corrected segment ${correction.segmentNumber} of the result` : 'made this segment';
  return `${all.charAt(0).toUpperCase()}${all.slice(1)} of a person ${did}: ${signs}.`;
}
