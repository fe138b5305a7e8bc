import { type Sentence, translateSentence } from './translateSentence.js';

/** Where a text and the series contradict each other (server/src/story/understandPrompts.ts). */
export const contradictions: readonly Sentence[] = [
  [
    /^The text says “(.+)”, but the series is of modality (.+)\.$/,
    (words, modality) => `Der Text sagt „${words}“, die Serie hat aber die Modalität ${modality}.`,
  ],
  [
    /^The text says “(.+)”, but by its Body Part Examined the series shows (.+)\.$/,
    (words, part) => `Der Text sagt „${words}“, laut Body Part Examined zeigt die Serie aber ${part}.`,
  ],
];

export const contradictionInGerman = (contradiction: string): string =>
  translateSentence(contradiction, contradictions);
