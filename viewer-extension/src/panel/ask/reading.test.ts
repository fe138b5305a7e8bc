import { describe, expect, it } from '@jest/globals';
import type { ResolutionView } from '../../../../server/contract/prompts.js';
import { leftLung } from '../../testing/jobs.js';
import { markUnknown, readingOf } from './reading.js';

const part = (prompt: string, isKnown: boolean): ResolutionView => ({
  promptIndex: 0,
  prompt,
  targets: isKnown ? [leftLung] : [],
  nearest: [],
});
const marked = (text: string, ...parts: ResolutionView[]) =>
  markUnknown(text, parts)
    .map((piece) => (piece.isUnknown ? `[${piece.text}]` : piece.text))
    .join('');

describe('markUnknown', () => {
  it('marks what is not understood where it was typed, and nothing else', () => {
    expect(marked('liver and left lung', part('liver', false), part('left lung', true))).toBe('[liver] and left lung');
    expect(marked('left lung, Liver!', part('left lung', true), part('liver', false))).toBe('left lung, [Liver]!');
    expect(marked('left lung', part('left lung', true))).toBe('left lung');
  });

  it('marks the second of two equal words where that is meant', () => {
    expect(marked('lung (left lung)', part('lung', true), part('lung', false))).toBe('lung (left [lung])');
  });

  it('marks no letters within another word', () => {
    expect(marked('heart and ear', part('ear', false))).toBe('heart and [ear]');
    expect(marked('heart and ear', part('heart', true), part('ear', false))).toBe('heart and [ear]');
    expect(marked('Gehör, Öhr', part('öhr', false))).toBe('Gehör, [Öhr]');
    expect(marked('3rd rib, ribs', part('rib', false))).toBe('3rd [rib], ribs');
  });

  it('leaves unmarked what the server worded differently', () => {
    expect(marked('lungs', part('the lungs', false))).toBe('lungs');
    expect(marked('', part('lungs', false))).toBe('');
  });
});

describe('readingOf', () => {
  const view = {
    model: 'head',
    because: 'only' as const,
    reason: '',
    resolutions: [part('liver', false), part('left lung', true)],
  };

  it('counts what a run would do, and names what it would leave out', () => {
    expect(readingOf({ prompts: ['liver and left lung'], view }, ['liver and left lung'])).toEqual({
      parts: 2,
      understood: 1,
      unknown: ['liver'],
    });
  });

  it('knows nothing until the response is in', () => {
    expect(readingOf({ prompts: ['liver'], view }, ['liver and left lung'])).toBeUndefined();
    expect(readingOf({ prompts: ['liver'], trouble: { sentence: '', nextStep: '' } }, ['liver'])).toBeUndefined();
  });
});
