import { expect, it } from '@jest/globals';
import { tissueVocabulary } from '../prompts/testing/exampleVocabularies.js';
import { understandPrompts } from './understandPrompts.js';

it.each([
  ['lung in chest CT', { modality: 'CT', bodyPartExamined: 'CHEST' }, []],
  ['lung in chest CT', {}, []],
  ['lung in chest CT', { modality: 'CT', bodyPartExamined: 'WHOLEBODY' }, []],
  ['lung', { modality: 'MR', bodyPartExamined: 'HEAD' }, []],
  ['lung in chest CT', { modality: 'MR' }, ['The text says “chest ct”, but the series is of modality MR.']],
  ['bone in a T1w MRI, lung in the MRI', { modality: 'CT' }, [expect.stringContaining('of modality CT.')]],
  [
    'lungs in a CT of the chest',
    { modality: 'CT', bodyPartExamined: 'HEAD' },
    ['The text says “ct chest”, but by its Body Part Examined the series shows HEAD.'],
  ],
])('“%s” of a series of %j: %j', (text, series, contradictions) => {
  const understood = understandPrompts([text], tissueVocabulary, { series });
  expect(understood.targets).not.toEqual([]);
  expect(understood.contradictions).toEqual(contradictions);
});
