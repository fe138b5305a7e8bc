import { type Preset, structuresQuerySchema, structuresViewSchema } from '#contract/structures.js';
import { type Route, route } from '../../http/route.js';
import { numberUnderstood } from '../../prompts/numberUnderstood.js';
import type { NamedPrompts } from '../../prompts/presets.js';
import { structureTree } from '../../prompts/structureTree.js';
import type { ModelLibrary, ModelPackage } from '../../segmenter/packages/modelPackage.js';
import { findModel, servingModels } from '../../story/chooseModel.js';

/**
 * `/structures`: everything that can be requested, for browsing.
 * @param presets the site's own and the shipped ones
 */
export function structureRoutes(library: ModelLibrary, presets: readonly NamedPrompts[]): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/structures',
      operationId: 'listStructures',
      summary: 'Structures that the models for a series know, by region, and the presets that they understand',
      query: structuresQuerySchema,
      responses: { 200: { description: 'Structures by region', schema: structuresViewSchema } },
      handler({ query: { modality, bodyPartExamined = '', model: id }, send }) {
        const series = { ...(modality !== undefined && { modality }), bodyPartExamined };
        const models =
          id === undefined
            ? servingModels(library, series).flatMap(({ model, fit }) => (fit === 'elsewhere' ? [] : [model]))
            : [findModel(library, id)];
        const known = models.map(({ manifest, vocabulary: { targets, groups } }) => ({
          model: manifest.id,
          targets: targets.filter(({ modalities }) => modality === undefined || modalities.includes(modality)),
          groups,
        }));
        send(200, { regions: structureTree(known), presets: understoodPresets(presets, models) });
      },
    }),
  ];
}

const understoodPresets = (presets: readonly NamedPrompts[], models: readonly ModelPackage[]): Preset[] =>
  presets.flatMap(({ id, names, prompts, germanPrompts }) => {
    const [structures] = models.flatMap(({ vocabulary }) => numberUnderstood(prompts, vocabulary) ?? []);
    if (structures === undefined) return [];
    const inGerman = germanPrompts && { germanPrompts: [...germanPrompts] };
    return [{ id, names: { ...names }, prompts: [...prompts], ...inGerman, structures }];
  });
