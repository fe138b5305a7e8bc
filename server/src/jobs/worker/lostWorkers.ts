import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../database/database.js';
import { log } from '../../platform/log.js';
import type { Leases } from '../queue/leases.js';

/** Times of the heartbeat, in milliseconds. */
export interface HeartbeatTiming {
  readonly everyMs: number;
  /** A worker that is silent for this long is lost. Longer than a busy machine delays a process. */
  readonly lostAfterMs: number;
}

export const usualHeartbeat: HeartbeatTiming = { everyMs: 1000, lostAfterMs: 5000 };

/**
 * Requeues the jobs of lost workers; every server and every worker watches.
 * @returns a function that stops it
 */
export function watchForLostWorkers(
  { database, leases }: { readonly database: Database; readonly leases: Leases },
  { everyMs, lostAfterMs }: HeartbeatTiming,
): () => Promise<void> {
  const stopping = new AbortController();
  const watching = watch();
  return async () => {
    stopping.abort();
    await watching;
  };

  async function watch(): Promise<void> {
    // Silence counts only while heartbeats could arrive: not while the database was down or this host was asleep.
    let listeningSince = Date.now();
    while (!stopping.signal.aborted) {
      try {
        const patient = Date.now() - listeningSince < lostAfterMs;
        if (patient) await database.executeSql('SELECT 1');
        const lost = patient ? 0 : await leases.takeFromSilent(lostAfterMs);
        if (lost > 0) log.warn({ lost }, 'workers were not heard any more; their jobs are in the queue again');
      } catch (error) {
        listeningSince = Date.now();
        log.debug({ err: error }, 'cannot check for lost workers');
      }
      const before = Date.now();
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (Date.now() - before > everyMs + lostAfterMs / 2) listeningSince = Date.now();
    }
  }
}
