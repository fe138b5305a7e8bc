import { describe, expect, it } from '@jest/globals';
import { lastPart, linesOf, longestPrompt, replacePart } from './promptParts.js';

describe('lastPart', () => {
  it.each([
    ['', '', ''],
    ['left hipp', '', 'left hipp'],
    ['left lung, hipp', 'left lung', 'hipp'],
    ['left lung and ', 'left lung', ''],
    ['linke Lunge und Kno', 'linke Lunge', 'Kno'],
    ['a; b / c and d', 'a; b / c', 'd'],
    // No separators: parts of words.
    ['gland', '', 'gland'],
    ['brain stem', '', 'brain stem'],
  ])('%j is %j and then %j', (text, before, typed) => expect(lastPart(text)).toEqual({ before, typed }));
});

describe('linesOf', () => {
  it('takes each line of a pasted text for a prompt and leaves blank lines out', () => {
    expect(linesOf(' left lung \r\n\n  bone and spleen\n')).toEqual(['left lung', 'bone and spleen']);
    expect(linesOf(' \n ')).toEqual([]);
    expect(linesOf('x'.repeat(5000))[0]).toHaveLength(longestPrompt);
  });
});

describe('replacePart', () => {
  it('replaces the part that was not known, in whatever case it was typed', () => {
    expect(replacePart('Left lung and SPLEAN', 'splean', 'Spleen')).toBe('Left lung and Spleen');
  });

  it('replaces a word, not letters within another one', () => {
    expect(replacePart('heart and ear', 'ear', 'Left ear')).toBe('heart and Left ear');
    expect(replacePart('heart, ear', 'ear', '')).toBe('heart');
    expect(replacePart('heartear', 'ear', 'Ear')).toBe('hEartear');
  });

  it('adds the suggestion where the server reworded the part', () => {
    expect(replacePart('left lung ', 'splean', 'Spleen')).toBe('left lung, Spleen');
    expect(replacePart('', 'splean', 'Spleen')).toBe('Spleen');
  });

  it.each([
    ['liver and left lung', 'left lung'],
    ['left lung and Liver', 'left lung'],
    ['left lung, liver, bone', 'left lung, bone'],
    ['left lung, liver and bone', 'left lung and bone'],
    ['liver', ''],
    ['left lung', 'left lung'],
  ])('takes a part out with what separates it: %j becomes %j', (text, rest) => {
    expect(replacePart(text, 'liver', '')).toBe(rest);
  });

  it('keeps a suggestion that looks like a replacement pattern as it is', () => {
    expect(replacePart('x', 'x', '$& $1')).toBe('$& $1');
  });
});
