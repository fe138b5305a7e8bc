import { useEffect, useState } from 'react';
import type { StacksView } from '../../../../server/contract/results.js';
import type { AskingApi } from '../../client/asking.js';
import type { ActiveSeries } from '../host.js';

const none: StacksView['stacks'] = [];

/**
 * The stacks of slices that the series holds; none until loaded. It reads the headers of a whole series for
 * it, so it is asked once per series, and not before somebody begins to ask.
 */
export function useStacks(
  api: Pick<AskingApi, 'listStacks'>,
  series: Pick<ActiveSeries, 'studyInstanceUID' | 'seriesInstanceUID'> | undefined,
  asking: boolean,
): StacksView['stacks'] {
  const [known, setKnown] = useState<ReadonlyMap<string, StacksView['stacks']>>(new Map());
  const { studyInstanceUID = '', seriesInstanceUID = '' } = series ?? {};
  const wanted = asking && seriesInstanceUID !== '' && !known.has(seriesInstanceUID);
  useEffect(() => {
    if (!wanted) return;
    const left = new AbortController();
    api
      .listStacks(studyInstanceUID, seriesInstanceUID, left.signal)
      // Without a list the series is run by rule, and a wrong series is refused with the reason then.
      .catch(() => none)
      .then((stacks) => {
        if (!left.signal.aborted) setKnown((before) => new Map(before).set(seriesInstanceUID, stacks));
      });
    return () => left.abort();
  }, [api, wanted, studyInstanceUID, seriesInstanceUID]);
  return known.get(seriesInstanceUID) ?? none;
}
