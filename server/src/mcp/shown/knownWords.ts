import { anatomyWords } from '../../prompts/anatomyWords.js';
import { canonicalWord } from '../../prompts/canonicalWord.js';
import { imagingWords, isImageWord } from '../../prompts/imagingWords.js';
import { sides } from '../../prompts/wordRoles.js';

/** Longer than any Series Description (LO). */
const mostCharacters = 64;

/**
 * The words of imaging and anatomy in a text from elsewhere, such as a Series Description, and short numbers with their
 * unit. Everything else (names, dates, IDs, sentences) becomes "…".
 * @param names texts whose words are removed as well: a patient may be called Head
 */
export function knownWords(text: string, names: readonly string[] = []): string {
  const named = new Set(names.flatMap((name) => name.toLowerCase().split(/[^\p{L}\p{N}]+/u)));
  const pieces = text.slice(0, mostCharacters).split(/[\s_,;()[\]{}]+/u);
  const kept = pieces.filter(Boolean).map((piece, place, all) => {
    if (bareNumber.test(piece) && [all[place - 1], all[place + 1]].some((beside) => /\d/.test(beside ?? '')))
      return '…';
    if (measure.test(piece)) return piece;
    const words = piece
      .toLowerCase()
      .split(/[-+/:.*]+/u)
      .filter(Boolean);
    return words.length > 0 && words.every((word) => isKnown(word) && !named.has(word)) ? words.join(' ') : '…';
  });
  return kept.filter((piece, place) => piece !== '…' || kept[place - 1] !== '…').join(' ');
}

const bareNumber = /^\d+(?:\.\d+)?$/;
/** Three digits are too short for an ID, and not a date unless another number is next to them. */
const measure = /^\d{1,3}(?:\.\d{1,2})?(?:mm|cm|ms|s|kv|kvp|mas|t|d|hz)?$/i;

const isKnown = (word: string): boolean =>
  imagingWords.has(word) || isImageWord(word) || sides.has(word) || anatomyWords.has(canonicalWord(word));
