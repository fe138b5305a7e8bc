import type { SlideRegionRequest } from '#contract/slideRegion.js';
import type { Archive } from '../pacs/archive.js';
import { throwIfCancelled } from '../platform/errors.js';
import { encodeResults } from '../results/encodeResults.js';
import { freeSeriesNumber } from '../results/seriesNumber.js';
import { familyOf } from '../segmenter/packages/families.js';
import type { Operator } from '../values/operator.js';
import { technicalNotes } from '../values/technicalNotes.js';
import { describeResult } from './describeResult.js';
import { drawWanted } from './drawWanted.js';
import { findSeries } from './findSeries.js';
import { type LastSource, retrieveSource } from './retrieveSource.js';
import {
  type SegmentationOutcome,
  type SegmentSourceRequest,
  type SegmentSourceSurroundings,
  segmentSource,
} from './segmentSource.js';
import { type StoredResults, storeResults } from './storeResults.js';
import { trackInstances } from './trackInstances.js';

export interface SegmentByTextRequest extends SegmentSourceRequest {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /**
   * Id of the stack of slices, of the single image or of the slide's level, if the series holds several; by default
   * one is chosen automatically.
   */
  readonly stack?: string | undefined;
  /** Of a whole slide; absent: the whole level. */
  readonly region?: SlideRegionRequest | undefined;
  readonly recognize?: { readonly withinSeconds: number; readonly store: boolean } | undefined;
  /**
   * UIDs of the segmentation, from which all other UIDs are derived. A request that runs twice with the same UIDs
   * stores nothing twice.
   */
  readonly result: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  /** Becomes Content Date and Time of the result. */
  readonly createdAt: Date;
  /** Who made the request; absent if nobody was signed in. */
  readonly operator?: Operator | undefined;
}

export interface SegmentByTextSurroundings extends SegmentSourceSurroundings {
  readonly archive: Archive;
  /** The images of the last request; replaced by those of this one. */
  readonly lastSource: LastSource;
  /**
   * Called right before the result is sent to the archive, after which it cannot be taken back. If it throws, the
   * request ends with that error.
   */
  readonly mayStore: () => Promise<void>;
}

export interface SegmentByTextResult extends SegmentationOutcome {
  /** The stored objects; absent if nothing was found. */
  readonly stored?: StoredResults;
}

/**
 * The product's story: from the targets that a typed prompt was resolved to, to a DICOM SEG in the archive.
 *
 * @throws PromptsegError of the step that failed; `cancelled` if the signal aborted before storing began. From then on
 * the result is stored and verified to the end, because it could no longer be taken back.
 */
export async function segmentByText(
  request: SegmentByTextRequest,
  {
    archive,
    model,
    lastSource,
    openSegmenter,
    norms,
    fieldOfView,
    signal,
    onStage,
    mayStore,
    onProgress,
  }: SegmentByTextSurroundings,
): Promise<SegmentByTextResult> {
  const { studyInstanceUID, seriesInstanceUID } = request;

  onStage('retrieving');
  const series = await findSeries(archive, studyInstanceUID, seriesInstanceUID, signal);
  const { source, notes: retrievalNotes } = await retrieveSource(archive, series, lastSource, {
    stack: request.stack,
    region: request.region,
    modelSize: familyOf(model.manifest).imageSize?.(model.manifest),
    signal,
    onProgress: (read, of) => onProgress(progressOf(read, of ?? series.numberOfInstances)),
  });

  const surroundings = { model, openSegmenter, fieldOfView, signal, onStage, onProgress, ...(norms && { norms }) };
  const { outcome, segments } = await segmentSource(request, source, retrievalNotes, surroundings);

  onStage('encoding');
  if (segments.length === 0 || request.recognize?.store === false) return outcome;
  const seriesDescription = describeResult(segments.map(({ target }) => target.name));
  const { createdAt, result: identifiers } = request;
  const results = encodeResults({
    output: request.output,
    source,
    segments,
    drawn: await drawWanted(request.output, source, segments, {
      seriesDescription,
      sopInstanceUID: identifiers.sopInstanceUID,
      model: model.manifest,
      createdAt,
    }),
    algorithm: model.manifest.algorithm,
    identifiers,
    seriesDescription,
    seriesNumber: freeSeriesNumber(
      source.header.SeriesNumber,
      request.result.seriesInstanceUID,
      await archive.listSeries(studyInstanceUID, signal),
    ),
    createdAt,
    operator: request.operator,
  });
  throwIfCancelled(signal);

  await mayStore();
  const { stored, foundBefore } = await storeResults(archive, request, results, onStage);
  const notesOnResults = results.flatMap(({ notes = [] }) => notes);
  return {
    ...outcome,
    findings: trackInstances(outcome.findings, request.result.sopInstanceUID),
    notes: [...outcome.notes, ...notesOnResults, ...(foundBefore ? [technicalNotes.heldBefore] : [])],
    stored,
  };
}

const progressOf = (read: number, expected: number | undefined) =>
  expected === undefined
    ? { message: `${read} images` }
    : { fraction: Math.min(1, read / expected), message: `${read} of ${expected} images` };
