import { expect, it } from '@jest/globals';
import { PromptsegError } from '../../platform/errors.js';
import { isTechnicalNote } from '../../values/technicalNotes.js';
import { promptLimit } from './promptLimit.js';

const outOfMemory = new PromptsegError('memory-insufficient', 'Ran out.', { cause: new Error('out of memory') });

it('halves the prompts of a run until one is left', () => {
  const limit = promptLimit(16);
  expect([limit.atOnce, limit.notes]).toEqual([16, []]);
  const lowered = [limit.lower(outOfMemory, 5), limit.lower(outOfMemory, 3), limit.lower(outOfMemory, 2)];
  expect([...lowered, limit.atOnce]).toEqual([true, true, true, 1]);
  expect(limit.lower(outOfMemory, 1)).toBe(false);
  expect(limit.notes).toEqual(['The model ran on one prompt at a time, because memory ran out with 5.']);
  expect(isTechnicalNote(limit.notes[0]!)).toBe(true);
});

it.each([
  ['a refusal by estimate', new PromptsegError('memory-insufficient', 'Needs 9 GB.')],
  ['a lost device', new PromptsegError('internal', 'Lost.', { cause: new Error('lost') })],
  ['another error', new Error('out of memory')],
])('does not repeat a run because of %s', (_what, error) => {
  const limit = promptLimit(16);
  expect([limit.lower(error, 8), limit.atOnce, limit.notes]).toEqual([false, 16, []]);
});
