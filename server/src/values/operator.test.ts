import { describe, expect, it } from '@jest/globals';
import { operatorFrom } from './operator.js';

const ada = { kind: 'user', subject: 'ada', displayName: 'Ada Lovelace' } as const;
const key = { kind: 'key', subject: '0123456789ab', displayName: 'nightly cohort' } as const;

describe('who a stored object names', () => {
  it('is a person with the account by which a named institution knows them', () => {
    expect(operatorFrom(ada, 'Example Hospital')).toEqual({
      name: 'Ada Lovelace',
      account: { subject: 'ada', institution: 'Example Hospital' },
    });
    expect(operatorFrom(ada, undefined)).toEqual({ name: 'Ada Lovelace' });
  });

  it('is a program by its name: no institution has it among its people', () => {
    expect(operatorFrom(key, 'Example Hospital')).toEqual({ name: 'nightly cohort' });
  });

  it('is nobody where nobody had signed in', () => {
    expect(operatorFrom(undefined, 'Example Hospital')).toBeUndefined();
  });
});
