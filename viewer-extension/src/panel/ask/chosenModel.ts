import type { ModelsView, ModelView } from '../../../../server/contract/models.js';
import type { ResolveView } from '../../../../server/contract/prompts.js';
import { strings } from '../../client/strings.js';

/**
 * The model that was chosen by hand, for the series on screen. One that was chosen for another series and does not
 * serve this one is not taken. Without a list of models the choice stands, and the server refuses it if it must.
 * @returns undefined where the server chooses; `wait` until the list says whether the choice stands
 */
export function choiceForSeries(
  chosen: string | undefined,
  { served, isLoading }: { readonly served: Pick<ModelsView, 'models'> | undefined; readonly isLoading: boolean },
): { readonly model: string | undefined; readonly wait: boolean } {
  if (chosen === undefined || isLoading) return { model: undefined, wait: chosen !== undefined };
  const stands = served === undefined || served.models.some(({ id }) => id === chosen);
  return { model: stands ? chosen : undefined, wait: false };
}

/** What the model list is headed by: the model that runs, and whether the server chose it. */
export function chosenModel(
  models: readonly ModelView[],
  chosen: string | undefined,
  resolved: Pick<ResolveView, 'model'> | undefined,
): string {
  const nameOf = (id: string) => models.find((model) => model.id === id)?.name ?? id;
  if (chosen !== undefined) return nameOf(chosen);
  const [only, second] = models;
  const id = resolved?.model ?? (second === undefined ? only?.id : undefined);
  return id === undefined ? strings.model.automatic : strings.model.chosen(nameOf(id));
}
