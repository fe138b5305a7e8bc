import { describe, expect, it } from '@jest/globals';
import { parseInput } from '../../http/problems.js';
import { filterOf, listQuerySchema } from './listQuery.js';

const read = (query: Record<string, string>) => filterOf(parseInput(listQuerySchema, query));

describe('the query of a list of jobs', () => {
  it('filters nothing where it says nothing', () => {
    expect(read({})).toEqual({ limit: 100 });
  });

  it('names study, model, time and page', () => {
    expect(
      read({
        study: '1.2',
        model: 'head',
        since: '2026-01-01T00:00:00Z',
        until: '2026-02-01T00:00:00+01:00',
        cursor: '42',
        limit: '7',
      }),
    ).toEqual({
      studyInstanceUID: '1.2',
      model: 'head',
      since: new Date('2026-01-01T00:00:00Z'),
      until: new Date('2026-01-31T23:00:00Z'),
      before: 42,
      limit: 7,
    });
  });

  it('names one state, or all open or ended ones', () => {
    expect(read({ state: 'failed' }).states).toEqual(['failed']);
    expect(read({ state: 'ended' }).states).toEqual(['completed', 'failed', 'cancelled']);
    const open = read({ state: 'open' }).states;
    expect(open).toContain('queued');
    expect(open).toContain('verifying');
    expect(open).not.toContain('completed');
  });

  it.each([
    ['state', 'running'],
    ['since', 'yesterday'],
    ['cursor', "1' OR true"],
    ['limit', '501'],
    ['study', '../..'],
  ])('refuses a wrong %s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(expect.objectContaining({ code: 'request-invalid' }));
  });
});
