import { setTimeout as sleep } from 'node:timers/promises';
import { waitLimitMs } from './limits.mjs';

/**
 * Waits until something can be seen, however long the machine takes.
 *
 * @param look called repeatedly; undefined or false means not yet
 * @returns the result of `look`
 * @throws Error with the source of `look` after the time that only a hang reaches
 */
export async function until<Seen>(look: () => Seen | Promise<Seen>): Promise<Exclude<Seen, undefined | false>> {
  for (const deadline = performance.now() + waitLimitMs; performance.now() < deadline; await sleep(20)) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen as Exclude<Seen, undefined | false>;
  }
  throw new Error(`Waited ${waitLimitMs / 60_000} minutes in vain for ${look}`);
}
