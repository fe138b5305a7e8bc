import { describe, expect, it } from '@jest/globals';
import type { Vocabulary } from '../vocabulary.js';
import { resolvePrompts } from './resolvePrompts.js';
import { corrections, groupByLength } from './spelling.js';
import { headVocabulary, tissueVocabulary } from './testing/exampleVocabularies.js';

/** Pseudo-random numbers below 1 (mulberry32), the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

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

/** Ids of what a text is understood as; undefined where it is not. */
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
  ])('of one letter in words of six or more are mended, and never into something else: %s', (_, vocabulary, seed) => {
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
  });

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
  ])('%s is shown as mended to %s', (typed, mended) => {
    const [part] = resolvePrompts([typed], headVocabulary);
    expect(part?.status === 'understood' ? part.correctedTo : undefined).toBe(mended);
  });

  it('are not seen where the text is right', () => {
    expect(resolvePrompts(['left hippocampus'], headVocabulary)[0]).not.toHaveProperty('correctedTo');
    expect(resolvePrompts(['Hippocampi'], headVocabulary)[0]).not.toHaveProperty('correctedTo');
  });

  it('that two words are equally near to are not mended, and both are offered', () => {
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

  it('that two words are equally near to are mended where only one of them makes a name', () => {
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
    '%s is not mended',
    (typed) => expect(idsOf(typed, headVocabulary)).toBeUndefined(),
  );

  it('lists the nearest target for a word that is its beginning', () => {
    const [part] = resolvePrompts(['left hip'], headVocabulary);
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
