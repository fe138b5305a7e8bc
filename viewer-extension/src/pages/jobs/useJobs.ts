import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { Job } from '../../../../server/contract/job.js';
import type { QueueView, WorkerView } from '../../../../server/contract/queue.js';
import type { Trouble } from '../../client/trouble.js';
import { toTrouble } from '../parts/toTrouble.js';
import { type JobEvents, useJobEvents } from '../parts/useJobEvents.js';
import { listEnded, listOpen, listWorkers, readQueue } from './api.js';
import type { HistoryFilter } from './historyFilter.js';
import { type JobsState, nothingRead, withChange, withEnded, withFilter, withOlder, withOpen } from './jobsState.js';

export interface LiveJobs extends JobsState, Omit<JobEvents, 'dismissRestart'> {
  readonly queue: QueueView | undefined;
  readonly workers: readonly WorkerView[] | undefined;
  readonly trouble: Trouble | undefined;
  dismiss(): void;
  setFilter(filter: HistoryFilter): void;
  loadOlder(): Promise<void>;
  /** Adds the server's response before its event arrives. */
  put(job: Job): void;
}

/** Estimates and heartbeats change without an event. */
const refreshMs = 5000;
/** When a job joins or leaves the queue, all others move; several changes in a row cause one request. */
const queueMovedMs = 300;

/** The jobs, kept up to date by Server-Sent Events and, for what has none, by asking again. */
export function useJobs(firstFilter: HistoryFilter): LiveJobs {
  const [state, change] = useReducer(
    (before: JobsState, next: (before: JobsState) => JobsState) => next(before),
    firstFilter,
    (filter) => withFilter(nothingRead, filter),
  );
  const [queue, setQueue] = useState<QueueView>();
  const [workers, setWorkers] = useState<readonly WorkerView[]>();
  const [trouble, setTrouble] = useState<Trouble>();

  const refresh = useCallback(async () => {
    const [open, queueNow, workersNow] = await Promise.all([listOpen(), readQueue(), listWorkers()]);
    change((before) => withOpen(before, open, Date.now()));
    setQueue(queueNow);
    setWorkers(workersNow);
  }, []);

  const moved = useRef<ReturnType<typeof setTimeout>>();
  const refreshSoon = useCallback(() => {
    moved.current ??= setTimeout(() => {
      moved.current = undefined;
      refresh().catch(() => undefined);
    }, queueMovedMs);
  }, [refresh]);
  const takeChange = useCallback(
    (job: Job) => {
      change((before) => withChange(before, job, Date.now()));
      if (movesQueue(job)) refreshSoon();
    },
    [refreshSoon],
  );
  const { connection, restarted, dismissRestart } = useJobEvents(takeChange);

  const { filter } = state;
  const readEnded = useCallback(async () => {
    const list = await listEnded(filter);
    change((before) => (before.filter === filter ? withEnded(before, list) : before));
  }, [filter]);

  useEffect(() => {
    if (connection !== 'live') return;
    readEnded().catch((error) => setTrouble(toTrouble(error)));
  }, [connection, readEnded]);

  useEffect(() => {
    if (connection !== 'live') return;
    // A failure shows as a lost connection, which the event stream reports.
    const again = (): void => void refresh().catch(() => undefined);
    again();
    const timer = setInterval(again, refreshMs);
    return () => clearInterval(timer);
  }, [connection, refresh]);

  return {
    ...state,
    connection,
    restarted,
    queue,
    workers,
    trouble,
    dismiss() {
      setTrouble(undefined);
      dismissRestart();
    },
    setFilter: (next) => change((before) => withFilter(before, next)),
    async loadOlder() {
      try {
        const list = await listEnded(filter, state.nextCursor);
        change((before) => withOlder(before, filter, list));
      } catch (error) {
        setTrouble(toTrouble(error));
      }
    },
    put: (job) => change((before) => withChange(before, job, Date.now())),
  };
}

/** It came into the queue, left it for a worker, or left a worker free. */
function movesQueue({ state, endedAt }: Job): boolean {
  return state === 'queued' || state === 'retrieving' || endedAt !== undefined;
}
