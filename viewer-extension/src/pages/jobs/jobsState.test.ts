import { describe, expect, it } from '@jest/globals';
import type { Job } from '../../../../server/contract/job.js';
import { filterOf, noFilter } from './historyFilter.js';
import { type JobsState, nothingRead, withChange, withEnded, withFilter, withOlder, withOpen } from './jobsState.js';

const job = (id: string, changes: Partial<Job> = {}): Job => ({
  id,
  state: 'queued',
  request: { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', prompts: ['bone'] },
  targets: [],
  createdAt: '2026-01-01T12:00:00.000Z',
  stageTimes: {},
  notes: [],
  findings: [],
  lastEventId: 1,
  ...changes,
});
const read = (open: readonly Job[], ended: readonly Job[] = []): JobsState =>
  withEnded(withOpen(nothingRead, open, 0), { segmentations: ended });
const idsOf = ({ open, ended }: JobsState) => [open?.map((seen) => seen.job.id), ended?.map(({ id }) => id)];

describe('the jobs on the page', () => {
  it('stand in the order in which they run', () => {
    const state = read([
      job('retry', { retryAt: '2026-01-01T13:00:00.000Z' }),
      job('second', { queuePosition: 2 }),
      job('first', { queuePosition: 1 }),
      job('running', { state: 'segmenting' }),
    ]);
    expect(idsOf(state)[0]).toEqual(['running', 'first', 'second', 'retry']);
    const moved = withChange(state, job('second', { state: 'retrieving', lastEventId: 2 }), 5);
    expect(idsOf(moved)[0]).toEqual(['running', 'second', 'first', 'retry']);
    expect(moved.open?.[1]?.seenAt).toBe(5);
  });

  it('move to the history when they end', () => {
    const ended = withChange(
      read([job('a')], [job('b', { state: 'completed' })]),
      job('a', { state: 'failed', lastEventId: 2 }),
      0,
    );
    expect(idsOf(ended)).toEqual([[], expect.arrayContaining(['a', 'b'])]);
    expect(idsOf(withChange(ended, job('a', { state: 'failed', lastEventId: 2 }), 0))).toEqual(idsOf(ended));
  });

  it('are not put back by an event that comes late', () => {
    const state = read([job('a', { state: 'storing', lastEventId: 7 })]);
    expect(withChange(state, job('a', { lastEventId: 3 }), 0)).toBe(state);
    const ended = withChange(state, job('a', { state: 'completed', lastEventId: 8 }), 0);
    expect(idsOf(withChange(ended, job('a', { state: 'verifying', lastEventId: 7 }), 0))).toEqual([[], ['a']]);
  });

  it('leave the queue with whatever number: one that waits has the last of all jobs', () => {
    const state = read([job('a', { lastEventId: 9 })]);
    const { open } = withChange(state, job('a', { state: 'retrieving', lastEventId: 8 }), 0);
    expect(open?.map((seen) => seen.job.state)).toEqual(['retrieving']);
  });

  it('stay out of a history that they do not fit, and that was not read yet', () => {
    const failed = withEnded(withFilter(read([job('a')]), { state: 'failed' }), { segmentations: [] });
    expect(idsOf(withChange(failed, job('a', { state: 'completed', lastEventId: 2 }), 0))).toEqual([[], []]);
    expect(idsOf(withChange(nothingRead, job('a', { state: 'completed' }), 0))).toEqual([undefined, undefined]);
  });

  it('leave a history of one review with another one', () => {
    const draft = job('a', { state: 'completed', review: { state: 'draft' } });
    const drafts = withEnded(withFilter(read([]), { review: 'draft' }), { segmentations: [draft] });
    const accepted = job('a', { state: 'completed', review: { state: 'accepted' }, lastEventId: 2 });
    expect(idsOf(withChange(drafts, accepted, 0))).toEqual([[], []]);
    expect(idsOf(withChange(drafts, { ...draft, lastEventId: 2 }, 0))).toEqual([[], ['a']]);
    expect(filterOf({ ...noFilter, review: 'draft' })).toEqual({ review: 'draft' });
  });

  it('come page by page, each once, and never into the list of another filter', () => {
    const first = withEnded(nothingRead, { segmentations: [job('a'), job('b')], nextCursor: '2' });
    const both = withOlder(first, first.filter, { segmentations: [job('b'), job('c')] });
    expect([idsOf(both)[1], both.nextCursor]).toEqual([['a', 'b', 'c'], undefined]);
    const other = withFilter(first, { state: 'failed' });
    expect(withOlder(other, first.filter, { segmentations: [job('c')] })).toBe(other);
  });
});

describe('the filters', () => {
  it('are days of the reader, the last one included', () => {
    const { since, until } = filterOf({ ...noFilter, from: '2026-01-31', to: '2026-01-31' });
    expect([since, until]).toEqual([new Date(2026, 0, 31), new Date(2026, 1, 1)]);
    expect(filterOf({ ...noFilter, state: 'running', from: '31.1.2026' })).toEqual({});
  });
});
