import { setTimeout as sleep } from 'node:timers/promises';
import { waitLimitMs } from './limits.mjs';

/**
 * Waits before the next look: 20 ms at first, then a twentieth of the time waited so far, at most a tenth of a second.
 * A look costs processor time, which what is waited for needs; but what is waited for may not last.
 *
 * @param start when the wait began, by `performance.now()`
 */
export const beforeNextLook = (start: number): Promise<void> =>
  sleep(Math.min(100, Math.max(20, (performance.now() - start) / 20)));

/**
 * Waits until something can be seen, however long the machine takes.
 *
 * @param look called repeatedly; undefined or false means not yet
 * @returns the result of `look`
 * @throws Error with the source of `look` after the time that only a hang reaches
 */
export async function until<Seen>(look: () => Seen | Promise<Seen>): Promise<Exclude<Seen, undefined | false>> {
  for (const start = performance.now(); performance.now() - start < waitLimitMs; await beforeNextLook(start)) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen as Exclude<Seen, undefined | false>;
  }
  throw new Error(`Waited ${waitLimitMs / 60_000} minutes in vain for ${look}`);
}
