import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { AccountView } from '../../../server/contract/account.js';
import { followAccount, type KnownAccount } from './account.js';
import { emitRefused } from './request.js';

const nobody = { kind: 'nobody', displayName: 'nobody', roles: [] } as unknown as AccountView;
const reply = (status: number): Response => Response.json(nobody, { status });

const real = { fetch: globalThis.fetch, add: globalThis.addEventListener, remove: globalThis.removeEventListener };
/** What the server does with each request; the last goes on. */
let replies: (Response | 'none')[];
let asked: number;
let known: KnownAccount[];
let stop: () => void;

beforeEach(() => {
  jest.useFakeTimers();
  asked = 0;
  known = [];
  globalThis.addEventListener = () => {};
  globalThis.removeEventListener = () => {};
  globalThis.fetch = async () => {
    const given = replies[Math.min(asked++, replies.length - 1)]!;
    if (given === 'none') throw new TypeError('fetch failed');
    return given.clone();
  };
});
afterEach(() => {
  stop();
  jest.useRealTimers();
  Object.assign(globalThis, { fetch: real.fetch, addEventListener: real.add, removeEventListener: real.remove });
});

const follow = (given: typeof replies): void => {
  replies = given;
  stop = followAccount(
    () => ({}),
    (account) => known.push(account),
  );
};

it('asks again, at longer and longer intervals, until the server responds', async () => {
  follow(['none', reply(503), 'none', reply(200)]);
  await jest.advanceTimersByTimeAsync(0);
  expect([asked, known]).toEqual([1, []]);
  await jest.advanceTimersByTimeAsync(1000);
  expect([asked, known]).toEqual([2, []]);
  await jest.advanceTimersByTimeAsync(2000);
  expect([asked, known]).toEqual([3, []]);
  await jest.advanceTimersByTimeAsync(4000);
  expect([asked, known]).toEqual([4, [nobody]]);
  await jest.advanceTimersByTimeAsync(3_600_000);
  expect(asked).toBe(4);
});

it('sends no further request once it is stopped, or knows that nobody is signed in', async () => {
  follow(['none']);
  await jest.advanceTimersByTimeAsync(0);
  stop();
  await jest.advanceTimersByTimeAsync(3_600_000);
  expect(asked).toBe(1);
  follow([reply(401)]);
  await jest.advanceTimersByTimeAsync(3_600_000);
  expect([asked, known]).toEqual([2, ['out']]);
});

it('an account that was asked for before a refusal does not overrule it', async () => {
  follow([reply(200)]);
  emitRefused();
  await jest.advanceTimersByTimeAsync(0);
  expect(known).toEqual(['out']);
});
