import { EventEmitter } from 'node:events';
import { expect, it } from '@jest/globals';
import type { Request } from 'express';
import type { Cookies } from './cookies.js';
import { sessionCookie } from './credentials.js';
import type { OpenIdProvider } from './openIdProvider.js';
import type { Session, Sessions, SignedIn } from './sessions.js';

const tokens = (number: number, accessExpiresAt: number): SignedIn => ({
  subject: 'ada',
  displayName: 'Ada Löwe',
  roles: [],
  accessToken: `access ${number}`,
  refreshToken: `refresh ${number}`,
  idToken: '',
  accessExpiresAt,
});

it('a request that read the session before a refresh, and goes on after it, uses no refresh token twice', async () => {
  const past = Date.now() - 1000;
  let stored = tokens(1, past);
  const session = (signedIn: SignedIn): Session => ({ id: 'one', signedIn, endsAt: new Date(Date.now() + 60_000) });
  /** The slow request's row from the database, taken before the refresh. */
  let release: (found: Session) => void = () => {};
  const reads: (Promise<Session> | undefined)[] = [
    undefined,
    new Promise((resolve) => {
      release = resolve;
    }),
  ];
  const used: (string | undefined)[] = [];
  const credential = sessionCookie({
    cookies: { readSession: () => 'cookie' } as unknown as Cookies,
    sessions: {
      find: () => reads.shift() ?? Promise.resolve(session(stored)),
      renew: async (_: string, signedIn: SignedIn) => {
        stored = signedIn;
      },
      end: async () => {
        throw new Error('The session was ended.');
      },
    } as unknown as Sessions,
    provider: {
      refresh: async ({ refreshToken }: SignedIn) => {
        used.push(refreshToken);
        return tokens(2, Date.now() + 600_000);
      },
    } as unknown as OpenIdProvider,
    ended: new EventEmitter(),
  });
  const request = { method: 'GET', headers: {} } as Request;
  const before = session(stored);
  const quick = credential(request);
  const slow = credential(request);
  expect((await quick)?.token).toBe('access 2');
  release(before);
  expect((await slow)?.token).toBe('access 2');
  expect(used).toEqual(['refresh 1']);
});
