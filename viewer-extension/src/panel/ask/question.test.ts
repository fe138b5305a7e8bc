import { describe, expect, it } from '@jest/globals';
import {
  addPrompts,
  askedOf,
  changePrompt,
  editPrompt,
  keepText,
  nothingAsked,
  promptsOf,
  removePrompt,
  requestOf,
} from './question.js';

const series = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
const two = addPrompts({ ...nothingAsked, text: 'fat' }, ['bone', 'lungs']);
const [bone, lungs] = two.prompts;

describe('a question', () => {
  it('asks for the chips and then for what stands in the box', () => {
    expect(promptsOf(two)).toEqual(['bone', 'lungs', 'fat']);
    expect(promptsOf(nothingAsked)).toEqual([]);
  });

  it('takes a text once, in whatever case, and no more than the server does', () => {
    expect(promptsOf(addPrompts(two, ['BONE', 'airways', 'Airways', '']))).toEqual(['bone', 'lungs', 'airways', 'fat']);
    const many = Array.from({ length: 150 }, (_, index) => `structure ${index}`);
    expect(promptsOf(addPrompts(two, many))).toHaveLength(100);
  });

  it('makes chips of what stands in the box, one per line', () => {
    const kept = keepText({ ...two, text: 'fat\n soft tissue ' });
    expect([kept.prompts.map(({ text }) => text), kept.text]).toEqual([['bone', 'lungs', 'fat', 'soft tissue'], '']);
    expect(keepText({ ...two, text: '  ' }).prompts).toEqual(two.prompts);
  });

  it('takes chips away and changes them, each by its key', () => {
    expect(promptsOf(removePrompt(two, bone!.key))).toEqual(['lungs', 'fat']);
    expect(promptsOf(changePrompt(two, lungs!.key, 'left lung'))).toEqual(['bone', 'left lung', 'fat']);
    expect(removePrompt(two, -1)).toEqual(two);
  });

  it('puts a chip back into the box and loses nothing that stood there', () => {
    const edited = editPrompt(two, bone!.key);
    expect([edited.prompts.map(({ text }) => text), edited.text]).toEqual([['lungs', 'fat'], 'bone']);
    expect(editPrompt(two, -1)).toEqual(two);
  });

  it('is sent with what was chosen, and with nothing where the server is to choose', () => {
    expect(requestOf(two, series, undefined)).toEqual({ ...series, prompts: ['bone', 'lungs', 'fat'] });
    const stack = { seriesInstanceUID: '1.2.3', id: 'echo-1' };
    expect(requestOf({ ...two, model: 'head', stack }, series, { measurementReport: true })).toEqual({
      ...series,
      prompts: ['bone', 'lungs', 'fat'],
      model: 'head',
      stack: 'echo-1',
      output: { measurementReport: true },
    });
  });

  it('is another one on another series, and none without a prompt', () => {
    expect(askedOf(two, '1.2.3')).not.toBe(askedOf(two, '1.2.4'));
    expect(askedOf(two, '1.2.3')).toBe(askedOf(two, '1.2.3'));
    expect(askedOf(nothingAsked, '1.2.3')).toBe('');
  });

  it('sends no stack of another series', () => {
    const stack = { seriesInstanceUID: '9.9', id: 'echo-1' };
    expect(requestOf({ ...two, stack }, series, undefined)).not.toHaveProperty('stack');
  });
});
