import { describe, expect, it } from '@jest/globals';
import type { PromptResolution } from './promptResolution.js';
import { resolveEach, resolvePrompts } from './resolvePrompts.js';
import { headVocabulary, tissueVocabulary } from './testing/exampleVocabularies.js';

const freeText = { freeText: true };
/** What the parts of a text are: names, ~words of free text, ?parts that are not understood. */
const read = (text: string, vocabulary = tissueVocabulary, options: { freeText: boolean } = freeText): string[] =>
  resolvePrompts([text], vocabulary, options).map(inWords);
const inWords = (part: PromptResolution): string =>
  part.status === 'unknown'
    ? `?${part.prompt}`
    : part.targets.map(({ name, freeText: words }) => (words === undefined ? name : `~${words}`)).join(' + ');

describe('words in quotation marks, of a model that reads free text', () => {
  it.each([
    ['"perihepatic fluid"', ['~perihepatic fluid']],
    ['“perihepatic fluid”', ['~perihepatic fluid']],
    ['„Aszites am Leberrand“', ['~Aszites am Leberrand']],
    ['«épanchement»', ['~épanchement']],
    ['"fluid,  pus\n and blood"', ['~fluid, pus and blood']],
    ['bone, "perihepatic fluid" and left lung', ['bone', '~perihepatic fluid', 'left lung']],
    ['please segment the "perihepatic fluid"', ['~perihepatic fluid']],
    ['"hypodense lesion", "hyperdense lesion"', ['~hypodense lesion', '~hyperdense lesion']],
  ])('%s are asked as they stand', (text, parts) => expect(read(text)).toEqual(parts));

  it.each([
    ['"Bone"', ['bone']],
    ['"lungs"', ['left lung + right lung']],
    ['"skeleton" and "fat"', ['bone', 'fat']],
    ['left "lung"', ['left lung']],
    ['"the lungs"', ['left lung + right lung']],
  ])('%s are what the vocabulary has', (text, parts) => expect(read(text)).toEqual(parts));

  it('are not corrected: what is nearly a name may be meant as it stands', () => {
    expect(read('arways')).toEqual(['airways']);
    expect(read('"arways"')).toEqual(['~arways']);
  });

  it.each([
    ['everything except "perihepatic fluid"', ['?everything except "perihepatic fluid"']],
    ['left "renal cyst"', ['?left "renal cyst"']],
    ['"?!"', ['??!']],
    ['"ab"', ['?ab']],
    [`"${'long '.repeat(50)}"`, [`?${'long '.repeat(40)}`]],
  ])('%s say nothing that could be asked', (text, parts) =>
    expect(read(text).map((part) => part.slice(0, 200))).toEqual(parts.map((part) => part.slice(0, 200))),
  );

  it('are 16 in a request at most, the same words counted once', () => {
    const many = Array.from({ length: 20 }, (_, n) => `"fluid number ${n} or so", "fluid number 0 or so"`);
    const parts = resolvePrompts(many, tissueVocabulary, freeText);
    expect(parts.filter(({ status }) => status === 'understood')).toHaveLength(16 + 20);
    expect(parts.at(-2)).toMatchObject({ status: 'unknown', reason: 'A request takes 16 free texts at most.' });
  });

  it('take no longer than words without marks, however many and hostile', () => {
    const parts = resolvePrompts(
      [`${'"a","b",'.repeat(240)}"`, '"'.repeat(1999), '“„«"'.repeat(400)],
      tissueVocabulary,
      freeText,
    );
    expect(parts.length).toBeGreaterThan(400);
  });

  it('without marks nothing becomes free text, but it is said that it could', () => {
    const [part] = resolvePrompts(['perihepatic fluid'], tissueVocabulary, freeText);
    expect(part).toMatchObject({ status: 'unknown', mayBeFreeText: true });
    const [negation] = resolvePrompts(['everything but the bone'], tissueVocabulary, freeText);
    expect(negation).toMatchObject({ status: 'unknown', mayBeFreeText: false });
  });

  it('keep their place among the prompts', () => {
    const parts = resolveEach(['bone', '"perihepatic fluid"', 'fat'], tissueVocabulary, freeText);
    expect(parts.map((each) => each.map(inWords))).toEqual([['bone'], ['~perihepatic fluid'], ['fat']]);
  });
});

describe('words in quotation marks, of a model that reads no free text', () => {
  const closed = { freeText: false };
  it('are what the vocabulary has, corrected too', () => {
    expect(read('"bone" and "arways"', tissueVocabulary, closed)).toEqual(['bone', 'airways']);
    expect(read('left "hippocampus"', headVocabulary, closed)).toEqual(['left hippocampus']);
  });

  it('are refused otherwise, with that reason', () => {
    const [part] = resolvePrompts(['"perihepatic fluid"'], tissueVocabulary, closed);
    expect(part).toMatchObject({ status: 'unknown', reason: expect.stringMatching(/It reads no free text\.$/) });
  });
});

describe('a target of free text', () => {
  const targetOf = (text: string) => {
    const [part] = resolvePrompts([text], tissueVocabulary, freeText);
    if (part?.status !== 'understood') throw new Error('not understood');
    return part.targets[0];
  };

  it('has a private code that says these words and no others', () => {
    const fluid = targetOf('"Perihepatic fluid"');
    expect(fluid).toMatchObject({
      name: 'Perihepatic fluid',
      freeText: 'Perihepatic fluid',
      prompt: 'Perihepatic fluid',
    });
    expect(fluid.concept.type).toEqual({
      value: expect.stringMatching(/^FT[0-9a-f]{14}$/),
      scheme: '99PROMPTSEG',
      meaning: 'Perihepatic fluid',
    });
    expect(fluid.concept.category.scheme).toBe('99PROMPTSEG');
    expect(fluid.concept.laterality).toBeUndefined();
    expect(targetOf('"perihepatic   fluid"').id).toBe(fluid.id);
    expect(targetOf('"perihepatic fluids"').id).not.toBe(fluid.id);
    // No id of a vocabulary has a colon.
    expect(fluid.id).toMatch(/^free-text:[0-9a-f]{12}$/);
    for (const channel of fluid.concept.displayColour)
      expect(channel).toEqual(Math.min(255, Math.max(0, Math.round(channel))));
  });

  it('has a name that fits into a Segment Label, and keeps all its words', () => {
    const words = 'a thin rim of fluid between the liver and the diaphragm, brighter than water';
    const target = targetOf(`"${words}"`);
    expect(target.freeText).toBe(words);
    expect(target.name).toBe('a thin rim of fluid between the liver and the diaphragm, brig...');
    expect(target.name.length).toBeLessThanOrEqual(64);
  });
});
