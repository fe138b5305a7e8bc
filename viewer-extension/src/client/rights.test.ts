import { describe, expect, it } from '@jest/globals';
import type { KnownAccount } from './account.js';
import { rightsOf } from './rights.js';

const ada = { kind: 'user', subject: 'ada', displayName: 'Ada' } as const;
const accountWith = (...scopes: string[]): KnownAccount => ({ ...ada, scopes });

describe('the rights of an account', () => {
  it('are its scopes', () => {
    expect(rightsOf(accountWith('jobs:read')).may('jobs:read')).toBe(true);
    expect(rightsOf(accountWith('jobs:read')).may('jobs:write')).toBe(false);
    expect(rightsOf(accountWith()).may('jobs:read')).toBe(false);
  });

  it('are not narrowed before it is known, and after signing out: the server says what is wrong', () => {
    for (const account of [undefined, 'out'] as const) {
      expect(rightsOf(account).may('rules:write')).toBe(true);
      expect(rightsOf(account).mayDelete(undefined)).toBe(true);
    }
  });

  it('to delete a result are those of its maker, and of those who may delete all', () => {
    const researcher = rightsOf(accountWith('jobs:write'));
    expect(researcher.mayDelete({ ...ada, displayName: 'Ada before she married' })).toBe(true);
    expect(researcher.mayDelete({ ...ada, subject: 'bob' })).toBe(false);
    // A key of the same id is somebody else.
    expect(researcher.mayDelete({ ...ada, kind: 'key' })).toBe(false);
    expect(researcher.mayDelete(undefined)).toBe(false);
    expect(rightsOf(accountWith('jobs:read')).mayDelete(ada)).toBe(false);
    expect(rightsOf(accountWith('results:delete')).mayDelete({ ...ada, subject: 'bob' })).toBe(true);
  });
});
