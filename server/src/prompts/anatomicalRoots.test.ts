import { describe, expect, it } from '@jest/globals';
import { resolvePrompts } from './resolvePrompts.js';
import { headVocabulary, tissueVocabulary } from './testing/exampleVocabularies.js';

const idsOf = (text: string, vocabulary = headVocabulary) =>
  resolvePrompts([text], vocabulary).flatMap((part) =>
    part.status === 'understood' ? part.targets.map(({ id }) => id) : ['?'],
  );

describe('adjectives of anatomy', () => {
  it.each([
    ['cortex of the cerebrum', ['cerebral-cortex']],
    ['cortex cerebri', ['cerebral-cortex']],
    ['grey matter of the cortex', ['cerebral-cortex']],
    ['cortical grey substance', ['cerebral-cortex']],
    ['left ventricular system', ['left-lateral-ventricle']],
    ['bony skull', ['?']],
  ])('stand for their nouns: %s', (text, ids) => expect(idsOf(text)).toEqual(ids));

  it.each([
    ['hippocampal volume', ['left-hippocampus', 'right-hippocampus']],
    ['right hippocampal mask', ['right-hippocampus']],
    ['hippocampal', ['?']],
    ['hippocampal sclerosis', ['?']],
    ['left thalamic', ['?']],
    ['ventricular', ['?']],
    ['thalamic and hippocampus', ['?', 'left-hippocampus', 'right-hippocampus']],
  ])('name nothing without a noun: %s', (text, ids) => expect(idsOf(text)).toEqual(ids));

  it('work in every vocabulary', () => {
    expect(idsOf('pulmonary parenchyma', tissueVocabulary)).toEqual(['left-lung', 'right-lung']);
    expect(idsOf('osseous tissue', tissueVocabulary)).toEqual(['bone']);
    expect(idsOf('pulmonary nodule', tissueVocabulary)).toEqual(['?']);
  });
});

it('hemispheres and nuclei are abbreviated as neuroimaging does', () => {
  expect(idsOf('lh hippocampus')).toEqual(['left-hippocampus']);
  expect(idsOf('rh.amygdala')).toEqual(['right-amygdala']);
  expect(resolvePrompts(['n. caudate'], headVocabulary)).toHaveLength(1);
});
