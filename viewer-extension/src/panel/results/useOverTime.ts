import { useEffect, useState } from 'react';
import type { ComparedFinding, Comparison, Prior } from '../../../../server/contract/comparison.js';
import { hasEnded } from '../../../../server/contract/jobState.js';
import type { RegistrationMode } from '../../../../server/contract/registration.js';
import type { OverTimeApi } from '../../client/overTime.js';
import type { ResultAddress } from '../../client/results.js';
import type { Trouble } from '../../client/trouble.js';
import { toTrouble } from '../toTrouble.js';

interface OverTimeState {
  readonly comparison?: Comparison | undefined;
  /** What is compared. */
  readonly of?: string;
  /** The figures are shown; the images are still being registered to match places. */
  readonly isRegistering: boolean;
  readonly trouble?: Trouble | undefined;
  /** Earlier series to choose from; empty while they are not known. */
  readonly priors: readonly Prior[];
}

const pollMs = 1000;

/** Whether it has instances at both times that could be matched if places were known. */
const lacksPlaces = ({ instances }: ComparedFinding): boolean =>
  instances !== undefined && instances.changes === undefined && instances.before > 0 && instances.now > 0;

/**
 * Compares a result with an earlier series and waits until that is segmented.
 * @param chosen Series Instance UID of the earlier series; absent: the server chooses
 * @param registration absent: rigid where instances cannot be matched without it
 */
export function useOverTime(
  api: OverTimeApi,
  { jobId, editedSopInstanceUID }: ResultAddress,
  chosen: string | undefined,
  registration: RegistrationMode | undefined,
): OverTimeState {
  const [state, setState] = useState<OverTimeState>({ priors: [], isRegistering: false });
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const set = (change: Partial<OverTimeState>) => {
      if (!signal.aborted) setState((before) => ({ ...before, ...change }));
    };
    const of = JSON.stringify([jobId, editedSopInstanceUID, chosen]);
    // The figures stay where only the registration changes.
    setState((before) => ({
      ...before,
      of,
      comparison: before.of === of ? before.comparison : undefined,
      trouble: undefined,
      isRegistering: false,
    }));
    const compare = async () => {
      let comparison = await api.startComparison(jobId, chosen, signal);
      const { job: earlier } = comparison.before;
      while (!hasEnded(comparison.before)) {
        set({ comparison });
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        if (signal.aborted) return;
        comparison = await api.comparison(jobId, earlier, { registration: 'none' }, signal);
      }
      const edited = editedSopInstanceUID;
      comparison = await api.comparison(jobId, earlier, { edited, registration: 'none' }, signal);
      const isRegistering = (registration ?? (comparison.findings.some(lacksPlaces) ? 'rigid' : 'none')) === 'rigid';
      set({ comparison, isRegistering });
      if (!isRegistering) return;
      comparison = await api.comparison(jobId, earlier, { edited, registration: 'rigid' }, signal);
      set({ comparison, isRegistering: false });
    };
    compare().catch((error) => set({ trouble: toTrouble(error) }));
    return () => leaving.abort();
  }, [api, jobId, editedSopInstanceUID, chosen, registration]);
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
