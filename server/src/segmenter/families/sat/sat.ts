import type { Target } from '../../../values/target.js';
import type { GraphRuntime } from '../../onnxRuntime.js';
import type { Segmenter } from '../../segmenter.js';
import { windowsOf } from '../blendPrompts.js';
import { openPromptedWindows, type PromptedModel } from '../promptedWindows.js';
import { type SatManifest, termsInOrder } from './manifest.js';
import { memoryNeeded } from './memoryNeeded.js';
import { prepareImage } from './prepareImage.js';
import { openTermQueries } from './termQueries.js';

/**
 * Opens a model of the family 'sat' (SAT-Nano, SAT-Pro). Processes an image in the same order and with the same numbers
 * as upstream's code; unlike upstream, returns the masks on the source grid.
 *
 * Supported: the terms of the vocabulary, each in the modalities that it was trained in; other texts if the package has
 * the text encoder.
 * @param bytesAvailable called before every run; by default the machine's available memory
 * @throws PromptsegError `model-package-corrupt`
 */
export async function openSat(
  manifest: SatManifest,
  folder: string,
  runtime: GraphRuntime,
  bytesAvailable?: () => Promise<number>,
): Promise<Segmenter> {
  const termQueries = await openTermQueries(manifest, folder, runtime);
  const model: PromptedModel = {
    manifest,
    takesFreeText: true,
    queryOf: ({ id, freeText }, modality) => termQueries(modality, freeText ?? manifest.targets[id]!),
    whyNotAsked(target, modality) {
      const modalities = modalitiesOf(manifest, target);
      return target.freeText !== undefined || modalities.includes(modality)
        ? undefined
        : `The model was trained to find it in ${modalities.join(' and ')} only.`;
    },
    bytesNeeded: (...run) => memoryNeeded(manifest, ...run),
    prepare: (...image) => prepareImage(manifest, ...image),
    nothingToSee: 'No voxel of the image is above 0, which this model takes for the outside of the patient.',
    windowsOf: (grid) => windowsOf(grid, manifest.window),
  };
  return openPromptedWindows(model, runtime, bytesAvailable);
}

const modalitiesOf = (manifest: SatManifest, { id }: Target): string[] =>
  termsInOrder(manifest)
    .filter(({ term }) => term === manifest.targets[id])
    .map(({ modality }) => modality);
