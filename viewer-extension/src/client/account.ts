import type { AccountView } from '../../../server/contract/account.js';
import { pause } from './pause.js';
import { whenRefused } from './request.js';
import { isElsewhere, onServer } from './server.js';

/** The current account, or that of nobody if there is no log-in; `out` if a session has ended or there was none. */
export type KnownAccount = AccountView | 'out';

/** The first wait after a request without a response, doubled each time. */
const firstRetryMs = 1000;
const longestRetryMs = 60_000;

/**
 * Reports the current account: now, or as soon as the server responds, when somebody returns to the page, and when the
 * server refuses a request without a sign-in.
 * @param authorization headers for each request
 * @returns stops it
 */
export function followAccount(
  authorization: () => Readonly<Record<string, string>>,
  onAccount: (account: KnownAccount) => void,
): () => void {
  let refusals = 0;
  let looking = new AbortController();
  const look = async (): Promise<void> => {
    const before = refusals;
    const response = await fetch(onServer('/api/v1/account'), { headers: authorization(), credentials: 'include' });
    if (response.status === 401) return onAccount('out');
    if (!response.ok) throw new Error(`Status ${response.status}`);
    const account = (await response.json()) as AccountView;
    // Asked before the session ended, and read after.
    if (refusals !== before) return;
    onAccount(account.kind === 'nobody' && account.signIn !== undefined ? 'out' : account);
  };
  // If the server is down, the connection's own notice says so.
  const lookUntilSeen = async (signal: AbortSignal): Promise<void> => {
    for (let wait = firstRetryMs; !signal.aborted; wait = Math.min(2 * wait, longestRetryMs)) {
      try {
        return await look();
      } catch {
        await pause(wait, signal);
      }
    }
  };
  const lookNow = (): void => {
    looking.abort();
    looking = new AbortController();
    void lookUntilSeen(looking.signal);
  };
  const stop = whenRefused(() => {
    refusals++;
    onAccount('out');
  });
  addEventListener('focus', lookNow);
  lookNow();
  return () => {
    stop();
    looking.abort();
    removeEventListener('focus', lookNow);
  };
}

/** The address for signing in and returning to this page, or on another server to its home page. */
export const signInAddress = (): string =>
  onServer(
    `/auth/sign-in?${new URLSearchParams({ to: isElsewhere() ? '/promptseg' : location.pathname + location.search })}`,
  );

/** Signs out, and leaves the page for the address where that ends. */
export async function signOut({ signOut: way }: AccountView): Promise<void> {
  if (way === undefined) return;
  if (way.method === 'GET') return location.assign(way.address);
  const response = await fetch(way.address, { method: 'POST' });
  const { location: next } = (await response.json()) as { location: string };
  location.assign(next);
}
