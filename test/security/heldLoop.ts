import { existsSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const preloaded = pathToFileURL(new URL('turnsOfTheLoop.mjs', import.meta.url).pathname).href;

/** Whether CPU time of one thread can be read here. */
export const canMeasureTurns = 'threadCpuUsage' in process || existsSync('/proc/thread-self/schedstat');

/** Settings of a server whose turns are measured. @param socket path of a Unix socket that the server will listen on */
export const measuringTurns = (socket: string): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${preloaded}`,
  PROMPTSEG_TEST_TURNS: socket,
});

/**
 * CPU time of the longest turn of the server's event loop while `work` is done, as a multiple of a reference
 * (turnsOfTheLoop.mjs): of interest beside that of another run only.
 */
export async function longestTurnDuring<T>(
  { socket }: { readonly socket: string },
  work: () => Promise<T>,
): Promise<{ readonly longest: number; readonly result: T }> {
  await longestTurn(socket);
  const result = await work();
  return { longest: await longestTurn(socket), result };
}

/** The same while only `/healthz` is asked, one probe after the other, for 1.5 s. */
export const longestQuietTurn = async (server: { readonly url: string; readonly socket: string }): Promise<number> =>
  (await longestTurnDuring(server, () => probeUntil(AbortSignal.timeout(1500), server.url))).longest;

/** Since it was asked last. */
const longestTurn = async (socket: string): Promise<number> => Number(await text(connect(socket)));

async function probeUntil(done: AbortSignal, url: string): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    while (!done.aborted) {
      await probe(url, agent);
      await sleep(1);
    }
  } finally {
    agent.destroy();
  }
}

const probe = (url: string, agent: http.Agent): Promise<void> =>
  new Promise((resolve, reject) => {
    http
      .get(`${url}/healthz`, { agent }, (response) => {
        response.resume();
        response.once('end', resolve);
      })
      .once('error', reject);
  });
