import type { BodyRegion } from '#contract/bodyRegions.js';
import { bodyPartOfWord, regionsOfPart } from './bodyParts.js';
import { isOfContext, modalityOfWord } from './imagingWords.js';
import type { Word } from './readWords.js';

/** What a text says about its image: "in chest CT". */
export interface StatedContext {
  /** As typed, one space between words. */
  readonly words: string;
  readonly modalities: readonly string[];
  /** Empty if no body part is named, or the whole body. */
  readonly regions: readonly BodyRegion[];
}

/** @param words of a sentence that were context; undefined if they name neither modality nor body part */
export function statedContext(words: readonly Word[]): StatedContext | undefined {
  const modalities = new Set(words.flatMap(({ text }) => modalityOfWord.get(text) ?? []));
  const regions = new Set(words.flatMap(({ text }) => regionsOfPart(bodyPartOfWord.get(text))));
  if (modalities.size === 0 && regions.size === 0) return undefined;
  const significant = words.filter(({ text }) => isOfContext(text)).sort((a, b) => a.start - b.start);
  return { words: significant.map(({ text }) => text).join(' '), modalities: [...modalities], regions: [...regions] };
}
