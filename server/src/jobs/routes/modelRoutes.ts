import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  type ModelView,
  modelDetailsSchema,
  modelsQuerySchema,
  modelsViewSchema,
  type PromptableView,
  vocabularyViewSchema,
} from '#contract/models.js';
import { type Route, route } from '../../http/route.js';
import { exampleNames } from '../../prompts/exampleNames.js';
import { publishedFor } from '../../prompts/knownAnatomy.js';
import { searchVocabulary } from '../../prompts/searchVocabulary.js';
import {
  givesProbabilities,
  imagePromptsOf,
  readsFreeText,
  takesStrokes,
} from '../../segmenter/packages/modelManifest.js';
import type {
  AnyPackage,
  ModelLibrary,
  ModelPackage,
  PromptablePackage,
} from '../../segmenter/packages/modelPackage.js';
import { findModel, servingModels } from '../../story/chooseModel.js';
import type { ModelFit } from '../../story/placeOfSeries.js';
import { viewTarget } from '../../values/viewTarget.js';
import { usualOfModel } from '../queue/waitEstimate.js';
import type { PastRun } from '../records/jobLists.js';
import { diceOfModel } from './diceOfModel.js';

const vocabularyQuerySchema = z.object({
  q: z.string().max(200).default('').describe('Beginning or part of a name or synonym'),
  limit: z.coerce.number().int().min(1).max(1000).default(50).describe('At most so many'),
});

const modelParams = z.object({ id: z.string().describe('Id of the model') });

/**
 * `/models`: the installed models and their targets.
 * @param pastRuns durations of recent jobs
 */
export function modelRoutes(
  library: ModelLibrary,
  pastRuns: () => Promise<readonly PastRun[]> = async () => [],
): readonly Route[] {
  const refused = library.refused.map(({ folder, error }) => ({
    folder: path.basename(folder),
    reason: error.message,
  }));
  const servedModalities = [...new Set(library.packages.flatMap(({ manifest }) => manifest.modalities))];
  return [
    route({
      method: 'get',
      path: '/models',
      operationId: 'listModels',
      summary: 'Installed model packages; with a modality, those for such series, best match first',
      query: modelsQuerySchema,
      responses: { 200: { description: 'Models', schema: modelsViewSchema } },
      handler({ query: { modality, bodyPartExamined }, send }) {
        const models =
          modality === undefined
            ? library.packages.map((model) => viewModel(model))
            : servingModels(library, { modality, ...(bodyPartExamined !== undefined && { bodyPartExamined }) }).map(
                ({ model, fit }) => viewModel(model, fit),
              );
        const promptable = library.promptable
          .filter(({ manifest }) => modality === undefined || manifest.modalities.some((each) => each === modality))
          .map(viewPromptable);
        const published = modality === undefined ? [] : [...publishedFor(modality)];
        send(200, { models, promptable, servedModalities, published, refused });
      },
    }),
    route({
      method: 'get',
      path: '/models/{id}',
      operationId: 'getModel',
      summary: 'One model: measured accuracy, requirements, its card',
      params: modelParams,
      responses: { 200: { description: 'The model', schema: modelDetailsSchema } },
      async handler({ params: { id }, send }) {
        const model = findModel(library, id);
        const { manifest, folder, sha256 } = model;
        const usual = usualOfModel((await pastRuns()).filter((run) => run.model === sha256)).perJob;
        send(200, {
          ...viewModel(model),
          source: manifest.source.description,
          ...('memory' in manifest && { graphBytes: manifest.memory.graphBytes }),
          ...(usual !== undefined && { usualSeconds: usual }),
          dice: diceOfModel(model),
          card: await readFile(path.join(folder, 'CARD.md'), 'utf8'),
        });
      },
    }),
    route({
      method: 'get',
      path: '/models/{id}/vocabulary',
      operationId: 'searchVocabulary',
      summary: 'Targets of a model; with q, best matches first',
      params: modelParams,
      query: vocabularyQuerySchema,
      responses: { 200: { description: 'Targets', schema: vocabularyViewSchema } },
      handler({ params: { id }, query: { q, limit }, send }) {
        const { vocabulary } = findModel(library, id);
        const matches = q === '' ? vocabulary.targets.slice(0, limit) : searchVocabulary(q, vocabulary, limit);
        const targets = matches.map((target) => ({
          ...viewTarget(target),
          synonyms: target.synonyms,
          modalities: target.modalities,
        }));
        send(200, { targets });
      },
    }),
  ];
}

const viewPromptable = (model: PromptablePackage): PromptableView => ({
  ...viewPackage(model),
  takes: imagePromptsOf(model.manifest),
  strokes: takesStrokes(model.manifest),
});

function viewPackage({ manifest, sha256 }: AnyPackage): Omit<PromptableView, 'takes' | 'strokes'> {
  const { id, name, version, modalities, intendedUse, licence, evaluation } = manifest;
  return {
    id,
    name,
    version,
    modalities: [...modalities],
    intendedUse,
    licence: 'spdx' in licence ? licence.spdx : licence.text,
    sha256,
    evaluation,
  };
}

function viewModel(model: ModelPackage, fit?: ModelFit): ModelView {
  const { manifest, vocabulary } = model;
  const { bodyRegions } = manifest;
  return {
    ...viewPackage(model),
    numberOfTargets: vocabulary.targets.length,
    examples: exampleNames(vocabulary),
    givesProbabilities: givesProbabilities(manifest),
    readsFreeText: readsFreeText(manifest),
    ...(bodyRegions !== undefined && { bodyRegions }),
    ...(fit !== undefined && { fit }),
  };
}
