import { availableMemory } from '../../platform/availableMemory.js';
import { throwIfCancelled } from '../../platform/errors.js';
import type { Grid } from '../../values/grid.js';
import type { Target } from '../../values/target.js';
import type { EvenVolume } from '../../values/volume.js';
import { importanceWeights } from '../importanceWeights.js';
import { type IntensityByModality, type IntensityStep, intensityStepsFor } from '../intensitySteps.js';
import { refuseBeyond } from '../memoryEstimate.js';
import type { GraphRuntime } from '../onnxRuntime.js';
import type { ProbabilityMap, Window } from '../probabilityMap.js';
import { restoreTargets } from '../restoreTargets.js';
import type { Segmenter, SegmenterResult, SegmentOptions, TargetOutcome } from '../segmenter.js';
import { blendPrompts, type WindowGraph } from './blendPrompts.js';
import type { PreparedImage } from './preparedImage.js';
import { modalityNotServed, requireTargets } from './requireServed.js';

/** The common part of these families' manifests. */
interface PromptedManifest {
  readonly id: string;
  readonly modalities: readonly string[];
  readonly input: { readonly intensity: IntensityByModality };
  readonly targets: Readonly<Record<string, string>>;
  readonly window: WindowGraph['manifest']['window'];
  readonly graph: WindowGraph['manifest']['graph'] & { readonly promptsPerRun: number };
  readonly queries: { readonly dimension: number };
  readonly threshold: number;
  readonly existence: { readonly minimumVolumeMl: number };
}

/** What differs between these families. */
export interface PromptedModel {
  readonly manifest: PromptedManifest;
  /** Whether targets may be free text. */
  readonly takesFreeText: boolean;
  /** The network's query vector for a target. */
  readonly queryOf: (target: Target, modality: string) => Float32Array | Promise<Float32Array>;
  /** Why the model does not look for a target in this modality, a sentence; undefined if it does. */
  readonly whyNotAsked?: (target: Target, modality: string) => string | undefined;
  /** Bytes of a run with this many prompts at once and this many targets in total. */
  readonly bytesNeeded: (prompts: number, source: Grid, targets: number, probabilities: boolean) => number;
  /** The network's input image; undefined if it shows only the outside of the patient. */
  readonly prepare: (
    volume: EvenVolume,
    steps: readonly IntensityStep[],
    signal: AbortSignal,
  ) => Promise<PreparedImage | undefined>;
  /** Why targets are not found if `prepare` returns nothing, a sentence. */
  readonly nothingToSee: string;
  readonly windowsOf: (grid: Grid) => readonly Window[];
  /** Converts the network's output to probabilities in place; absent if they are probabilities. */
  readonly toProbabilities?: (map: ProbabilityMap) => void;
}

/**
 * Opens a model of a family whose network sees a window of the image together with one query per prompt (SAT, VoxTell).
 * Prompts do not influence each other, so they are split into as many runs as memory demands.
 * @param bytesAvailable called before every run
 * @throws PromptsegError `model-package-corrupt`
 */
export async function openPromptedWindows(
  model: PromptedModel,
  runtime: GraphRuntime,
  bytesAvailable: () => Promise<number> = availableMemory,
): Promise<Segmenter> {
  const { manifest } = model;
  const graph = await runtime.open(manifest.graph.file);
  const windowGraph: WindowGraph = { manifest, graph, weights: importanceWeights(manifest.window) };
  return {
    async segment(volume, targets, options) {
      const result = await segment(model, windowGraph, bytesAvailable, volume, targets, options);
      return { ...result, executionProvider: runtime.executionProvider, notes: runtime.notes };
    },
    dispose: () => graph.release(),
  };
}

async function segment(
  model: PromptedModel,
  graph: WindowGraph,
  bytesAvailable: () => Promise<number>,
  volume: EvenVolume,
  targets: readonly Target[],
  options: SegmentOptions,
): Promise<Pick<SegmenterResult, 'outcomes' | 'sessionRunMs'>> {
  const { manifest, whyNotAsked } = model;
  const { signal, probabilities = false } = options;
  throwIfCancelled(signal);
  requireTargets(
    manifest,
    targets.filter(({ freeText }) => !(model.takesFreeText && freeText !== undefined)),
  );
  const steps = intensityStepsFor(manifest.input.intensity, volume.modality);
  if (steps === undefined) throw modalityNotServed(manifest, volume.modality);

  const reasons = new Map(targets.map((target) => [target, whyNotAsked?.(target, volume.modality)]));
  const asked = targets.filter((target) => reasons.get(target) === undefined);
  const notFound = (target: Target, reason: string): TargetOutcome => ({ target, status: 'not-found', reason });
  const outcomesFrom = (found: ReadonlyMap<Target, TargetOutcome>) =>
    targets.map((target) => found.get(target) ?? notFound(target, reasons.get(target) ?? model.nothingToSee));
  if (asked.length === 0) return { outcomes: outcomesFrom(new Map()), sessionRunMs: 0 };

  const perRun = promptsAtOnce(model, volume.grid, asked.length, await bytesAvailable(), probabilities);
  const image = await model.prepare(volume, steps, signal);
  if (image === undefined) return { outcomes: outcomesFrom(new Map()), sessionRunMs: 0 };
  const { outcomes, sessionRunMs } = await askInRuns(model, graph, image, perRun, volume, asked, options);
  return { outcomes: outcomesFrom(outcomes), sessionRunMs };
}

/**
 * The number of prompts per run that fits into the available memory.
 * @throws PromptsegError `memory-insufficient` with the figures, if not even one prompt fits
 */
function promptsAtOnce(
  { manifest, bytesNeeded }: PromptedModel,
  source: Grid,
  targets: number,
  available: number,
  probabilities: boolean,
): number {
  const needed = (prompts: number) => bytesNeeded(prompts, source, targets, probabilities);
  let prompts = Math.min(targets, manifest.graph.promptsPerRun);
  while (prompts > 1 && needed(prompts) > available) prompts = Math.ceil(prompts / 2);
  refuseBeyond(available, needed(prompts), manifest);
  return prompts;
}

async function askInRuns(
  { manifest, queryOf, windowsOf, toProbabilities }: PromptedModel,
  graph: WindowGraph,
  image: PreparedImage,
  perRun: number,
  volume: EvenVolume,
  targets: readonly Target[],
  options: SegmentOptions,
): Promise<{ outcomes: ReadonlyMap<Target, TargetOutcome>; sessionRunMs: number }> {
  const { signal, onProgress } = options;
  const windows = windowsOf(image.grid);
  const runs = Math.ceil(targets.length / perRun);
  const rule = {
    decision: { kind: 'threshold', threshold: manifest.threshold },
    existence: manifest.existence,
  } as const;
  const outcomes = new Map<Target, TargetOutcome>();
  let sessionRunMs = 0;
  for (let run = 0; run < runs; run++) {
    const asked = targets.slice(run * perRun, (run + 1) * perRun);
    const queries: Float32Array[] = [];
    for (const target of asked) queries.push(await queryOf(target, volume.modality));
    const blended = await blendPrompts(graph, image, windows, queries, signal, (done) =>
      onProgress(run * windows.length + done, runs * windows.length),
    );
    sessionRunMs += blended.sessionRunMs;
    toProbabilities?.(blended.map);
    const channels = asked.map((_, channel) => [channel]);
    for (const outcome of await restoreTargets(rule, blended.map, channels, volume, asked, options))
      outcomes.set(outcome.target, outcome);
  }
  return { outcomes, sessionRunMs };
}
