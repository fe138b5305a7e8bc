import { readAhead } from '../prompts/readAhead.js';
import { readsFreeText } from '../segmenter/packages/modelManifest.js';
import type { ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { type ModelQuestion, servingModels } from './chooseModel.js';

/** Reads the prompts in small steps (`readAhead`) for each model that `chooseModel` is going to consult. */
export function readForModels(
  library: ModelLibrary,
  { prompts, model: id, ...series }: Pick<ModelQuestion, 'prompts' | 'model' | 'modality'>,
): Promise<void> {
  const asked = servingModels(library, series).filter(({ model }) => id === undefined || model.manifest.id === id);
  return readAhead(
    prompts,
    asked.map(({ model: { manifest, vocabulary } }) => ({ vocabulary, freeText: readsFreeText(manifest) })),
  );
}
