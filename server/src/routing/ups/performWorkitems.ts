import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '../../platform/log.js';
import type { Worklist } from './worklist.js';

const everyMs = 60_000;

/**
 * Starts workitems without a performer, now and every minute.
 * @returns a function that stops it
 */
export function performWorkitems(worklist: Pick<Worklist, 'performWaiting'>): () => Promise<void> {
  const stopping = new AbortController();
  const performing = perform();
  return async () => {
    stopping.abort();
    await performing;
  };

  async function perform(): Promise<void> {
    while (!stopping.signal.aborted) {
      await worklist.performWaiting().catch((error) => log.warn({ err: error }, 'the workitems cannot be read'));
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }
}
