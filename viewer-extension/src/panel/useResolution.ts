import { useEffect, useState } from 'react';
import type { ResolveView } from '../../../server/src/http/api.js';
import type { Api } from '../api/api.js';
import { type Trouble, toTrouble } from '../api/trouble.js';
import { promptsOf } from './promptText.js';

/** How long nobody must type before the server is asked, in ms. */
const restMs = 250;

export interface Resolution {
  /** The text that `view` or `trouble` is about; differs from the box's while the answer is on its way. */
  readonly text: string;
  readonly view?: ResolveView;
  readonly trouble?: Trouble;
}

/** What the server understands the text as. Asks when typing rests, and drops answers that came too late. */
export function useResolution(api: Pick<Api, 'resolve'>, text: string, modality: string | undefined): Resolution {
  const [resolution, setResolution] = useState<Resolution>({ text: '' });
  useEffect(() => {
    const prompts = promptsOf(text);
    if (prompts.length === 0) {
      setResolution({ text });
      return;
    }
    const stale = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const view = await api.resolve({ prompts, ...(modality ? { modality } : {}) }, stale.signal);
        if (!stale.signal.aborted) setResolution({ text, view });
      } catch (error) {
        if (!stale.signal.aborted) setResolution({ text, trouble: toTrouble(error) });
      }
    }, restMs);
    return () => {
      clearTimeout(timer);
      stale.abort();
    };
  }, [api, text, modality]);
  return resolution;
}

/** Whether the answer is in and names nothing that the model could segment. */
export function nothingUnderstood({ text: resolved, view }: Resolution, text: string): boolean {
  return resolved === text && view !== undefined && view.resolutions.every(({ targets }) => targets.length === 0);
}
