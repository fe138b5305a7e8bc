import type { Link, Word } from './readWords.js';

/** "What is left of the kidney" asks for what remains, "is left kidney visible" for a side. */
const beforeRest = /^(?:is|are|was|were|whats|thats)$/;
const afterRest = /^(?:of|over|from|after|in)$/;
const volumes = /volume|^(?:vol|vols|size|capacity)$/;

/**
 * Words that look like a side and may be none: "what is left of the kidneys", "the kidneys, right?", "volume of the
 * kidneys (l)", in litres.
 *
 * @param isQuestion whether a question mark ends the sentence
 * @returns undefined if every side of the sentence is one
 */
export function doubtfulSide(sentence: readonly (Word | Link)[], isQuestion: boolean): readonly Word[] | undefined {
  const textAt = (at: number): string => {
    const item = sentence[at];
    return item?.kind === 'word' ? item.text : '';
  };
  const isRest = (at: number) =>
    textAt(at) === 'left' &&
    beforeRest.test(textAt(at - 1)) &&
    (textAt(at + 1) === '' || afterRest.test(textAt(at + 1)));
  const isTag = (at: number) =>
    isQuestion && textAt(at) === 'right' && at === sentence.length - 1 && sentence[at - 1]?.kind === 'link';
  const isUnit = (at: number) =>
    textAt(at) === 'l' && textAt(at + 1) === '' && (volumes.test(textAt(at - 1)) || textAt(at - 1) === 'in');
  const doubtful = sentence.flatMap((item, at) =>
    item.kind === 'word' && (isRest(at) || isTag(at) || isUnit(at)) ? [item] : [],
  );
  return doubtful.length > 0 ? doubtful : undefined;
}
