import { describe, expect, it } from '@jest/globals';
import { resolvePrompts } from './resolvePrompts.js';
import { tissueVocabulary } from './testing/exampleVocabularies.js';

const vocabulary = {
  ...tissueVocabulary,
  notOffered: [
    { name: 'kidney', synonyms: ['kidneys', 'ren'], why: 'its Dice was 0.61.' },
    { name: 'urinary bladder', synonyms: ['bladder'], why: 'its Dice was 0.65.' },
    { name: 'bona', synonyms: [], why: 'nobody knows it.' },
  ],
};
const read = (text: string) =>
  resolvePrompts([text], vocabulary).map((part) =>
    part.status === 'understood' ? part.targets.map(({ name }) => name).join(', ') : `${part.code}: ${part.reason}`,
  );
const kidney = 'not-offered: This model was taught “kidney”, but does not offer it: its Dice was 0.61.';

describe('what a model was taught and does not offer', () => {
  it.each(['kidney', 'left kidney', 'the right kidney, please', 'segment the kidney', 'both kidney', 'Kidney (L)'])(
    '“%s” is refused with the reason',
    (text) => expect(read(text)).toEqual([kidney]),
  );

  it('is known by its other names, in any order of their words', () => {
    expect(read('kidneys')).toEqual([kidney.replace('“kidney”', '“kidneys”')]);
    expect(read('bladder')[0]).toMatch(/^not-offered: .*0\.65/);
    expect(read('urinary_bladder')[0]).toMatch(/^not-offered: .*“urinary”, “bladder”.*0\.65/);
  });

  it('is no slip of what the model offers', () => expect(read('bona')[0]).toMatch(/^not-offered/));

  it('leaves the other parts alone, and what only has a word of it', () => {
    expect(read('bone, kidney, fat')).toEqual(['bone', kidney, 'fat']);
    expect(read('kidney stone')[0]).toMatch(/^not-in-model/);
    expect(read('urinary umbrella')[0]).toMatch(/^unknown-words/);
  });
});
