import path from 'node:path';
import { PromptsegError } from '../errors.js';
import type { ModelLibrary, ModelPackage } from '../segmenter/modelPackage.js';

/**
 * The model that a request names, or else the first one that serves the modality.
 * @throws PromptsegError `model-not-found`, `model-package-corrupt` where the model's package was refused, `modality-not-served` with what is served
 */
export function chooseModel(
  { packages, refused }: ModelLibrary,
  { model: id, modality }: { readonly model?: string; readonly modality?: string },
): ModelPackage {
  const named = id === undefined ? packages : packages.filter(({ manifest }) => manifest.id === id);
  if (named.length === 0) {
    // A package that is there but was refused must not look like one that is missing.
    const broken = refused.find(({ folder }) => id === undefined || path.basename(folder) === id);
    if (broken !== undefined) throw broken.error;
    throw new PromptsegError(
      'model-not-found',
      id === undefined ? 'No model is installed.' : `There is no model "${id}".`,
      {
        details: { installed: packages.map(({ manifest }) => manifest.id) },
      },
    );
  }
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
