import { useCallback, useEffect, useRef, useState } from 'react';
import type { DestinationsView } from '../../../../server/contract/destinations.js';
import type { Job } from '../../../../server/contract/job.js';
import type { ModelsView } from '../../../../server/contract/models.js';
import type { Backfill, FeedView, ParkedSeries } from '../../../../server/contract/routing.js';
import type { RulesView } from '../../../../server/contract/rules.js';
import type { Trouble } from '../../client/trouble.js';
import { toTrouble } from '../parts/toTrouble.js';
import { type JobEvents, useJobEvents } from '../parts/useJobEvents.js';
import {
  type CountsView,
  listBackfills,
  listDestinations,
  listModels,
  listParked,
  listRules,
  readCounts,
  readFeed,
} from './api.js';

/** The state of routing, read at the same time. */
export interface RoutingNow {
  readonly rules: RulesView;
  readonly counts: CountsView['rules'];
  readonly feed: FeedView;
  readonly parked: readonly ParkedSeries[];
  readonly backfills: readonly Backfill[];
}

export interface LiveRules extends Omit<JobEvents, 'dismissRestart'> {
  /** Undefined until it was read. */
  readonly now: RoutingNow | undefined;
  /** Grows with each reading: what is shown beside is to be read again too. */
  readonly reading: number;
  readonly models: ModelsView['models'];
  readonly destinations: DestinationsView['destinations'];
  readonly trouble: Trouble | undefined;
  refresh(): Promise<void>;
  dismiss(): void;
}

/** Rules and feed change without an event. */
const refreshMs = 5000;
/** Many jobs may change at once; then it is read once. */
const settleMs = 400;

/** Rules and what they do, kept up to date. */
export function useRules(): LiveRules {
  const [now, setNow] = useState<RoutingNow>();
  const [reading, setReading] = useState(0);
  const [models, setModels] = useState<ModelsView['models']>([]);
  const [destinations, setDestinations] = useState<DestinationsView['destinations']>([]);
  const [trouble, setTrouble] = useState<Trouble>();

  const refresh = useCallback(async () => {
    try {
      const [rules, { rules: counts }, feed, parked, backfills] = await Promise.all([
        listRules(),
        readCounts(),
        readFeed(),
        listParked(),
        listBackfills(),
      ]);
      setNow({ rules, counts, feed, parked, backfills });
      setReading((count) => count + 1);
    } catch (error) {
      setTrouble(toTrouble(error));
    }
  }, []);

  const soon = useRef<ReturnType<typeof setTimeout>>();
  const readAfter = useCallback(
    ({ rule }: Job) => {
      if (rule === undefined) return;
      soon.current ??= setTimeout(() => {
        soon.current = undefined;
        void refresh();
      }, settleMs);
    },
    [refresh],
  );
  const { connection, restarted, dismissRestart } = useJobEvents(readAfter);

  useEffect(() => {
    if (connection !== 'live') return;
    setTrouble(undefined);
    void refresh();
    // Without them there are fewer choices in the form; the connection's state says why.
    listModels().then(
      ({ models }) => setModels(models),
      () => undefined,
    );
    listDestinations().then(
      ({ destinations }) => setDestinations(destinations),
      () => undefined,
    );
    const timer = setInterval(() => void refresh(), refreshMs);
    return () => clearInterval(timer);
  }, [connection, refresh]);

  return {
    connection,
    restarted,
    now,
    reading,
    models,
    destinations,
    // The banner of the lost connection says it already.
    trouble: connection === 'live' ? trouble : undefined,
    refresh,
    dismiss() {
      setTrouble(undefined);
      dismissRestart();
    },
  };
}
