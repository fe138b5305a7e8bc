import type { ModelView, VocabularyView } from '../http/api.js';
import { callApi } from './apiClient.js';
import { formatTable } from './table.js';

/** `promptseg models [id [query]]` */
export async function modelsCommand(
  id: string | undefined,
  query: string | undefined,
  { server, json }: { server: string; json?: boolean },
): Promise<void> {
  if (id === undefined) {
    const { models } = await callApi<{ models: ModelView[] }>(server, '/models');
    print(json, models, () =>
      formatTable(
        ['model', 'version', 'modalities', 'targets', 'licence'],
        models.map((model) => [
          model.id,
          model.version,
          model.modalities.join(', '),
          model.numberOfTargets,
          model.licence,
        ]),
      ),
    );
    return;
  }
  const search = new URLSearchParams({ q: query ?? '', limit: '1000' });
  const { targets } = await callApi<VocabularyView>(server, `/models/${encodeURIComponent(id)}/vocabulary?${search}`);
  print(json, targets, () =>
    formatTable(
      ['target', 'code', 'also called'],
      targets.map(({ name, code, synonyms }) => [name, `${code.scheme} ${code.value}`, synonyms.join(', ')]),
    ),
  );
}

function print(json: boolean | undefined, value: unknown, forPeople: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : forPeople()}\n`);
}
