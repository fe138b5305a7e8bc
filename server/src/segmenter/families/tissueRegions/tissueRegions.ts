import { availableMemory } from '../../../platform/availableMemory.js';
import { stopIfCancelled } from '../../../platform/stopIfCancelled.js';
import { voxelVolumeMl } from '../../../values/grid.js';
import type { Target } from '../../../values/target.js';
import { technicalNotes } from '../../../values/technicalNotes.js';
import type { EvenVolume } from '../../../values/volume.js';
import { refuseBeyond } from '../../memoryEstimate.js';
import type { ByteRuntime } from '../../onnxRuntime.js';
import type { Segmenter, SegmenterResult, SegmentOptions, TargetOutcome } from '../../segmenter.js';
import { classifyTissues } from './classifyTissues.js';
import { type ComposedMask, composeMasks } from './composeMasks.js';
import type { TissueRegionsManifest } from './manifest.js';
import { memoryNeeded } from './memoryNeeded.js';
import { findRegions, type Regions } from './regions.js';
import { openTissueGraph, type TissueGraph } from './tissueGraph.js';
import { whyAbsent } from './whyAbsent.js';

type Rule = TissueRegionsManifest['targets'][number];

/**
 * Opens a model of the family 'tissue-regions'. Its graph only compares and averages: copying the voxels to a GPU would
 * cost more than it saves.
 *
 * @throws PromptsegError `model-package-corrupt` if the graph cannot be opened
 */
export async function openTissueRegions(
  manifest: TissueRegionsManifest,
  _folder: string,
  runtime: ByteRuntime,
): Promise<Segmenter> {
  const graph = await openTissueGraph(runtime, manifest.graph);
  const known: KnownImages = new WeakMap();
  return {
    segment: (volume, targets, options) => segmentTissues(graph, manifest, volume, targets, options, known),
    dispose: () => graph.release(),
  };
}

/** The regions of an image, independent of the requested targets. */
interface ReadImage {
  readonly tissues: Uint8Array;
  /** Undefined if it shows no body. */
  readonly regions: Regions | undefined;
}

/** Keyed by the volume's voxels, and released with them. */
type KnownImages = WeakMap<EvenVolume['voxels'], ReadImage>;

/**
 * All steps from HU to masks. See {@link Segmenter.segment}.
 *
 * @param known images processed before; this one is added
 */
export async function segmentTissues(
  graph: Pick<TissueGraph, 'run'>,
  manifest: TissueRegionsManifest,
  volume: EvenVolume,
  targets: readonly Target[],
  options: SegmentOptions,
  known: KnownImages = new WeakMap(),
): Promise<SegmenterResult> {
  const before = known.get(volume.voxels);
  if (before === undefined)
    refuseBeyond(await availableMemory(), memoryNeeded(volume.grid, targets.length, manifest), manifest);
  const { tissues, regions, sessionRunMs } = before
    ? { ...before, sessionRunMs: 0 }
    : await readImage(graph, manifest, volume, options);
  known.set(volume.voxels, { tissues, regions });
  const rules = targets.map(({ id }) => ruleOf(id, manifest));
  const masks = regions && composeMasks(tissues, volume.grid, regions, rules, manifest.tissues);
  const outcomes = targets.map((target, index): TargetOutcome => {
    if (regions === undefined || masks === undefined)
      return { target, status: 'not-found', reason: 'The image shows no body, only air.' };
    return outcomeOf(target, rules[index]!, masks[index]!, regions);
  });
  const notes = [...(before ? [technicalNotes.tissuesKnown] : []), ...(regions?.notes ?? [])];
  return { outcomes, executionProvider: 'cpu', notes, sessionRunMs };
}

async function readImage(
  graph: Pick<TissueGraph, 'run'>,
  manifest: TissueRegionsManifest,
  volume: EvenVolume,
  options: SegmentOptions,
): Promise<ReadImage & { sessionRunMs: number }> {
  const { tissues, sessionRunMs } = await classifyTissues(volume, graph, manifest.graph.slicesPerRun, options);
  await stopIfCancelled(options.signal);
  const regions = findRegions(tissues, volume.grid, manifest);
  await stopIfCancelled(options.signal);
  return { tissues, regions, sessionRunMs };
}

function ruleOf(id: string, manifest: TissueRegionsManifest): Rule {
  const rule = manifest.targets.find((target) => target.id === id);
  if (rule === undefined) throw new RangeError(`The model has no target with the id ${id}.`);
  return rule;
}

function outcomeOf(target: Target, rule: Rule, { mask, voxelCount }: ComposedMask, regions: Regions): TargetOutcome {
  const foundMl = voxelCount * voxelVolumeMl(mask.grid);
  if (foundMl >= rule.minimumMl) return { target, status: 'found', mask };
  return { target, status: 'not-found', reason: whyAbsent(target.name, rule, foundMl, regions) };
}
