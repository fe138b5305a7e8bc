import { describe, expect, it } from '@jest/globals';
import { readAhead } from './readAhead.js';
import { resolveEach } from './resolvePrompts.js';
import { boneVocabulary as vocabulary } from './testing/exampleVocabularies.js';

describe('prompts that are read ahead', () => {
  const prompts = ['bone', 'skeletom', '"a free text"', 'liver'];

  it('are understood as they are without', async () => {
    const expected = [false, true].map((freeText) => resolveEach(prompts, vocabulary, { freeText }));
    await readAhead(prompts, [{ vocabulary }, { vocabulary, freeText: true }]);
    const read = [false, true].map((freeText) => resolveEach(prompts, vocabulary, { freeText }));
    expect(read).toEqual(expected);
    // The very same list: it was not worked out again.
    expect(resolveEach(prompts, vocabulary)).toBe(read[0]);
  });

  it('give way to others after each prompt, also where many lists wait', async () => {
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns++;
      if (!done) setImmediate(count);
    };
    const lists = Array.from({ length: 5 }, (_, list) => prompts.map((prompt) => `${prompt} ${list}`));
    setImmediate(count);
    await Promise.all(lists.map((list) => readAhead(list, [{ vocabulary }])));
    done = true;
    expect(turns).toBeGreaterThanOrEqual(lists.length * prompts.length);
  });
});
