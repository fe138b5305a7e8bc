import { describe, expect, it } from '@jest/globals';
import { resolvePrompts } from './resolvePrompts.js';
import { searchVocabulary } from './searchVocabulary.js';
import { headVocabulary } from './testing/exampleVocabularies.js';

const names = (texts: readonly string[]) =>
  resolvePrompts(texts, headVocabulary).flatMap((part) =>
    part.status === 'understood' ? part.targets.map(({ id }) => id) : [],
  );

describe('hostile and broken texts', () => {
  it.each([
    ['10,000 letters', 'a'.repeat(10_000)],
    ['10,000 times a name', 'hippocampus '.repeat(10_000)],
    ['10,000 sides', 'left '.repeat(10_000)],
    ['2,000 separators', ','.repeat(2000)],
    ['2,000 different sides', 'left, right '.repeat(166)],
    ['one long word', 'hippocampus'.repeat(180)],
    ['control characters', '\u0000\u0001\u001b[31m\u007f'],
    ['HTML', '<img src=x onerror=alert(1)>'],
    ['a lone surrogate', '\ud83e \udec1'],
    ['marks without letters', '\u0301\u0302\u0303'],
    ['words of objects', 'constructor __proto__ toString hasOwnProperty'],
    ['an empty text', ''],
    ['a blank text', ' \t\n '],
  ])('%s: at least one resolution, and never a target by accident', (_, text) => {
    const parts = resolvePrompts([text], headVocabulary);
    expect(parts.length).toBeGreaterThanOrEqual(1);
    expect(parts.filter(({ status }) => status === 'understood')).toEqual([]);
    expect(() => searchVocabulary(text, headVocabulary, 10)).not.toThrow();
  });

  it('gives back only the beginning of a text that is too long to read', () => {
    const [part] = resolvePrompts(['hippocampus, '.repeat(1000)], headVocabulary);
    expect(part?.prompt.length).toBeLessThan(120);
    expect(part?.status === 'unknown' && part.reason).toMatch(/longer than 2000/);
  });

  it('reads names within markup, emoji, direction marks and invisible characters', () => {
    expect(names(['\u202eleft hippocampus\u202c'])).toEqual(['left-hippocampus']);
    expect(names(['🧠 brain 🧠'])).toEqual(['brain']);
    expect(names(['"left\u00a0hippo\u00adcampus"'])).toEqual(['left-hippocampus']);
    expect(names(['ｌｅｆｔ ｈｉｐｐｏｃａｍｐｕｓ'])).toEqual(['left-hippocampus']);
  });

  it('resolves many prompts in order', () => {
    expect(names(['brain', 'nonsense', 'left thalamus; brain'])).toEqual(['brain', 'left-thalamus', 'brain']);
    expect(resolvePrompts([], headVocabulary)).toEqual([]);
  });

  it('says which part of the text it understood, as typed', () => {
    const text = 'Please show me the  LEFT   Hippocampus, and the Spleen in this scan!';
    const prompts = resolvePrompts([text], headVocabulary).map(({ prompt }) => prompt);
    expect(prompts).toEqual(['LEFT   Hippocampus', 'Spleen']);
  });
});
