import { describe, expect, it } from '@jest/globals';
import { searchVocabulary } from './searchVocabulary.js';
import { headVocabulary } from './testing/exampleVocabularies.js';

const search = (query: string, limit = 5) => searchVocabulary(query, headVocabulary, limit).map(({ name }) => name);

describe('searchVocabulary', () => {
  it.each([
    ['brain', ['brain', 'brain stem']],
    ['brain s', ['brain stem']],
    ['left hipp', ['left hippocampus']],
    ['hipp l', ['left hippocampus']],
    ['Left-Hippo', ['left hippocampus']],
    ['3', ['3rd ventricle']],
    ['third vent', ['3rd ventricle', 'left lateral ventricle', 'right lateral ventricle']],
    ['hipocampus', ['left hippocampus', 'right hippocampus']],
    ['cranium', ['skull']],
    ['striatum', ['left caudate', 'right caudate', 'left putamen', 'right putamen']],
    ['both thalami', ['left thalamus', 'right thalamus']],
    ['tumor', ['tumour']],
    ['spleen', []],
  ])('%s offers %j', (query, offered) => expect(search(query)).toEqual(offered));

  it('puts names before synonyms and groups', () => {
    expect(search('ca', 10)).toEqual(['left caudate', 'right caudate', 'skull']);
    expect(search('ve', 10)).toEqual(['left lateral ventricle', 'right lateral ventricle', '3rd ventricle']);
  });

  it('offers the vocabulary in its order for an empty text, and never more than asked for', () => {
    expect(search('', 3)).toEqual(['brain', 'skull', 'brain stem']);
    expect(search('l', 2)).toHaveLength(2);
    expect(search('brain', 0)).toEqual([]);
  });
});
