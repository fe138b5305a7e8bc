import { useEffect, useState } from 'react';
import type { SuggestView } from '../../../../server/contract/prompts.js';
import type { AskingApi } from '../../client/asking.js';
import { hintsOf, type SeriesHints } from './seriesHints.js';

/** Shorter than the rest before a text is read: names are to follow the fingers. */
const restMs = 100;

/** Somebody who opens the list without a text looks what there is; while typing, what fits on one look. */
const listed = { browsing: 50, typing: 8 };

const nothing: SuggestView = { suggestions: [], near: false };

/** Names that match `typed`, from the models for the series; previous names until the response arrives. */
export function useSuggestions(
  api: Pick<AskingApi, 'suggest'>,
  typed: string | undefined,
  series: SeriesHints | undefined,
  model: string | undefined,
): SuggestView {
  const [view, setView] = useState(nothing);
  const hints = JSON.stringify(hintsOf(series));
  useEffect(() => {
    if (typed === undefined) {
      setView(nothing);
      return;
    }
    const stale = new AbortController();
    const timer = setTimeout(async () => {
      const request = {
        text: typed.slice(0, 200),
        limit: typed === '' ? listed.browsing : listed.typing,
        ...JSON.parse(hints),
        ...(model === undefined ? {} : { model }),
      };
      // Without suggestions the box works as before; errors are shown where the text is resolved.
      const response = await api.suggest(request, stale.signal).catch(() => nothing);
      if (!stale.signal.aborted) setView(response);
    }, restMs);
    return () => {
      clearTimeout(timer);
      stale.abort();
    };
  }, [api, typed, hints, model]);
  return view;
}
