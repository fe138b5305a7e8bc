import { useEffect, useState } from 'react';
import type { ModelsView } from '../../../../server/contract/models.js';
import type { AskingApi } from '../../client/asking.js';
import type { SeriesHints } from './seriesHints.js';

export interface SeriesModels {
  /** The models that serve the series; undefined while they load, and where they could not be loaded. */
  readonly served: ModelsView | undefined;
  readonly isLoading: boolean;
}

/** The models that serve the series. Loaded again when the server is back. */
export function useModels(
  api: Pick<AskingApi, 'listModels'>,
  series: SeriesHints | undefined,
  away: boolean,
): SeriesModels {
  const { modality = '', bodyPartExamined = '' } = series ?? {};
  const asked = `${modality} ${bodyPartExamined}`;
  const [response, setResponse] = useState<{ readonly asked: string; readonly served?: ModelsView }>();
  useEffect(() => {
    if (modality === '' || away) return;
    let left = false;
    const asked = `${modality} ${bodyPartExamined}`;
    api
      .listModels({ modality, bodyPartExamined })
      .then((served) => ({ asked, served }))
      // The box works without the list; that the server is down is shown elsewhere.
      .catch(() => ({ asked }))
      .then((response) => {
        if (!left) setResponse(response);
      });
    return () => {
      left = true;
    };
  }, [api, modality, bodyPartExamined, away]);
  const isLoading = modality !== '' && response?.asked !== asked;
  return { served: isLoading ? undefined : response?.served, isLoading };
}
