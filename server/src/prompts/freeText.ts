import { createHash } from 'node:crypto';
import type { CodedConcept } from '../values/concept.js';
import type { Target } from '../values/target.js';

/** Maximum length of free text for a model. Text encoders take about 75 tokens. */
export const freeTextLength = { least: 3, most: 200 } as const;

/** Length of Segment Label and Code Meaning (LO). */
const longestName = 64;

/** Free text may name an organ, a tissue, a lesion or none of these. */
const category: CodedConcept = { value: 'free-text', scheme: '99PROMPTSEG', meaning: 'Named in free text' };

/**
 * A target outside every vocabulary: literal words, interpreted only by the model. Its code is private and derived from
 * the words, so equal codes mean equal words; no standard code is guessed.
 * @param prompt as typed
 * @returns undefined if the words are too few or too many, or contain no letter
 */
export function freeTextTarget(prompt: string): Target | undefined {
  const words = prompt.replaceAll(/\s+/g, ' ').replaceAll(/\p{C}/gu, '').trim();
  if (words.length < freeTextLength.least || words.length > freeTextLength.most || !/\p{L}/u.test(words))
    return undefined;
  const hash = createHash('sha256').update(words.toLowerCase()).digest();
  const characters = Array.from(words);
  const name = characters.length <= longestName ? words : `${characters.slice(0, 61).join('').trimEnd()}...`;
  return {
    id: `free-text:${hash.toString('hex', 0, 6)}`,
    name,
    prompt: words,
    freeText: words,
    concept: {
      category,
      type: { value: `FT${hash.toString('hex', 0, 7)}`, scheme: '99PROMPTSEG', meaning: name },
      displayColour: colourOf(hash.readUInt16BE(7) / 0x1_00_00),
    },
  };
}

/** A colour of medium lightness, sRGB 0–255, so that different words have different colours. @param hue 0–1 */
function colourOf(hue: number): [number, number, number] {
  const channel = (shift: number): number => {
    const place = (12 * hue + shift) % 12;
    return Math.round(255 * (0.6 - 0.3 * Math.max(-1, Math.min(place - 3, 9 - place, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
