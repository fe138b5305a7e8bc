import { describe, expect, it } from '@jest/globals';
import { nearRank, suggestNames } from './suggestNames.js';
import { headVocabulary } from './testing/exampleVocabularies.js';
import { shippedVocabulary } from './testing/shippedVocabulary.js';

const suggest = (query: string, limit = 5) =>
  suggestNames(query, headVocabulary, limit).map(({ name, also, targets }) => [name, also, targets.length]);

describe('suggestNames', () => {
  it('offers names that begin so, then names with a word that begins so, then synonyms, which it shows', () => {
    expect(suggest('brain')).toEqual([
      ['brain', undefined, 1],
      ['brain stem', undefined, 1],
    ]);
    expect(suggest('hipp l')).toEqual([['left hippocampus', undefined, 1]]);
    expect(suggest('crani')).toEqual([['skull', 'cranium', 1]]);
  });

  it('offers a group as one name for all its members', () => {
    expect(suggest('striatum')).toEqual([['striatum', undefined, 4]]);
  });

  it('offers what a mistyped text means, and what comes near, ranked behind what begins so', () => {
    expect(suggest('hipocampus')).toEqual([
      ['left hippocampus', undefined, 1],
      ['right hippocampus', undefined, 1],
    ]);
    for (const { rank } of suggestNames('hipocampus', headVocabulary, 5)) expect(rank).toBeGreaterThanOrEqual(nearRank);
    for (const { rank } of suggestNames('hippo', headVocabulary, 5)) expect(rank).toBeLessThan(nearRank);
  });

  it('offers what begins so in German, with the side before or behind', () => {
    const ofBody = (query: string) =>
      suggestNames(query, shippedVocabulary('body'), 5).map(({ name, also }) => [name, also]);
    expect(ofBody('nier')).toEqual([
      ['kidney', 'nieren'],
      ['Left kidney', 'Niere links'],
      ['Right kidney', 'Niere rechts'],
    ]);
    for (const query of ['linke ni', 'niere li'])
      expect([query, ofBody(query)]).toEqual([query, [['Left kidney', 'Niere links']]]);
    expect(ofBody('liver')).toEqual([['Liver', undefined]]);
  });

  it('offers nothing for what is far from all, and never more than asked for', () => {
    expect(suggest('spleen')).toEqual([]);
    expect(suggest('l', 2)).toHaveLength(2);
    expect(suggest('', 3)).toHaveLength(3);
    expect(suggest('x'.repeat(100_000))).toEqual([]);
  });
});
