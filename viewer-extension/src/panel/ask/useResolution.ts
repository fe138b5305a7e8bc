import { useEffect, useState } from 'react';
import type { ResolutionView, ResolveView } from '../../../../server/contract/prompts.js';
import type { AskingApi } from '../../client/asking.js';
import type { Trouble } from '../../client/trouble.js';
import { toTrouble } from '../toTrouble.js';
import { hintsOf, type SeriesHints } from './seriesHints.js';

/** How long nobody must type before the server is asked, in ms. */
const restMs = 250;

export interface Resolution {
  /** The prompts that `view` or `trouble` is about; different from the present ones while the response is pending. */
  readonly prompts: readonly string[];
  readonly view?: ResolveView;
  readonly trouble?: Trouble;
}

/** How the server understands the prompts. Requests it when typing pauses, and drops late responses. */
export function useResolution(
  api: Pick<AskingApi, 'resolve'>,
  prompts: readonly string[],
  series: SeriesHints | undefined,
  model: string | undefined,
  /** The server does not respond: it is asked once it does again. */
  away: boolean,
): Resolution {
  const [state, setState] = useState({ context: '', resolution: nothing });
  const asked = prompts.join('\n');
  const hints = JSON.stringify(hintsOf(series));
  const context = `${hints} ${model ?? ''}`;
  useEffect(() => {
    const texts = asked === '' ? [] : asked.split('\n');
    const setResolution = (resolution: Resolution) => setState({ context, resolution });
    if (texts.length === 0) {
      setResolution({ prompts: texts });
      return;
    }
    if (away) return;
    const stale = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const request = { prompts: texts, ...JSON.parse(hints), ...(model === undefined ? {} : { model }) };
        const view = await api.resolve(request, stale.signal);
        if (!stale.signal.aborted) setResolution({ prompts: texts, view });
      } catch (error) {
        if (!stale.signal.aborted) setResolution({ prompts: texts, trouble: toTrouble(error) });
      }
    }, restMs);
    return () => {
      clearTimeout(timer);
      stale.abort();
    };
  }, [api, asked, hints, model, context, away]);
  // What was read for another series or model says nothing of this one.
  return state.context === context ? state.resolution : nothing;
}

const nothing: Resolution = { prompts: [] };

/** How one of the prompts was understood, part by part; undefined while unknown. */
export function partsOf({ prompts, view }: Resolution, text: string): readonly ResolutionView[] | undefined {
  const place = prompts.indexOf(text.trim());
  if (place < 0 || view === undefined) return undefined;
  return view.resolutions.filter(({ promptIndex }) => promptIndex === place);
}

/** Whether the response for these prompts has arrived. */
export function isCurrent({ prompts: resolved }: Resolution, prompts: readonly string[]): boolean {
  return resolved.join('\n') === prompts.join('\n');
}
