import { describe, expect, it } from '@jest/globals';
import { shippedVocabulary } from '../prompts/testing/shippedVocabulary.js';
import type { VocabularyTarget } from '../values/vocabulary.js';
import { withSideShades } from './sideShades.js';

const lightness = ({ concept: { displayColour } }: VocabularyTarget): number =>
  displayColour.reduce((sum, channel) => sum + channel, 0);

describe('left and right', () => {
  it.each(['head', 'body', 'ct-tissues'])('of %s differ in shade, and nothing else changes', (model) => {
    const vocabulary = shippedVocabulary(model);
    const shaded = withSideShades(vocabulary);
    const find = (id: string) => shaded.targets.find((target) => target.id === id)!;
    for (const target of vocabulary.targets) {
      const other = vocabulary.targets.find(
        ({ id }) => id === target.id.replace(/^left-/, 'right-') && id !== target.id,
      );
      const isPair = other !== undefined && target.concept.laterality === 'left';
      const sameColour = isPair && String(other.concept.displayColour) === String(target.concept.displayColour);
      if (sameColour) {
        const [left, right] = [find(target.id), find(other.id)];
        expect([target.id, lightness(left) - lightness(right) > 100]).toEqual([target.id, true]);
        const { displayColour } = right.concept;
        expect(left.concept.displayColour.every((channel, n) => channel > displayColour[n]!)).toBe(true);
      } else if (isPair || target.concept.laterality === undefined) expect(find(target.id)).toEqual(target);
    }
  });

  it('keep their own colours where a vocabulary has two', () => {
    const lungs = shippedVocabulary('ct-tissues').targets.filter(({ concept }) => concept.laterality !== undefined);
    expect(lungs).toHaveLength(2);
    expect(withSideShades(shippedVocabulary('ct-tissues'))).toEqual(shippedVocabulary('ct-tissues'));
  });
});
