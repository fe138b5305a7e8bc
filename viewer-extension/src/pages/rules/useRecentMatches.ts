import { useEffect, useState } from 'react';
import type { Rule } from '../../../../server/contract/rule.js';
import type { RecentMatchesView } from '../../../../server/contract/rules.js';
import type { Trouble } from '../../client/trouble.js';
import { toTrouble } from '../parts/toTrouble.js';
import { recentMatches } from './api.js';

export interface RecentNow {
  readonly response: RecentMatchesView | undefined;
  readonly trouble: Trouble | undefined;
}

/** Which of the newest series are looked at; '' for any. */
export interface RecentFilter {
  readonly modality: string;
  /** Part of the series description. */
  readonly description: string;
}

/** New series appear automatically. */
const refreshMs = 6000;

/**
 * What a rule says about the newest series, again when the rule changes and from time to time. The last response stays
 * until the next one comes.
 * @param saved its name, if it is tried as it is saved
 */
export function useRecentMatches(
  rule: Rule | undefined,
  saved: string | undefined,
  { modality, description }: RecentFilter,
  isLive: boolean,
): RecentNow {
  const [now, setNow] = useState<RecentNow>({ response: undefined, trouble: undefined });
  // A check gives an equal rule again.
  const wanted = rule && JSON.stringify(rule);
  useEffect(() => {
    if (wanted === undefined || !isLive) return;
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = async (): Promise<void> => {
      try {
        const response = await recentMatches(JSON.parse(wanted), saved, { modality, description }, gone.signal);
        setNow({ response, trouble: undefined });
      } catch (error) {
        if (gone.signal.aborted) return;
        setNow((before) => ({ ...before, trouble: toTrouble(error) }));
      }
      if (!gone.signal.aborted) timer = setTimeout(ask, refreshMs);
    };
    void ask();
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [wanted, saved, modality, description, isLive]);
  return now;
}
