import { PromptsegError, throwIfCancelled } from './errors.js';
import { type Finding, viewTarget } from './finding.js';
import type { Archive } from './pacs/archive.js';
import { encodeSegmentation } from './results/encodeSegmentation.js';
import { verifyStored } from './results/verifyStored.js';
import { measureMask } from './segmenter/measureMask.js';
import type { ModelPackage } from './segmenter/modelPackage.js';
import type { Segmenter, TargetOutcome } from './segmenter/segmenter.js';
import type { Stage } from './stage.js';
import { understandPrompts } from './understandPrompts.js';
import { assembleVolume } from './volume/assembleVolume.js';
import type { Volume } from './volume/volume.js';

export interface SegmentByTextRequest {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly prompts: readonly string[];
  /** The UIDs of the result: the same request with the same UIDs, run twice, stores one object. */
  readonly result: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  /** Becomes Content Date and Time of the result. */
  readonly createdAt: Date;
}

export interface SegmentByTextSurroundings {
  readonly archive: Archive;
  readonly model: ModelPackage;
  /** Gives the loaded model; the caller owns it and may keep it for the next request. */
  readonly openSegmenter: (model: ModelPackage) => Promise<Segmenter>;
  readonly signal: AbortSignal;
  readonly onStage: (stage: Stage) => void;
  /** `fraction` is 0–1 within the stage. */
  readonly onProgress: (progress: { fraction?: number; message: string }) => void;
}

export interface SegmentByTextResult {
  readonly findings: readonly Finding[];
  /** Absent where nothing was found: then nothing is stored. */
  readonly stored?: {
    readonly studyInstanceUID: string;
    readonly seriesInstanceUID: string;
    readonly sopInstanceUID: string;
    readonly sopClassUID: string;
    readonly seriesDescription: string;
    readonly bytes: number;
  };
  readonly executionProvider: 'cpu' | 'cuda';
  readonly sessionRunMs: number;
  /** Choices made on the way, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * The product's story: from a typed prompt to a DICOM SEG in the archive.
 *
 * @throws PromptsegError of the step that failed; `cancelled` where the signal aborted before storing began. From then on the
 * result is stored and verified to the end: a cancel could no longer take it back.
 */
export async function segmentByText(
  request: SegmentByTextRequest,
  { archive, model, openSegmenter, signal, onStage, onProgress }: SegmentByTextSurroundings,
): Promise<SegmentByTextResult> {
  const { studyInstanceUID, seriesInstanceUID } = request;

  onStage('retrieving');
  const series = await archive.findSeries(studyInstanceUID, seriesInstanceUID, signal);
  const volume = await assembleVolume(archive.retrieveSeries(studyInstanceUID, seriesInstanceUID, signal), {
    signal,
    onProgress: (read) =>
      onProgress({
        fraction: Math.min(1, read / Math.max(1, series.numberOfInstances)),
        message: `${read} of ${series.numberOfInstances} images`,
      }),
  });

  onStage('preparing');
  const { targets, refused } = understandPrompts(request.prompts, model.vocabulary);
  const segmenter = await openSegmenter(model);
  throwIfCancelled(signal);

  onStage('segmenting');
  const segmented = await segmenter.segment(volume, targets, {
    signal,
    onProgress: (done, total) => onProgress({ fraction: done / total, message: `window ${done} of ${total}` }),
  });
  throwIfCancelled(signal);

  onStage('encoding');
  const segments = segmented.outcomes.filter((outcome) => outcome.status === 'found');
  const outcome = {
    findings: [...findingsOf(segmented.outcomes, volume), ...refused],
    executionProvider: segmented.executionProvider,
    sessionRunMs: segmented.sessionRunMs,
    notes: [...volume.notes, ...segmented.notes],
  };
  if (segments.length === 0) return outcome;
  const seriesDescription = describeSeries(segments.map(({ target }) => target.name));
  const encoded = encodeSegmentation({
    volume,
    segments,
    algorithm: model.manifest.algorithm,
    identifiers: request.result,
    seriesDescription,
    createdAt: request.createdAt,
  });
  throwIfCancelled(signal);

  onStage('storing');
  await archive.store(studyInstanceUID, encoded.part10);

  onStage('verifying');
  const { seriesInstanceUID: resultSeries, sopInstanceUID } = request.result;
  const readBack = await archive.retrieveInstance(studyInstanceUID, resultSeries, sopInstanceUID);
  if (readBack === undefined)
    throw new PromptsegError('store-not-verified', 'The archive accepted the result but does not give it back.');
  verifyStored(encoded.part10, readBack);

  const { sopClassUID, part10 } = encoded;
  return {
    ...outcome,
    stored: { ...request.result, studyInstanceUID, sopClassUID, seriesDescription, bytes: part10.byteLength },
  };
}

/** Measures every found mask; segments are numbered in the order of the outcomes, as they are encoded. */
function findingsOf(outcomes: readonly TargetOutcome[], volume: Volume): Finding[] {
  let segmentNumber = 0;
  return outcomes.map((outcome) => {
    const named = { prompt: outcome.target.prompt, target: viewTarget(outcome.target) };
    if (outcome.status === 'not-found') return { status: 'not-found', ...named, reason: outcome.reason };
    segmentNumber++;
    return { status: 'found', ...named, segmentNumber, unit: volume.unit, ...measureMask(outcome.mask, volume) };
  });
}

/** Series Description (0008,103E): at most 64 characters (LO). OHIF shows it as the segmentation's name. */
function describeSeries(names: readonly string[]): string {
  const whole = names.join(', ');
  if (whole.length <= 64) return whole;
  const [first = ''] = names;
  return `${first.slice(0, 40)} and ${names.length - 1} more`;
}
