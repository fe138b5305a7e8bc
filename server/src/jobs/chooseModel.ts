import { PromptsegError } from '../errors.js';
import type { ModelPackage } from '../segmenter/modelPackage.js';

/**
 * The model that a request names, or else the first one that serves the modality.
 * @throws PromptsegError `model-not-found`, `modality-not-served` with what is served
 */
export function chooseModel(
  models: readonly ModelPackage[],
  { model: id, modality }: { readonly model?: string; readonly modality?: string },
): ModelPackage {
  const named = id === undefined ? models : models.filter(({ manifest }) => manifest.id === id);
  if (named.length === 0)
    throw new PromptsegError(
      'model-not-found',
      id === undefined ? 'No model is installed.' : `There is no model "${id}".`,
      {
        details: { installed: models.map(({ manifest }) => manifest.id) },
      },
    );
  const chosen = named.find(
    ({ manifest }) => modality === undefined || manifest.modalities.some((served) => served === modality),
  );
  if (chosen === undefined) {
    const served = [...new Set(named.flatMap(({ manifest }) => manifest.modalities))];
    throw new PromptsegError(
      'modality-not-served',
      `The series is of modality ${modality}; ${id === undefined ? 'the installed models serve' : `the model "${id}" serves`} ${served.join(', ')}.`,
      { details: { modality, served } },
    );
  }
  return chosen;
}
