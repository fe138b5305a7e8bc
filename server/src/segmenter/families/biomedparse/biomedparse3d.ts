import { availableMemory } from '../../../platform/availableMemory.js';
import { throwIfCancelled } from '../../../platform/errors.js';
import { stopIfCancelled } from '../../../platform/stopIfCancelled.js';
import { voxelCount } from '../../../values/grid.js';
import { countBits, emptyBits } from '../../../values/maskBits.js';
import type { Target } from '../../../values/target.js';
import { technicalNotes } from '../../../values/technicalNotes.js';
import type { EvenVolume } from '../../../values/volume.js';
import { graphBytesOnMachine, refuseBeyond } from '../../memoryEstimate.js';
import type { ManyOutputRuntime } from '../../onnxRuntime.js';
import type { Segmenter, SegmenterResult, SegmentOptions, TargetOutcome } from '../../segmenter.js';
import { promptLimit } from '../promptLimit.js';
import { modalityNotServed } from '../requireServed.js';
import { percentileScale, windowScale } from '../slices/grayImages.js';
import { sliceOrder } from '../slices/sliceOrder.js';
import { askSlice } from './askSlice.js';
import type { Biomedparse3dManifest } from './manifest3d.js';
import { markLabels } from './markLabels.js';
import { type ImageStack, neighbourImage } from './neighbourImage.js';
import { type OpenParts, openParts } from './openParts.js';
import { type AskedText, byWindow, notLookedFor, windowNotes } from './promptTexts.js';
import { type PromptMask, sliceLabels } from './sliceLabels.js';

/**
 * Opens a model of the family 'biomedparse-3d': BiomedParse v2, also known as MedImageParse3D and BoltzFormer.
 *
 * Segments a volume slice by slice on its own voxels; only the pixels of a slice are resampled. The CT window depends
 * on the target. Every prompt runs separately, at its own length: upstream pads joined prompts with tokens that the
 * network sees, which makes a prompt's mask depend on the length of the others. Image features are kept for the same
 * volume as far as memory allows; a further prompt then runs only the prompt graph. The network's random numbers come
 * from the manifest's seed.
 *
 * @param bytesAvailable called before every run
 * @throws PromptsegError `model-package-corrupt`
 */
export async function openBiomedparse3d(
  manifest: Biomedparse3dManifest,
  folder: string,
  runtime: ManyOutputRuntime,
  bytesAvailable: () => Promise<number> = availableMemory,
): Promise<Segmenter> {
  const parts = await openParts(manifest, folder, runtime);
  const model: OpenModel = { manifest, ...parts, bytesAvailable, deviceBytes: runtime.deviceBytes };
  return {
    async segment(volume, targets, options) {
      const result = await segment(model, volume, targets, options);
      return {
        ...result,
        executionProvider: runtime.executionProvider,
        notes: [...runtime.notes, ...result.notes],
      };
    },
    dispose: parts.release,
  };
}

interface OpenModel extends OpenParts {
  readonly manifest: Biomedparse3dManifest;
  readonly bytesAvailable: () => Promise<number>;
  /** See the runtime. */
  readonly deviceBytes: number | undefined;
}

type Result = Pick<SegmenterResult, 'outcomes' | 'sessionRunMs' | 'notes'>;

async function segment(
  model: OpenModel,
  volume: EvenVolume,
  targets: readonly Target[],
  { signal, onProgress }: SegmentOptions,
): Promise<Result> {
  const { manifest, features } = model;
  throwIfCancelled(signal);
  if (!manifest.modalities.some((modality) => modality === volume.modality))
    throw modalityNotServed(manifest, volume.modality);
  const texts = await Promise.all(targets.map((target) => model.texts.of(target, volume.modality)));
  const asked = texts.filter((text) => text !== undefined);
  if (asked.length === 0)
    return { outcomes: targets.map((target) => notLookedFor(model.texts, target)), sessionRunMs: 0, notes: [] };

  const masks = asked.map(() => emptyBits(voxelCount(volume.grid)));
  const presence = asked.map(() => 0);
  const order = sliceOrder(volume.grid);
  const stacks = stacksOf(manifest, volume, asked);
  const graphBytes = graphBytesOnMachine(manifest.memory.graphBytes, model.deviceBytes);
  const bytesNeeded = graphBytes + masks.length * masks[0]!.length;
  const bytesLeft = features.bytes + (await model.bytesAvailable()) - bytesNeeded;
  refuseBeyond(bytesLeft + bytesNeeded, bytesNeeded, manifest);
  // Half of the free memory: encoding the results needs some too.
  features.limitTo(volume.voxels, bytesLeft / 2);

  const limit = promptLimit(manifest.prompt.promptsPerRun);
  let sessionRunMs = 0;
  let known = 0;
  for (let slice = 0; slice < order.slices; slice++) {
    const judged = new Array<PromptMask>(asked.length);
    for (const { stack, members } of stacks) {
      const seen = await features.of(stack.window, slice, () =>
        neighbourImage(stack, order, slice, manifest.input.size),
      );
      const said = await askSlice(
        model.promptGraph,
        manifest,
        limit,
        seen.features,
        slice,
        members.map((n) => asked[n]!),
      );
      for (const [place, n] of members.entries()) judged[n] = said.masks[place]!;
      sessionRunMs += seen.sessionRunMs + said.sessionRunMs;
      if (seen.sessionRunMs === 0) known++;
      await stopIfCancelled(signal);
    }
    for (const [n, mask] of judged.entries()) presence[n] = Math.max(presence[n]!, mask.presence);
    const count = Math.sqrt(judged[0]!.logits.length);
    const labels = sliceLabels(judged, count, manifest.input.size, manifest.decision);
    markLabels(labels, manifest.input.size, order, slice, masks);
    onProgress(slice + 1, order.slices);
  }
  const notes = [
    ...limit.notes,
    ...windowNotes(
      manifest.input.ctWindows,
      stacks.map(({ stack }) => stack.window),
    ),
    ...(known === order.slices * stacks.length ? [technicalNotes.promptsOnly] : []),
  ];
  let place = 0;
  return {
    outcomes: targets.map((target, n) => {
      if (texts[n] === undefined) return notLookedFor(model.texts, target);
      const outcome = outcomeOf(manifest, target, volume, masks[place]!, presence[place]!);
      place++;
      return outcome;
    }),
    sessionRunMs,
    notes,
  };
}

/** The images for the texts: for CT one stack per window, otherwise one stack. `members` are indices of texts. */
function stacksOf(
  { input: { ctWindows, percentiles } }: Biomedparse3dManifest,
  { voxels, modality }: EvenVolume,
  asked: readonly AskedText[],
): { stack: ImageStack; members: number[] }[] {
  return byWindow(asked, modality).map(({ window, members }) => {
    const scale =
      window === undefined
        ? percentileScale(voxels, ...percentiles)
        : windowScale(voxels, ctWindows[window]!.level, ctWindows[window]!.width);
    return { stack: { voxels, window, scale }, members };
  });
}

function outcomeOf(
  { decision }: Biomedparse3dManifest,
  target: Target,
  { grid }: EvenVolume,
  bits: Uint8Array,
  presence: number,
): TargetOutcome {
  if (countBits(bits) > 0) return { target, status: 'found', mask: { grid, bits }, presence };
  const likely = `at most ${presence.toFixed(2)}`;
  const reason =
    presence < decision.presence
      ? `Its probability to be in a slice is ${likely}; ${decision.presence} would count as found.`
      : 'No pixel of it is more probable than not, or all are more probably of another target that was asked ' +
        `for; its probability to be in a slice is ${likely}.`;
  return { target, status: 'not-found', reason, presence };
}
