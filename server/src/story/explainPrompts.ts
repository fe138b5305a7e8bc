import type { ResolutionView, ResolveView } from '#contract/prompts.js';
import { seemsToNameSomebody } from '../prompts/namesOfPeople.js';
import type { UnderstoodPart, UnknownPart } from '../prompts/promptResolution.js';
import { resolveEach } from '../prompts/resolvePrompts.js';
import { asksForComparison, takeComparison } from '../prompts/takeComparison.js';
import { readsFreeText } from '../segmenter/packages/modelManifest.js';
import type { ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { viewTarget } from '../values/viewTarget.js';
import { chooseModel, type ModelQuestion, servingModels } from './chooseModel.js';
import { lookElsewhere, type OtherModel } from './knownElsewhere.js';
import { readForModels } from './readForModels.js';
import { contradictionOf, type StatedOfSeries } from './understandPrompts.js';

/**
 * How texts would be understood for a series, part by part, without a run.
 * @throws PromptsegError `model-not-found`, `modality-not-served`, `body-part-not-served`
 */
export async function explainPrompts(library: ModelLibrary, question: ModelQuestion): Promise<ResolveView> {
  await readForModels(library, question);
  const { model, because, reason } = chooseModel(library, question);
  const isRead = (question.model === undefined ? modelsFor(library, question) : [model]).some(({ manifest }) =>
    readsFreeText(manifest),
  );
  const freeText = readsFreeText(model.manifest);
  const parts = resolveEach(question.prompts, model.vocabulary, { freeText });
  const unknown = parts.flat().filter((part) => part.status === 'unknown');
  const looked = await lookElsewhere(unknown, model, library, question);
  const elsewhere = new Map(looked.map(({ refusal, ...known }) => [refusal, known]));
  const resolutions = parts.flatMap((ofPrompt, promptIndex) =>
    ofPrompt.map((part) =>
      part.status === 'understood'
        ? viewUnderstood(part, promptIndex, question)
        : viewUnknown(part, promptIndex, isRead, elsewhere.get(part)!),
    ),
  );
  const vocabularies = library.packages.map(({ vocabulary }) => vocabulary);
  const named = question.prompts.flatMap((prompt, index) =>
    seemsToNameSomebody(takeComparison(prompt).text, vocabularies) ? [index] : [],
  );
  return {
    model: model.manifest.id,
    because,
    reason,
    resolutions,
    ...(asksForComparison(question.prompts) && { comparesWithPrior: true }),
    ...(named.length > 0 && { seemToNameSomebody: named }),
  };
}

/** The models that could be chosen automatically for such a series. */
export function modelsFor(library: ModelLibrary, series: Parameters<typeof servingModels>[1]) {
  return servingModels(library, series)
    .filter(({ fit }) => fit !== 'elsewhere')
    .map(({ model }) => model);
}

/** @param series what is known about it */
function viewUnderstood(part: UnderstoodPart, promptIndex: number, series: StatedOfSeries): ResolutionView {
  const { prompt, targets, correctedTo } = part;
  const contradiction = contradictionOf(part, series);
  return {
    promptIndex,
    prompt,
    targets: targets.map(viewTarget),
    nearest: [],
    ...(contradiction !== undefined && { contradiction }),
    ...(correctedTo !== undefined && { correctedTo }),
  };
}

/** @param isRead whether a model for the series accepts free text */
function viewUnknown(
  { prompt, code, nearest, mayBeFreeText, published = [] }: UnknownPart,
  promptIndex: number,
  isRead: boolean,
  { reason, others }: { readonly reason: string; readonly others: readonly OtherModel[] },
): ResolutionView {
  const isKnown = others.length > 0 || published.length > 0;
  return {
    promptIndex,
    prompt,
    targets: [],
    nearest: nearest.map(viewTarget),
    code,
    reason,
    ...(isKnown && { knownBy: { installed: others, published } }),
    ...(mayBeFreeText && isRead && { mayBeFreeText }),
  };
}
