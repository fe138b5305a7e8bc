import { useEffect, useState } from 'react';
import type { Comparison, Prior } from '../../../../server/contract/comparison.js';
import { hasEnded } from '../../../../server/contract/jobState.js';
import type { OverTimeApi } from '../../client/overTime.js';
import type { ResultAddress } from '../../client/results.js';
import type { Trouble } from '../../client/trouble.js';
import { toTrouble } from '../toTrouble.js';

interface OverTimeState {
  readonly comparison?: Comparison | undefined;
  readonly trouble?: Trouble | undefined;
  /** Earlier series to choose from; empty while they are not known. */
  readonly priors: readonly Prior[];
}

const pollMs = 1000;

/**
 * Compares a result with an earlier series and waits until that is segmented.
 * @param chosen Series Instance UID of the earlier series; absent: the server chooses
 */
export function useOverTime(
  api: OverTimeApi,
  { jobId, editedSopInstanceUID }: ResultAddress,
  chosen: string | undefined,
): OverTimeState {
  const [state, setState] = useState<OverTimeState>({ priors: [] });
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const set = (change: Partial<OverTimeState>) => {
      if (!signal.aborted) setState((before) => ({ ...before, ...change }));
    };
    set({ comparison: undefined, trouble: undefined });
    const compare = async () => {
      let comparison = await api.startComparison(jobId, chosen, signal);
      const { job: earlier } = comparison.before;
      while (!hasEnded(comparison.before)) {
        set({ comparison });
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        if (signal.aborted) return;
        comparison = await api.comparison(jobId, earlier, undefined, signal);
      }
      set({ comparison: await api.comparison(jobId, earlier, editedSopInstanceUID, signal) });
    };
    compare().catch((error) => set({ trouble: toTrouble(error) }));
    return () => leaving.abort();
  }, [api, jobId, editedSopInstanceUID, chosen]);
  useEffect(() => {
    const leaving = new AbortController();
    api.priors(jobId, leaving.signal).then(
      ({ priors }) => {
        if (!leaving.signal.aborted) setState((before) => ({ ...before, priors }));
      },
      // The comparison says what is wrong.
      () => {},
    );
    return () => leaving.abort();
  }, [api, jobId]);
  return state;
}
