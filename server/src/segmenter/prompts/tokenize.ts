import { abbreviations } from './wordRoles.js';

/** A piece of a text with its place in it (UTF-16 offsets, `end` exclusive). */
export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'separator'; readonly ends: 'part' | 'sentence'; readonly start: number; readonly end: number };

const partSeparators = new Set([',', '/', '&', '+', '|', ':', '\t', '•', '·', '*', '–', '—', '،', '、']);
const sentenceSeparators = new Set([';', '\n', '\r', '!', '?', '؛']);
const letterOrDigit = /^[\p{L}\p{N}]$/u;
/** Combining marks, apostrophes and invisible format characters (joiners, direction marks) neither end a word nor belong to it. */
const ignoredInWords = /^[\p{M}\p{Cf}'’`]$/u;
/** "1. left lung 2. bone": a text that begins so is a numbered list. */
const numberedList = /^\s*\(?1[.)]\s/;
/** What SNOMED CT's fully specified names end with. */
const semanticTag = /\((?:body structure|organ|morphologic abnormality|cell structure)\)/gi;
const ligatures: Readonly<Record<string, string>> = { æ: 'ae', œ: 'oe', ß: 'ss', ø: 'o' };

/**
 * Cuts a text into words, folded to lower case without diacritics, and separators. Hyphens, underscores, brackets and all other
 * characters only end a word: "Left-Hippocampus" and "hippocampus_left" are two words each; so is "leftHippocampus".
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const isNumberedList = numberedList.test(text);
  const characters = Array.from(text.replace(semanticTag, (tag) => ' '.repeat(tag.length)));
  let word: { text: string; start: number; end: number } | undefined;
  let offset = 0;
  const endWord = () => {
    if (word !== undefined) tokens.push({ kind: 'word', ...word });
    word = undefined;
  };
  for (const [index, character] of characters.entries()) {
    const start = offset;
    offset += character.length;
    if (ignoredInWords.test(character)) continue;
    const folded = fold(character);
    if (folded !== '') {
      if (startsCapitalizedWord(characters, index)) endWord();
      word = { text: (word?.text ?? '') + folded, start: word?.start ?? start, end: offset };
      continue;
    }
    const numbersAnItem =
      isNumberedList && /^\d{1,2}$/.test(word?.text ?? '') && /[.)]/.test(character) && isBlank(characters[index + 1]);
    const isAbbreviated = character === '.' && abbreviations.has(word?.text ?? '');
    if (numbersAnItem) word = undefined;
    endWord();
    if (isAbbreviated) continue;
    const ends = numbersAnItem ? 'sentence' : separates(characters, index);
    if (ends !== undefined) tokens.push({ kind: 'separator', ends, start, end: offset });
  }
  endWord();
  return tokens;
}

/** A text in the form that words are compared in: lower case, no diacritics, one space between words. */
export function foldText(text: string): string {
  return tokenize(text)
    .flatMap((token) => (token.kind === 'word' ? [token.text] : []))
    .join(' ');
}

function fold(character: string): string {
  return Array.from(character.normalize('NFKD').toLowerCase())
    .filter((part) => letterOrDigit.test(part))
    .map((part) => ligatures[part] ?? part)
    .join('');
}

/** True at the "H" of "leftHippocampus" and at the "L" of "hippocampusL", false in "lEFT" (caps lock). */
function startsCapitalizedWord(characters: readonly string[], index: number): boolean {
  const [character, next] = [characters[index] ?? '', characters[index + 1] ?? ''];
  if (!/^\p{Lu}$/u.test(character) || !/^\p{Ll}$/u.test(characters[index - 1] ?? '')) return false;
  return /^\p{Ll}$/u.test(next) || (/^[LR]$/.test(character) && !letterOrDigit.test(next));
}

function separates(characters: readonly string[], index: number): 'part' | 'sentence' | undefined {
  const character = characters[index] ?? '';
  if (sentenceSeparators.has(character)) return 'sentence';
  if (partSeparators.has(character)) return 'part';
  const standsAlone = isBlank(characters[index - 1]) && isBlank(characters[index + 1]);
  if (character === '-' && standsAlone) return 'part';
  if (character === '.' && isBlank(characters[index + 1])) return 'sentence';
  return undefined;
}

function isBlank(character: string | undefined): boolean {
  return character === undefined || /^\s$/.test(character);
}
