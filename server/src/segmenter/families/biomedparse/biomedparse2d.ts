import { availableMemory } from '../../../platform/availableMemory.js';
import { throwIfCancelled } from '../../../platform/errors.js';
import { stopIfCancelled } from '../../../platform/stopIfCancelled.js';
import type { Grid, PixelGrid } from '../../../values/grid.js';
import { countBits, emptyBits } from '../../../values/maskBits.js';
import type { SingleImage } from '../../../values/singleImage.js';
import type { Target } from '../../../values/target.js';
import { technicalNotes } from '../../../values/technicalNotes.js';
import type { EvenVolume } from '../../../values/volume.js';
import { graphBytesOnMachine, refuseBeyond } from '../../memoryEstimate.js';
import type { ManyOutputRuntime } from '../../onnxRuntime.js';
import type { Segmenter, SegmenterResult, SegmentOptions, TargetOutcome } from '../../segmenter.js';
import { type PromptLimit, promptLimit } from '../promptLimit.js';
import { modalityNotServed } from '../requireServed.js';
import { askPrompts } from './askPrompts.js';
import { existenceOf } from './existence.js';
import type { Biomedparse2dManifest } from './manifest2d.js';
import { markPixels } from './markPixels.js';
import { type OpenParts, openParts } from './openParts.js';
import { type AskedText, byWindow, notLookedFor, windowNotes } from './promptTexts.js';
import { shownImage, tensorOf } from './shownImage.js';
import { sigmoid } from './sigmoid.js';
import { bytesToShow, imagePictures, type SlicePictures, volumePictures } from './slicePictures.js';

/**
 * Opens a model of the family 'biomedparse-2d': BiomedParse v1.
 *
 * Segments single images, grey or colour, and volumes slice by slice on their own voxels. The CT window depends on the
 * target. Every prompt runs separately, as the authors advise, because joined prompts change each other's masks; masks
 * of several prompts may overlap. A slice is left out if, by upstream's p-value, its mask does not look like the
 * target. Image features are kept for the same volume as far as memory allows; a further prompt then runs only the
 * prompt graph.
 *
 * @param bytesAvailable called before every run
 * @throws PromptsegError `model-package-corrupt`
 */
export async function openBiomedparse2d(
  manifest: Biomedparse2dManifest,
  folder: string,
  runtime: ManyOutputRuntime,
  bytesAvailable: () => Promise<number> = availableMemory,
): Promise<Segmenter> {
  const parts = await openParts(manifest, folder, runtime);
  const model: OpenModel = { manifest, ...parts, bytesAvailable, deviceBytes: runtime.deviceBytes };
  const ran = <SourceGrid extends Grid | PixelGrid>(result: Result<SourceGrid>): SegmenterResult<SourceGrid> => ({
    ...result,
    executionProvider: runtime.executionProvider,
    notes: [...runtime.notes, ...result.notes],
  });
  return {
    segment: async (volume: EvenVolume, targets, options) =>
      ran(await lookThrough(model, volumePictures(volume, manifest.input), targets, options)),
    segmentImage: async (image: SingleImage, targets, options) =>
      ran(await lookThrough(model, imagePictures(image, manifest.input), targets, options)),
    dispose: parts.release,
  };
}

interface OpenModel extends OpenParts {
  readonly manifest: Biomedparse2dManifest;
  readonly bytesAvailable: () => Promise<number>;
  /** See the runtime. */
  readonly deviceBytes: number | undefined;
}

type Result<SourceGrid extends Grid | PixelGrid> = Pick<
  SegmenterResult<SourceGrid>,
  'outcomes' | 'sessionRunMs' | 'notes'
>;

/** A target, and what was found of it so far. */
interface Sought {
  readonly target: Target;
  readonly text: AskedText;
  readonly bits: Uint8Array;
  /** 0–255 for 0–1, if requested. */
  readonly probability: Uint8Array | undefined;
  /** Number of slices in which the network outlined it, and of those left out because of their p-value. */
  outlined: number;
  leftOut: number;
  /** The greatest p-value of any slice; undefined without a distribution. */
  fit: number | undefined;
}

async function lookThrough<SourceGrid extends Grid | PixelGrid>(
  model: OpenModel,
  pictures: SlicePictures<SourceGrid>,
  targets: readonly Target[],
  { signal, probabilities, onProgress }: SegmentOptions,
): Promise<Result<SourceGrid>> {
  const { manifest, features } = model;
  const { modality, order } = pictures;
  throwIfCancelled(signal);
  if (!manifest.modalities.some((served) => served === modality)) throw modalityNotServed(manifest, modality);
  const texts = await Promise.all(targets.map((target) => model.texts.of(target, modality)));
  const asked = texts.filter((text) => text !== undefined);
  if (asked.length === 0)
    return { outcomes: targets.map((target) => notLookedFor(model.texts, target)), sessionRunMs: 0, notes: [] };

  const voxels = order.columns * order.rows * order.slices;
  const bytesOfMasks = asked.length * (Math.ceil(voxels / 8) + (probabilities ? voxels : 0));
  const graphBytes = graphBytesOnMachine(manifest.memory.graphBytes, model.deviceBytes);
  const bytesNeeded = graphBytes + bytesToShow(order, manifest.input.size) + bytesOfMasks;
  const bytesLeft = features.bytes + (await model.bytesAvailable()) - bytesNeeded;
  refuseBeyond(bytesLeft + bytesNeeded, bytesNeeded, manifest);
  // Half of the free memory: encoding the results needs some too.
  features.limitTo(pictures.source, bytesLeft / 2);

  const sought = targets.flatMap((target, n): Sought[] => {
    const text = texts[n];
    if (text === undefined) return [];
    const probability = probabilities ? new Uint8Array(voxels) : undefined;
    return [{ target, text, bits: emptyBits(voxels), probability, outlined: 0, leftOut: 0, fit: text.existence && 0 }];
  });
  const groups = byWindow(asked, modality);
  const limit = promptLimit(manifest.prompt.promptsPerRun);
  let sessionRunMs = 0;
  let isKnown = true;
  for (let slice = 0; slice < order.slices; slice++) {
    for (const { window, members } of groups) {
      const seen = await lookAt(
        model,
        limit,
        pictures,
        slice,
        window,
        members.map((n) => sought[n]!),
      );
      sessionRunMs += seen.sessionRunMs;
      isKnown &&= seen.isKnown;
      await stopIfCancelled(signal);
    }
    onProgress(slice + 1, order.slices);
  }
  const found = new Map(sought.map((each) => [each.target, outcomeOf(manifest, pictures, each)]));
  return {
    outcomes: targets.map((target) => found.get(target) ?? notLookedFor(model.texts, target)),
    sessionRunMs,
    notes: [
      ...limit.notes,
      ...windowNotes(
        manifest.input.ctWindows,
        groups.map(({ window }) => window),
      ),
      ...pictures.notes,
      ...judgementNotes(manifest, sought),
      ...(isKnown ? [technicalNotes.promptsOnly] : []),
    ],
  };
}

/** Finds targets in one slice, in one CT window, and marks them. */
async function lookAt(
  { manifest, features, promptGraph }: OpenModel,
  limit: PromptLimit,
  pictures: SlicePictures<Grid | PixelGrid>,
  slice: number,
  window: string | undefined,
  sought: readonly Sought[],
): Promise<{ sessionRunMs: number; isKnown: boolean }> {
  const { input, prompt } = manifest;
  // If the features are kept, the image is needed only to judge masks.
  let shown: readonly Uint8Array[] | undefined;
  const show = () => {
    shown ??= shownImage(pictures.of(slice, window), input.size);
    return shown;
  };
  const seen = await features.of(window, slice, () => tensorOf(show()));
  const asked = sought.map(({ text }) => text);
  const said = await askPrompts(promptGraph, prompt, limit, seen.features, {}, [prompt.maskOutput], asked);
  for (const [n, [logits]] of said.results.entries()) judge(manifest, pictures, slice, sought[n]!, logits!, show);
  return { sessionRunMs: seen.sessionRunMs + said.sessionRunMs, isKnown: seen.sessionRunMs === 0 };
}

/** Marks what the network outlines in one slice, unless it does not look like the target. */
function judge(
  { input, decision }: Biomedparse2dManifest,
  { order }: SlicePictures<Grid | PixelGrid>,
  slice: number,
  sought: Sought,
  logits: Float32Array,
  show: () => readonly Uint8Array[],
): void {
  if (sought.probability === undefined && !logits.some((logit) => sigmoid(logit) > decision.probability)) return;
  const { existence } = sought.text;
  const count = Math.sqrt(logits.length);
  const fit = existence && existenceOf(logits, count, show(), input.size, existence);
  const isLeftOut = fit !== undefined && fit < decision.existence.minimumProbability;
  const marked = markPixels(logits, count, decision.probability, order, slice, isLeftOut ? undefined : sought);
  if (marked === 0) return;
  sought.outlined++;
  if (isLeftOut) sought.leftOut++;
  if (fit !== undefined) sought.fit = Math.max(sought.fit ?? 0, fit);
}

function outcomeOf<SourceGrid extends Grid | PixelGrid>(
  { decision }: Biomedparse2dManifest,
  { grid, order }: SlicePictures<SourceGrid>,
  { target, bits, probability, outlined, fit }: Sought,
): TargetOutcome<SourceGrid> {
  const presence = fit === undefined ? {} : { presence: fit };
  if (countBits(bits) > 0)
    return { target, status: 'found', mask: { grid, bits }, ...(probability && { probability }), ...presence };
  const where = order.slices === 1 ? 'the image' : 'any slice';
  const reason =
    outlined === 0
      ? `The model does not outline it in ${where}.`
      : `What the model outlines does not look like it: the greatest p-value in ${where} is ` +
        `${fit!.toPrecision(2)}; ${decision.existence.minimumProbability} would count as found.`;
  return { target, status: 'not-found', reason, ...presence };
}

/** How the presence of targets was decided, one sentence each. */
function judgementNotes({ decision }: Biomedparse2dManifest, sought: readonly Sought[]): string[] {
  return [
    ...(sought.some(({ fit }) => fit !== undefined)
      ? [
          'The presence of a target is the greatest p-value of its masks: how well they fit the distributions ' +
            'that the authors of the model measured.',
        ]
      : []),
    ...(sought.some(({ fit }) => fit === undefined)
      ? ['Targets without a presence were judged by their masks alone: the model has no distributions for them.']
      : []),
    ...sought
      .filter(({ leftOut, outlined }) => leftOut > 0 && leftOut < outlined)
      .map(
        ({ target, outlined, leftOut }) =>
          `"${target.name}": ${leftOut} of the ${outlined} slices in which it was outlined were left out, because ` +
          `their p-value is below ${decision.existence.minimumProbability}.`,
      ),
  ];
}
