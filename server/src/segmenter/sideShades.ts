import type { Vocabulary, VocabularyTarget } from '../values/vocabulary.js';

type Colour = VocabularyTarget['concept']['displayColour'];

/** How far a side's colour is shifted towards white or black. */
const lighter = 0.3;
const darker = 0.35;

/**
 * Gives left and right different shades: if both sides of a structure have the same colour, the left gets a lighter
 * shade and the right a darker one, to distinguish them in an image.
 */
export function withSideShades(vocabulary: Vocabulary): Vocabulary {
  const colours = new Map<string, readonly (string | undefined)[]>();
  const keyOf = ({ concept: { type, anatomicRegion, displayColour } }: VocabularyTarget) =>
    JSON.stringify([type, anatomicRegion, displayColour]);
  for (const target of vocabulary.targets)
    colours.set(keyOf(target), [...(colours.get(keyOf(target)) ?? []), target.concept.laterality]);
  const targets = vocabulary.targets.map((target) => {
    const { laterality, displayColour } = target.concept;
    const sides = colours.get(keyOf(target)) ?? [];
    if ((laterality !== 'left' && laterality !== 'right') || !sides.includes('left') || !sides.includes('right'))
      return target;
    const shade = laterality === 'left' ? towards(displayColour, 255, lighter) : towards(displayColour, 0, darker);
    return { ...target, concept: { ...target.concept, displayColour: shade } };
  });
  return { ...vocabulary, targets };
}

function towards(colour: Colour, end: number, part: number): Colour {
  const [red, green, blue] = colour.map((channel) => Math.round(channel + (end - channel) * part));
  return [red!, green!, blue!];
}
