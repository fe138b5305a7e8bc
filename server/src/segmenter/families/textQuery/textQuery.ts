import { availableMemory } from '../../../platform/availableMemory.js';
import { PromptsegError, throwIfCancelled } from '../../../platform/errors.js';
import type { Target } from '../../../values/target.js';
import { technicalNotes, windowsLeftOut } from '../../../values/technicalNotes.js';
import type { EvenVolume } from '../../../values/volume.js';
import type { IntensityStep } from '../../intensitySteps.js';
import { graphBytesOnMachine } from '../../memoryEstimate.js';
import { normalizeIntensity } from '../../normalizeIntensity.js';
import type { GraphRuntime } from '../../onnxRuntime.js';
import { orientedGrid } from '../../orientedGrid.js';
import { resample } from '../../resample.js';
import { restoreTargets } from '../../restoreTargets.js';
import type { Segmenter, SegmenterResult, SegmentOptions, TargetOutcome } from '../../segmenter.js';
import { modalityNotServed, requireTargets } from '../requireServed.js';
import { blendWindows, windowsOf } from './blendWindows.js';
import { type LastProbabilities, lastProbabilities } from './lastProbabilities.js';
import { leaveOutDetached } from './leaveOutDetached.js';
import { intensityStepsOf, type TextQueryManifest } from './manifest.js';
import { planRun, requireMemoryToRestore, voxelsOf } from './planRun.js';
import { openRowScorer, type RowScorer } from './rowScores.js';
import { smallerWindows } from './smallerWindows.js';

/**
 * Opens a model of the family 'text-query': one image network whose features are compared with embeddings of text.
 *
 * Supported: single-channel volumes; one resampling by an affine map to a grid along the patient's axes; windows of
 * one fixed size whose features have the window's own resolution; logits as channels, dot product or graph, or
 * probabilities by a graph; sigmoid per row, or softmax over all rows with targets as unions of rows; threshold or
 * argmax, decided on the source grid. Not supported: text that is not in the vocabulary, features coarser than the
 * window, test-time augmentation other than mirroring, post-processing of the mask's shape other than removing
 * detached parts.
 *
 * With argmax the probabilities of the last image are kept while its voxels are: a further prompt on it runs no graph.
 *
 * @param bytesAvailable called before every run
 * @throws PromptsegError `model-package-corrupt`
 */
export async function openTextQuery(
  manifest: TextQueryManifest,
  folder: string,
  runtime: GraphRuntime,
  bytesAvailable: () => Promise<number> = availableMemory,
): Promise<Segmenter> {
  const rowScorer = await openRowScorer(manifest, folder, runtime);
  const last = lastProbabilities();
  return {
    async segment(volume, targets, options) {
      const { deviceBytes } = runtime;
      const model = { manifest, rowScorer, bytesAvailable, deviceBytes, last };
      const { notes, ...result } = await segment(model, volume, targets, options);
      return { ...result, executionProvider: runtime.executionProvider, notes: [...runtime.notes, ...notes] };
    },
    async dispose() {
      last.forget();
      await rowScorer.release();
    },
  };
}

interface OpenModel {
  readonly manifest: TextQueryManifest;
  readonly rowScorer: RowScorer;
  readonly bytesAvailable: () => Promise<number>;
  /** See the runtime. */
  readonly deviceBytes: number | undefined;
  readonly last: LastProbabilities;
}

async function segment(
  model: OpenModel,
  volume: EvenVolume,
  targets: readonly Target[],
  options: SegmentOptions,
): Promise<Pick<SegmenterResult, 'outcomes' | 'sessionRunMs' | 'notes'>> {
  const { manifest } = model;
  throwIfCancelled(options.signal);
  requireTargets(manifest, targets);
  const intensity = intensityStepsOf(manifest, volume.modality);
  if (intensity === undefined) throw modalityNotServed(manifest, volume.modality);
  if (targets.length === 0) return { outcomes: [], sessionRunMs: 0, notes: [] };

  const known = model.last.of(volume.voxels);
  if (known === undefined) return segmentInWindows(model, volume, intensity, targets, options);
  const available = await model.bytesAvailable();
  requireMemoryToRestore(manifest, volume.grid, known.grid, targets.length, available, options.probabilities);
  return {
    outcomes: await restoreTargets(manifest, known, channelsOf(manifest, targets).ofTarget, volume, targets, options),
    sessionRunMs: 0,
    notes: [technicalNotes.masksOnly],
  };
}

/** All steps, again in smaller windows if there is not enough memory, where the graph takes them. */
async function segmentInWindows(
  model: OpenModel,
  ...image: Tail<Parameters<typeof segmentImage>>
): Promise<Pick<SegmenterResult, 'outcomes' | 'sessionRunMs' | 'notes'>> {
  try {
    return await segmentImage(model, ...image);
  } catch (error) {
    const { manifest } = model;
    const isShort = error instanceof PromptsegError && error.code === 'memory-insufficient';
    const windows = isShort ? smallerWindows(manifest.windows) : undefined;
    if (windows === undefined) throw error;
    const memory = {
      graphBytes: (manifest.memory.graphBytes * voxelsOf(windows.size)) / voxelsOf(manifest.windows.size),
    };
    const result = await segmentInWindows({ ...model, manifest: { ...manifest, windows, memory } }, ...image);
    const note =
      `There was not enough memory for windows of ${manifest.windows.size.join(' × ')} voxels. The image was ` +
      'segmented in smaller ones, which may change the edges of structures a little.';
    // Of several attempts the last one is described.
    return { ...result, notes: result.notes.length > 0 ? result.notes : [note] };
  }
}

type Tail<List extends readonly unknown[]> = List extends readonly [unknown, ...infer Rest] ? Rest : never;

/** All steps: resample, normalise, blend the windows, restore. */
async function segmentImage(
  model: OpenModel,
  volume: EvenVolume,
  intensity: readonly IntensityStep[],
  targets: readonly Target[],
  options: SegmentOptions,
): Promise<Pick<SegmenterResult, 'outcomes' | 'sessionRunMs' | 'notes'>> {
  const { manifest, last } = model;
  const { input } = manifest;
  const { signal, onProgress, within, probabilities = false } = options;
  const grid = orientedGrid(volume.grid, input.orientation, input.spacing);
  // Frees the probabilities of the previous image for those of this one.
  const available = last.forget() + (await model.bytesAvailable());
  const memory = { graphBytes: graphBytesOnMachine(manifest.memory.graphBytes, model.deviceBytes) };
  const onMachine = { ...manifest, memory };
  const { targetsPerPass } = planRun(onMachine, volume.grid, grid, targets.length, available, probabilities);
  const image = await resample(volume.voxels, volume.grid, grid, signal);
  normalizeIntensity(image, intensity, input.outside);

  const windows = windowsOf(manifest, image, grid, within);
  const leftOut = within === undefined ? 0 : windowsOf(manifest, image, grid).length - windows.length;
  const passes = Math.ceil(targets.length / targetsPerPass);
  const outcomes: TargetOutcome[] = [];
  let sessionRunMs = 0;
  for (let pass = 0; pass < passes; pass++) {
    const asked = targets.slice(pass * targetsPerPass, (pass + 1) * targetsPerPass);
    const channels = channelsOf(manifest, asked);
    const blended = await blendWindows(model, image, grid, windows, channels.rows, signal, (done) =>
      onProgress(pass * windows.length + done, passes * windows.length),
    );
    // With a threshold the channels are the targets of this request, which another cannot use.
    if (manifest.decision.kind === 'argmax') {
      const { connected } = manifest.decision;
      if (connected !== undefined) leaveOutDetached(blended.map, volume.grid, connected, manifest.rows);
      // Another prompt may be about what was left out.
      if (leftOut === 0) last.keep(volume.voxels, blended.map);
    }
    sessionRunMs += blended.sessionRunMs;
    outcomes.push(...(await restoreTargets(manifest, blended.map, channels.ofTarget, volume, asked, options)));
  }
  return { outcomes, sessionRunMs, notes: leftOut === 0 ? [] : [windowsLeftOut(leftOut, leftOut + windows.length)] };
}

/** The channels to blend, as indices of rows, and the channels of each target. */
function channelsOf(
  { decision, rows, targets }: TextQueryManifest,
  asked: readonly Target[],
): { rows: number[][]; ofTarget: number[][] } {
  const rowsOf = ({ id }: Target) => targets[id]!.map((row) => rows.indexOf(row));
  return decision.kind === 'argmax'
    ? { rows: rows.map((_, row) => [row]), ofTarget: asked.map(rowsOf) }
    : { rows: asked.map(rowsOf), ofTarget: asked.map((_, channel) => [channel]) };
}
