import type { ClickPrompt } from '#contract/imagePrompts.js';
import { PromptsegError, throwIfCancelled } from '../platform/errors.js';
import type { ClickSegmenter, GridClick } from '../segmenter/clickable.js';
import { clickOnGrid } from '../segmenter/clickOnGrid.js';
import { takingClicks } from '../segmenter/promptable.js';
import type { Operator } from '../values/operator.js';
import { technicalNotes } from '../values/technicalNotes.js';
import { isInFrame, type Volume } from '../values/volume.js';
import { type Correction, correctSegment } from './correctSegment.js';
import { findSeries } from './findSeries.js';
import { retrieveVolume } from './retrieveSource.js';
import type { SegmentByBoxesSurroundings } from './segmentByBoxes.js';
import type { SegmentByTextResult } from './segmentByText.js';
import { storeResults } from './storeResults.js';

export interface SegmentByClicksRequest {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly stack?: string | undefined;
  readonly clicks: readonly ClickPrompt[];
  readonly correction: Correction;
  /** The UIDs of the segmentation: see `SegmentByTextRequest`. */
  readonly result: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  readonly createdAt: Date;
  readonly operator?: Operator | undefined;
}

/**
 * The product's story for clicks: a segment of a stored result, corrected where a person clicked, becomes a later
 * version of the result in the archive.
 *
 * @throws PromptsegError of the step that failed, as `segmentByText`; `click-unsuitable`, `edit-empty` and
 * `edit-without-change`
 */
export async function segmentByClicks(
  request: SegmentByClicksRequest,
  { archive, model, lastSource, openSegmenter, signal, onStage, mayStore, onProgress }: SegmentByBoxesSurroundings,
): Promise<SegmentByTextResult> {
  const { studyInstanceUID, seriesInstanceUID, stack, clicks, correction } = request;

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
  const { findings, results } = await correctSegment(
    request,
    correction,
    {
      promptedBy: 'clicks',
      async change(mask) {
        run = await segmenter.correctByClicks(volume, mask, placed, {
          signal,
          onProgress: (done, total) => onProgress({ fraction: done / total, message: `click ${done} of ${total}` }),
        });
        throwIfCancelled(signal);
        onStage('encoding');
        return run.mask;
      },
    },
    volume,
    { algorithm: model.manifest.algorithm, archive, signal },
  );
  throwIfCancelled(signal);

  await mayStore();
  const { stored, foundBefore } = await storeResults(archive, request, results, onStage);
  return {
    findings,
    executionProvider: run!.executionProvider,
    sessionRunMs: run!.sessionRunMs,
    notes: [
      countOf(clicks, correction),
      ...notes,
      ...volume.notes,
      ...run!.notes,
      ...results.flatMap(({ notes: ofResult = [] }) => ofResult),
      ...(foundBefore ? [technicalNotes.heldBefore] : []),
    ],
    ...(volume.stacks !== undefined && { stacks: volume.stacks }),
    stored,
  };
}

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

function countOf(clicks: readonly ClickPrompt[], { segmentNumber }: Correction): string {
  const count = clicks.filter(({ part }) => part).length;
  const kinds = [
    ...(count > 0 ? [`${count} on what is part of it`] : []),
    ...(count < clicks.length ? [`${clicks.length - count} on what is not`] : []),
  ].join(', ');
  const all = clicks.length === 1 ? 'One click of a person' : `${clicks.length} clicks of a person`;
  return `${all} corrected segment ${segmentNumber} of the result: ${kinds}.`;
}
