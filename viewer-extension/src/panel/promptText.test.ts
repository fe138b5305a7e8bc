import { describe, expect, it } from '@jest/globals';
import { promptsOf, replacePart } from './promptText.js';

describe('promptsOf', () => {
  it('takes each line for a prompt and leaves blank lines out', () => {
    expect(promptsOf(' left lung \n\n  bone and spleen\n')).toEqual(['left lung', 'bone and spleen']);
    expect(promptsOf(' \n ')).toEqual([]);
  });
});

describe('replacePart', () => {
  it('replaces the part that was not known, in whatever case it was typed', () => {
    expect(replacePart('Left lung and SPLEAN', 'splean', 'Spleen')).toBe('Left lung and Spleen');
  });

  it('adds the suggestion where the server reworded the part', () => {
    expect(replacePart('left lung ', 'splean', 'Spleen')).toBe('left lung, Spleen');
    expect(replacePart('', 'splean', 'Spleen')).toBe('Spleen');
  });

  it('keeps a suggestion that looks like a replacement pattern as it is', () => {
    expect(replacePart('x', 'x', '$& $1')).toBe('$& $1');
  });
});
