import { describe, expect, it } from '@jest/globals';
import { element } from '#contract/dicomJson.js';
import { matches, readQuery } from './searchWorkitems.js';

const isFound = (text: string, pattern: string): Promise<boolean> =>
  matches({ '00104000': element('LT', text) }, readQuery(new URLSearchParams({ PatientComments: pattern })).matching);

/** The same by a regular expression, which is slow for hostile patterns only. */
const byRegularExpression = (text: string, pattern: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/\*+/g, '[^]*').replaceAll('?', '[^]')}$`).test(text);

const textOf = (letters: string, length: number, seed: number): string =>
  Array.from(
    { length },
    (_, n) => letters[Math.floor(Math.abs(Math.sin(seed * 97 + n * 13)) * 1e4) % letters.length],
  ).join('');

describe('a pattern with wild cards', () => {
  it.each([
    ['bone', 'bone', true],
    ['bone', 'b?ne', true],
    ['bone', 'b?e', false],
    ['bone', '*', true],
    ['bone', '****', true],
    ['bone', '?*', true],
    ['bone', '*????', true],
    ['bone', '*?????', false],
    ['bone', 'b*bone', false],
    ['abab', '*ab*ab', true],
    ['aba', '*ab*ba', false],
    ['left lung', '*l?ng*', true],
    ['left lung', '*l?ng?*', false],
    [`${'a'.repeat(70)}b`, `*${'a'.repeat(64)}b*`, true],
    [`${'a'.repeat(63)}b`, `*${'a'.repeat(64)}b*`, false],
    [`x${'ab'.repeat(40)}y`, `*${'?b'.repeat(40)}y`, true],
  ])('“%s” and “%s”: %s', async (text, pattern, expected) => {
    expect(await isFound(text, pattern)).toBe(expected);
  });

  it('finds what a regular expression finds', async () => {
    let found = 0;
    for (let seed = 1; seed <= 500; seed++) {
      const text = textOf('ab', 1 + (seed % 14), seed);
      const pattern = textOf(seed % 2 === 0 ? 'ab?*' : 'ab*', 1 + (seed % 6), -seed);
      const expected = byRegularExpression(text, pattern);
      expect([text, pattern, await isFound(text, pattern)]).toEqual([text, pattern, expected]);
      if (expected) found++;
    }
    expect(found).toBeGreaterThan(50);
  });
});
