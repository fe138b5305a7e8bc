import type { ModelView } from '../../../../server/contract/models.js';
import type { ResolveView } from '../../../../server/contract/prompts.js';
import { strings } from '../../client/strings.js';

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
