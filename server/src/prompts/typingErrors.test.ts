import { describe, expect, it } from '@jest/globals';
import { randomNumbers } from '../values/randomNumbers.js';
import type { Vocabulary } from '../values/vocabulary.js';
import { resolvePrompts } from './resolvePrompts.js';
import { corrections, groupByLength } from './spelling.js';
import { headVocabulary, tissueVocabulary } from './testing/exampleVocabularies.js';
import { shippedVocabulary } from './testing/shippedVocabulary.js';

/** One wrong, missing, surplus or swapped letter anywhere in the word. */
function mistype(word: string, random: () => number): string {
  const at = Math.floor(random() * word.length);
  const letter = 'abcdefghijklmnopqrstuvwxyz'[Math.floor(random() * 26)]!;
  const kind = Math.floor(random() * 4);
  if (kind === 0) return word.slice(0, at) + letter + word.slice(at + 1);
  if (kind === 1) return word.slice(0, at) + word.slice(at + 1);
  if (kind === 2) return word.slice(0, at) + letter + word.slice(at);
  const first = Math.min(at, word.length - 2);
  return word.slice(0, first) + word[first + 1] + word[first] + word.slice(first + 2);
}

/** Ids of what a text is understood as; undefined if it is not. */
function idsOf(text: string, vocabulary: Vocabulary): string | undefined {
  const resolutions = resolvePrompts([text], vocabulary);
  if (resolutions.some(({ status }) => status === 'unknown')) return undefined;
  return resolutions
    .flatMap((part) => (part.status === 'understood' ? part.targets.map(({ id }) => id) : []))
    .join(' ');
}

function mistypedNames(vocabulary: Vocabulary, count: number, random: () => number) {
  const names = [...vocabulary.targets, ...vocabulary.groups].flatMap(({ name, synonyms }) => [name, ...synonyms]);
  const places = names.flatMap((name) => {
    const words = name.split(' ');
    return words.flatMap((word, at) => (word.length >= 6 ? [{ words, at }] : []));
  });
  return Array.from({ length: count }, () => {
    const { words, at } = places[Math.floor(random() * places.length)]!;
    const typed = words.with(at, mistype(words[at]!, random)).join(' ');
    return { typed, meant: words.join(' ') };
  }).filter(({ typed, meant }) => typed !== meant);
}

describe('typing errors', () => {
  it.each([
    ['tissues', tissueVocabulary, 1],
    ['head', headVocabulary, 2],
  ])(
    'of one letter in words of six or more are corrected, and never into something else: %s',
    (_, vocabulary, seed) => {
      const cases = mistypedNames(vocabulary, 300, randomNumbers(seed));
      const misread: string[] = [];
      let right = 0;
      for (const { typed, meant } of cases) {
        const understood = idsOf(typed, vocabulary);
        if (understood === idsOf(meant, vocabulary)) right++;
        else if (understood !== undefined) misread.push(`${typed} for ${meant}`);
      }
      expect(cases.length).toBeGreaterThan(250);
      expect(misread).toEqual([]);
      expect(right / cases.length).toBeGreaterThanOrEqual(0.95);
    },
  );

  it.each([
    ['hipocampus', 'hippocampus'],
    ['left hipocampi', 'left hippocampus'],
    ['rigth amygdla', 'right amygdala'],
    ['hyppocampus (L)', 'hippocampus (L)'],
    ['third ventricel', 'third ventricle'],
    ['cerebal cortex', 'cerebral cortex'],
    ['plase segmnet the thalamsu', 'thalamus'],
    ['skul', 'skull'],
    ['lefft', undefined],
  ])('%s is shown as corrected to %s', (typed, corrected) => {
    const [part] = resolvePrompts([typed], headVocabulary);
    expect(part?.status === 'understood' ? part.correctedTo : undefined).toBe(corrected);
  });

  it('are not seen where the text is right', () => {
    expect(resolvePrompts(['left hippocampus'], headVocabulary)[0]).not.toHaveProperty('correctedTo');
    expect(resolvePrompts(['Hippocampi'], headVocabulary)[0]).not.toHaveProperty('correctedTo');
  });

  it('that two words are equally near to are not corrected, and both are offered', () => {
    const target = tissueVocabulary.targets[0]!;
    const vocabulary = {
      targets: [
        { ...target, id: 'one', name: 'maxillam', synonyms: [] },
        { ...target, id: 'other', name: 'maxillan', synonyms: [] },
      ],
      groups: [],
    };
    const [part] = resolvePrompts(['maxillat'], vocabulary);
    expect(part?.status === 'unknown' && part.nearest.map(({ name }) => name)).toEqual(['maxillam', 'maxillan']);
  });

  it('that two words are equally near to are corrected where only one of them makes a name', () => {
    const [bone, fat] = [tissueVocabulary.targets[1]!, tissueVocabulary.targets[6]!];
    const vocabulary = {
      targets: [
        { ...bone, name: 'osseous tissue', synonyms: [] },
        { ...fat, name: 'tissus adipeux', synonyms: [] },
      ],
      groups: [],
    };
    expect(resolvePrompts(['osseous tissuu'], vocabulary)).toMatchObject([
      { status: 'understood', targets: [{ id: 'bone' }], correctedTo: 'osseous tissue' },
    ]);
    expect(idsOf('tissuu adipeux', vocabulary)).toBe('fat');
    expect(idsOf('tissuu', vocabulary)).toBeUndefined();
  });

  it.each(['hip', 'hippo', 'hypothalamus', 'puta', 'nasal ganglia', 'amygdalin ventricle'])(
    '%s is not corrected',
    (typed) => expect(idsOf(typed, headVocabulary)).toBeUndefined(),
  );

  it('lists the nearest target for a word that is its beginning', () => {
    const [part] = resolvePrompts(['left hippo'], headVocabulary);
    expect(part?.status === 'unknown' && part.nearest.map(({ name }) => name)).toEqual([
      'left hippocampus',
      'right hippocampus',
    ]);
  });
});

describe('a beginning that says where', () => {
  const known = groupByLength(new Map(['extraventricular', 'supratentorial'].map((word) => [word, word] as const)));

  it.each(['intraventricular', 'infratentorial'])('is no typing error: %s', (word) => {
    expect(corrections(word, known)).toEqual([]);
  });

  it.each([
    ['extravntricular', 'extraventricular'],
    ['exraventricular', 'extraventricular'],
    ['supratentoral', 'supratentorial'],
  ])('may be mistyped as any: %s', (typed, meant) => {
    expect(corrections(typed, known)).toEqual([meant]);
  });
});

describe('English words are no typing errors of names', () => {
  it.each([
    ['body', 'hear leper lived livens lover lovers vertebrate fedora'],
    ['head', 'brainy bruin cornices gallium hallmark humus scaly scamp stratum uranium'],
    ['ct-tissues', 'banes bongs boner eternal fairways hues lounge lugs plume pulse'],
  ])('%s: %s', (model, words) => {
    const vocabulary = shippedVocabulary(model);
    const corrected = words.split(' ').filter((word) => {
      const [part] = resolvePrompts([word], vocabulary);
      return part?.status === 'understood' && part.correctedTo !== undefined;
    });
    expect(corrected).toEqual([]);
  });
});
