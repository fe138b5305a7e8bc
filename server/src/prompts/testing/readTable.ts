import type { Vocabulary } from '../../values/vocabulary.js';
import { resolvePrompts } from '../resolvePrompts.js';

/**
 * Parses lines `texts, separated by two bars → meaning` into pairs of a text and its meaning. A line that begins with
 * bars continues the previous one.
 */
export function rows(table: string): [text: string, meaning: string][] {
  return table
    .trim()
    .split(/\n(?!\s*\|\|)/)
    .flatMap((line) => {
      const [texts = '', meaning = ''] = line.split('→');
      return texts.split('||').map((text): [string, string] => [text.trim(), meaning.trim()]);
    });
}

/** The ids of the targets of a text, in order; `!` for a refused part. */
export const read = (text: string, vocabulary: Vocabulary): string =>
  resolvePrompts([text], vocabulary)
    .flatMap((part) => (part.status === 'understood' ? part.targets.map(({ id }) => id) : ['!']))
    .join(' ');
