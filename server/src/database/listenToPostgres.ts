import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { log } from '../platform/log.js';
import type { Notifications } from './database.js';

export interface Listening {
  stop(): Promise<void>;
}

/** A silent connection is checked at this interval: a firewall that dropped it gives no sign. */
const aliveMs = 15_000;
const reconnectMs = 500;

/**
 * Follows channels on a separate connection and replaces it when it breaks. Resolves when the channels are followed for
 * the first time.
 */
export async function listenToPostgres(
  settings: pg.ClientConfig,
  { channels, onGap }: Notifications,
): Promise<Listening> {
  const stopping = new AbortController();
  let client = await connect(settings, channels);
  const following = keepFollowing();

  async function keepFollowing(): Promise<void> {
    for (;;) {
      await untilBroken(client, stopping.signal);
      const next = await reconnect();
      if (next === undefined) return;
      client = next;
      onGap();
    }
  }

  async function reconnect(): Promise<pg.Client | undefined> {
    while (!stopping.signal.aborted) {
      try {
        return await connect(settings, channels);
      } catch (error) {
        log.debug({ err: error }, 'cannot listen to the database');
        await sleep(reconnectMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
    return undefined;
  }

  return {
    async stop() {
      stopping.abort();
      await following;
    },
  };
}

async function connect(settings: pg.ClientConfig, channels: Notifications['channels']): Promise<pg.Client> {
  const client = new pg.Client(settings);
  client.on('error', (error) => log.debug({ err: error }, 'a listening database connection broke'));
  client.on('notification', ({ channel, payload = '' }) => channels[channel]?.(payload));
  await client.connect();
  for (const channel of Object.keys(channels)) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
  return client;
}

/** Waits for the end of the connection, or for the signal; then closes it. */
async function untilBroken(client: pg.Client, signal: AbortSignal): Promise<void> {
  const broken = new AbortController();
  const alive = setInterval(() => client.query('SELECT 1').catch(() => broken.abort()), aliveMs);
  const either = AbortSignal.any([signal, broken.signal]);
  await once(client, 'end', { signal: either }).catch(() => {});
  clearInterval(alive);
  await client.end().catch(() => {});
}
