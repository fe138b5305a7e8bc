import { PromptsegError } from '../platform/errors.js';
import { familyOf } from '../segmenter/packages/families.js';
import { givesProbabilities, type ModelManifest } from '../segmenter/packages/modelManifest.js';
import type { Segmenter, SegmenterResult, SegmentOptions } from '../segmenter/segmenter.js';
import type { SingleImage } from '../values/singleImage.js';
import type { Target } from '../values/target.js';
import type { Volume } from '../values/volume.js';
import { askSegmenter } from './askSegmenter.js';
import type { MeasuredOutcome } from './measureOutcomes.js';
import { suppressOverlapped } from './suppressOverlapped.js';

export interface Recognition extends Omit<SegmenterResult, 'outcomes'> {
  /** One per checked target, in order, with the mean probability of its voxels if the model gives any. */
  readonly measured: readonly MeasuredOutcome[];
  /** Targets that were not checked in time. */
  readonly unanswered: readonly Target[];
}

export interface RecognizeOptions {
  /** Aborts when the time is up. */
  readonly deadline: AbortSignal;
  readonly signal: AbortSignal;
  /** Where the targets can be; absent: anywhere. */
  readonly within?: SegmentOptions['within'];
  readonly onProgress: (progress: { readonly fraction: number; readonly message: string }) => void;
}

/**
 * Recognition in the sense of the BiomedParse paper: which of many possible objects an image shows, and where. Runs a
 * model for one group of targets after another and keeps the groups that finish in time. When the time is up, the
 * current group stops at its next window.
 * @throws PromptsegError `recognition-unanswered` if there was no time for the first group; those of {@link
 * Segmenter.segment}
 */
export async function recognizeTargets(
  segmenter: Segmenter,
  manifest: ModelManifest,
  source: Volume | SingleImage,
  targets: readonly Target[],
  { deadline, signal, within, onProgress }: RecognizeOptions,
): Promise<Recognition> {
  const { voxels, ask } = askSegmenter(segmenter, manifest, source);
  const probabilities = givesProbabilities(manifest);
  const measured: MeasuredOutcome[] = [];
  const perGroup = targetsPerGroup(manifest, voxels, probabilities);
  let run: Omit<SegmenterResult, 'outcomes'> | undefined;
  while (measured.length < targets.length && !deadline.aborted) {
    const first = measured.length;
    const group = targets.slice(first, first + perGroup);
    try {
      const { measured: checked, ...rest } = await ask(group, {
        signal: AbortSignal.any([signal, deadline]),
        probabilities,
        within,
        onProgress: (done, total) =>
          onProgress({
            fraction: (first + (group.length * done) / total) / targets.length,
            message: `${first} of ${targets.length} targets asked`,
          }),
      });
      run = {
        ...rest,
        notes: [...new Set([...(run?.notes ?? []), ...rest.notes])],
        sessionRunMs: (run?.sessionRunMs ?? 0) + rest.sessionRunMs,
      };
      // Probabilities take eight times the memory of masks: those of hundreds of targets would not fit.
      for (const outcome of checked) {
        if (outcome.status === 'found') {
          const { probability: _probability, ...kept } = outcome;
          measured.push(kept);
        } else measured.push(outcome);
      }
    } catch (error) {
      const isStopped = error instanceof PromptsegError && error.code === 'cancelled';
      if (signal.aborted || !isStopped) throw error;
    }
  }
  if (run === undefined)
    throw new PromptsegError(
      'recognition-unanswered',
      `The model could check none of ${targets.length} targets in the time allowed.`,
    );
  const apart = suppressOverlapped(measured, manifest, source.modality);
  return { ...run, measured: numbered(apart), unanswered: targets.slice(measured.length) };
}

/** Segment numbers from 1 over all groups. */
function numbered(measured: readonly MeasuredOutcome[]): readonly MeasuredOutcome[] {
  let segmentNumber = 0;
  return measured.map((each) => (each.status === 'found' ? { ...each, segmentNumber: ++segmentNumber } : each));
}

/** Memory in bytes that the probabilities of one group may take. */
const groupBytes = 2 ** 30;

/**
 * As many targets as one run of the model's graph takes; if prompts are free, as many as fit into memory. What a model
 * keeps of the last image (features, probabilities) is reused for all groups.
 */
function targetsPerGroup(manifest: ModelManifest, voxels: number, probabilities: boolean): number {
  const fitting = Math.max(1, Math.floor(groupBytes / (probabilities ? voxels : voxels / 8)));
  return Math.min(fitting, familyOf(manifest).promptsPerRun?.(manifest) ?? fitting);
}
