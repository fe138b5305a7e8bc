import { useEffect, useState } from 'react';
import type { ModelsView } from '../../../../server/contract/models.js';
import type { AskingApi } from '../../client/asking.js';
import type { SeriesHints } from './seriesHints.js';

/** The models that serve the series; undefined until loaded. Loaded again when the server is back. */
export function useModels(
  api: Pick<AskingApi, 'listModels'>,
  series: SeriesHints | undefined,
  away: boolean,
): ModelsView | undefined {
  const { modality = '', bodyPartExamined = '' } = series ?? {};
  const asked = `${modality} ${bodyPartExamined}`;
  const [response, setResponse] = useState<{ readonly asked: string; readonly view: ModelsView }>();
  useEffect(() => {
    if (modality === '' || away) return;
    let left = false;
    api
      .listModels({ modality, bodyPartExamined })
      .then((view) => {
        if (!left) setResponse({ asked: `${modality} ${bodyPartExamined}`, view });
      })
      // The box works without the list; that the server is down is shown elsewhere.
      .catch(() => {});
    return () => {
      left = true;
    };
  }, [api, modality, bodyPartExamined, away]);
  return response?.asked === asked ? response.view : undefined;
}
