import { PromptsegError } from '../../platform/errors.js';
import type { Target } from '../../values/target.js';

interface ServingManifest {
  readonly id: string;
  readonly modalities: readonly string[];
}

/** @throws PromptsegError `request-invalid` if the model has no such target */
export function requireTargets(
  { id: model, targets: known }: Pick<ServingManifest, 'id'> & { readonly targets: object },
  targets: readonly Target[],
): void {
  for (const { id } of targets)
    if (!Object.hasOwn(known, id))
      throw new PromptsegError('request-invalid', `The model ${model} has no target "${id}".`);
}

/** For images of a modality that a model does not serve. */
export const modalityNotServed = ({ id, modalities }: ServingManifest, modality: string): PromptsegError =>
  new PromptsegError(
    'modality-not-served',
    `The image is of modality ${modality}; the model ${id} serves ${modalities.join(', ')}.`,
  );
