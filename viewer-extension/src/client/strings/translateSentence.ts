/** A sentence of the server, and the same in German; groups of the pattern are what stays as it is written. */
export type Sentence = readonly [english: RegExp, german: (...groups: string[]) => string];

/** The German of the first pattern that fits; a sentence of another version of the server stays as it is. */
export function translateSentence(text: string, sentences: readonly Sentence[]): string {
  for (const [english, german] of sentences) {
    const match = english.exec(text);
    if (match !== null) return german(...match.slice(1).map((group) => group ?? ''));
  }
  return text;
}
