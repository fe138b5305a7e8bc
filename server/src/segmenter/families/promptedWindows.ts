import { formatBytes } from '#contract/byteSize.js';
import { availableMemory } from '../../platform/availableMemory.js';
import { throwIfCancelled } from '../../platform/errors.js';
import type { Grid } from '../../values/grid.js';
import type { Target } from '../../values/target.js';
import { fewerPrompts } from '../../values/technicalNotes.js';
import type { EvenVolume } from '../../values/volume.js';
import { importanceWeights } from '../importanceWeights.js';
import { type IntensityByModality, type IntensityStep, intensityStepsFor } from '../intensitySteps.js';
import { graphBytesOnMachine, refuseBeyond } from '../memoryEstimate.js';
import type { GraphRuntime } from '../onnxRuntime.js';
import type { ProbabilityMap, Window } from '../probabilityMap.js';
import { restoreTargets } from '../restoreTargets.js';
import type { Segmenter, SegmenterResult, SegmentOptions, TargetOutcome } from '../segmenter.js';
import { blendPrompts, type WindowGraph } from './blendPrompts.js';
import type { PreparedImage } from './preparedImage.js';
import { type PromptLimit, promptLimit } from './promptLimit.js';
import { modalityNotServed, requireTargets } from './requireServed.js';

/** The common part of these families' manifests. */
interface PromptedManifest {
  readonly id: string;
  readonly modalities: readonly string[];
  readonly input: { readonly intensity: IntensityByModality };
  readonly targets: Readonly<Record<string, string>>;
  readonly window: WindowGraph['manifest']['window'];
  readonly graph: WindowGraph['manifest']['graph'] & { readonly promptsPerRun: number };
  readonly memory: { readonly graphBytes: number; readonly bytesPerPrompt: number };
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
 * Prompts do not influence each other, so they are split into as many runs as memory demands, also after a run that ran
 * out of it.
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
      const memory = { bytesAvailable, deviceBytes: runtime.deviceBytes };
      const { notes, ...result } = await segment(model, windowGraph, memory, volume, targets, options);
      return { ...result, executionProvider: runtime.executionProvider, notes: [...runtime.notes, ...notes] };
    },
    dispose: () => graph.release(),
  };
}

/** Memory of the machine, and of the card if that has its own. */
interface Memory {
  readonly bytesAvailable: () => Promise<number>;
  readonly deviceBytes: number | undefined;
}

async function segment(
  model: PromptedModel,
  graph: WindowGraph,
  { bytesAvailable, deviceBytes }: Memory,
  volume: EvenVolume,
  targets: readonly Target[],
  options: SegmentOptions,
): Promise<Pick<SegmenterResult, 'outcomes' | 'sessionRunMs' | 'notes'>> {
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
  if (asked.length === 0) return { outcomes: outcomesFrom(new Map()), sessionRunMs: 0, notes: [] };

  const available = await bytesAvailable();
  const plan = promptsAtOnce(model, volume.grid, asked.length, { available, deviceBytes }, probabilities);
  const image = await model.prepare(volume, steps, signal);
  if (image === undefined) return { outcomes: outcomesFrom(new Map()), sessionRunMs: 0, notes: [] };
  const limit = promptLimit(plan.prompts);
  const { outcomes, sessionRunMs } = await askInRuns(model, graph, image, limit, volume, asked, options);
  const notes = limit.notes.length > 0 ? limit.notes : plan.notes;
  return { outcomes: outcomesFrom(outcomes), sessionRunMs, notes };
}

/**
 * The number of prompts per run that fits into the memory of the machine and, by estimate, into that of the card.
 * @throws PromptsegError `memory-insufficient` with the figures, if not even one prompt fits into the machine's memory
 */
function promptsAtOnce(
  { manifest, bytesNeeded }: PromptedModel,
  source: Grid,
  targets: number,
  { available, deviceBytes }: { readonly available: number; readonly deviceBytes: number | undefined },
  probabilities: boolean,
): { readonly prompts: number; readonly notes: readonly string[] } {
  const { memory, graph } = manifest;
  const ofGraph = (prompts: number) => memory.graphBytes + memory.bytesPerPrompt * prompts;
  const onMachine = (prompts: number) =>
    bytesNeeded(prompts, source, targets, probabilities) -
    ofGraph(prompts) +
    graphBytesOnMachine(ofGraph(prompts), deviceBytes);
  const most = mostPrompts(Math.min(targets, graph.promptsPerRun), (prompts) => onMachine(prompts) <= available);
  refuseBeyond(available, onMachine(most), manifest);
  if (deviceBytes === undefined) return { prompts: most, notes: [] };
  const prompts = mostPrompts(most, (some) => ofGraph(some) <= deviceBytes);
  const why = `${formatBytes(deviceBytes)} of the GPU's memory were free`;
  return { prompts, notes: prompts < most ? [fewerPrompts(prompts, why)] : [] };
}

/** The greatest of most, half of it and so on that fits; 1 if none does. */
function mostPrompts(most: number, fits: (prompts: number) => boolean): number {
  let prompts = most;
  while (prompts > 1 && !fits(prompts)) prompts = Math.ceil(prompts / 2);
  return prompts;
}

async function askInRuns(
  { manifest, queryOf, windowsOf, toProbabilities }: PromptedModel,
  graph: WindowGraph,
  image: PreparedImage,
  limit: PromptLimit,
  volume: EvenVolume,
  targets: readonly Target[],
  options: SegmentOptions,
): Promise<{ outcomes: ReadonlyMap<Target, TargetOutcome>; sessionRunMs: number }> {
  const { signal, onProgress } = options;
  const windows = windowsOf(image.grid);
  const rule = {
    decision: { kind: 'threshold', threshold: manifest.threshold },
    existence: manifest.existence,
  } as const;
  const outcomes = new Map<Target, TargetOutcome>();
  let sessionRunMs = 0;
  for (let asked = 0, run = 0; asked < targets.length; ) {
    const group = targets.slice(asked, asked + limit.atOnce);
    const runs = run + Math.ceil((targets.length - asked) / limit.atOnce);
    const queries: Float32Array[] = [];
    for (const target of group) queries.push(await queryOf(target, volume.modality));
    let blended: Awaited<ReturnType<typeof blendPrompts>>;
    try {
      blended = await blendPrompts(graph, image, windows, queries, signal, (done) =>
        onProgress(run * windows.length + done, runs * windows.length),
      );
    } catch (error) {
      if (limit.lower(error, group.length)) continue;
      throw error;
    }
    sessionRunMs += blended.sessionRunMs;
    toProbabilities?.(blended.map);
    const channels = group.map((_, channel) => [channel]);
    for (const outcome of await restoreTargets(rule, blended.map, channels, volume, group, options))
      outcomes.set(outcome.target, outcome);
    asked += group.length;
    run++;
  }
  return { outcomes, sessionRunMs };
}
