import {
  abbreviations,
  contextPrepositions,
  everythingWords,
  fillers,
  links,
  quantifiers,
  requestWords,
  sides,
} from './wordRoles.js';

/** A piece of a text with its position (UTF-16 offsets, `end` exclusive). */
export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'separator'; readonly ends: 'part' | 'sentence'; readonly start: number; readonly end: number };

const partSeparators = new Set([',', '/', '&', '+', '|', ':', '\t', '•', '·', '*', '–', '—', '،', '、']);
const sentenceSeparators = new Set([';', '\n', '\r', '!', '?', '؛']);
const letterOrDigit = /^[\p{L}\p{N}]$/u;
/**
 * Combining marks, apostrophes and invisible format characters (joiners, direction marks) neither end a word nor belong
 * to it.
 */
const ignoredInWords = /^[\p{M}\p{Cf}'’`]$/u;
/** "1. left lung 2. bone": a text that starts this way is a numbered list. */
const numberedList = /^\s*\(?1[.)]\s/;
/** "liver w/o spleen", in which the slash separates no list. */
const without = /^w\/o(?:ut)?(?![\p{L}\p{N}])/iu;
/** Signs of logic and of sets: "all ∖ liver", "all ≠ liver". */
const exclusionSigns = new Set(['¬', '≠', '∖', '−']);
/** Signs that exclude the word that they are attached to: "all !liver". */
const attachedExclusionSigns = new Set(['!', '~', '\\']);
/** The suffixes of SNOMED CT's fully specified names. */
const semanticTag = /\((?:body structure|organ|morphologic abnormality|cell structure)\)/gi;
const ligatures: Readonly<Record<string, string>> = { æ: 'ae', œ: 'oe', ß: 'ss', ø: 'o' };

/**
 * Splits a text into words, folded to lower case without diacritics, and separators. Hyphens, underscores, brackets and
 * all other characters only end a word: "Left-Hippocampus" and "hippocampus_left" are two words each; so is
 * "leftHippocampus".
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
  let skipped = 0;
  for (const [index, character] of characters.entries()) {
    const start = offset;
    offset += character.length;
    if (skipped > 0) {
      skipped--;
      continue;
    }
    const [abbreviated] = (word === undefined && without.exec(characters.slice(index, index + 6).join(''))) || [];
    if (abbreviated !== undefined) {
      tokens.push({ kind: 'word', text: 'without', start, end: start + abbreviated.length });
      skipped = abbreviated.length - 1;
      continue;
    }
    if (ignoredInWords.test(character)) continue;
    if (excludes(characters, index)) {
      endWord();
      tokens.push({ kind: 'word', text: 'without', start, end: offset });
      continue;
    }
    const folded = fold(character);
    if (folded !== '') {
      if (startsCapitalizedWord(characters, index)) endWord();
      word = { text: (word?.text ?? '') + folded, start: word?.start ?? start, end: offset };
      continue;
    }
    const numbersAnItem =
      isNumberedList && /^\d{1,2}$/.test(word?.text ?? '') && /[.)]/.test(character) && isBlank(characters[index + 1]);
    const isAbbreviated =
      character === '.' &&
      (abbreviations.has(word?.text ?? '') || isOrdinal(word?.text ?? '', characters, index, tokens));
    if (numbersAnItem) word = undefined;
    endWord();
    if (isAbbreviated) continue;
    const ends = numbersAnItem ? 'sentence' : separates(characters, index, () => asksForAll(tokens));
    if (ends !== undefined) tokens.push({ kind: 'separator', ends, start, end: offset });
  }
  endWord();
  return tokens;
}

/**
 * Whether the full stop makes a German ordinal: "3. Ventrikel", "der III. Ventrikel", "linke 5. Rippe". Not if a noun
 * that it could count precedes it ("segment 4. Liver").
 */
function isOrdinal(word: string, characters: readonly string[], at: number, tokens: readonly Token[]): boolean {
  if (!/^(?:\d{1,2}|[ivx]+)$/.test(word) || !isBlank(characters[at + 1])) return false;
  if (!/^\p{L}$/u.test(characters[at + 2] ?? '')) return false;
  const before = tokens.at(-1);
  return before?.kind !== 'word' || opensNoun.some((words) => words.has(before.text));
}

/** Words that precede a noun or its ordinal. */
const opensNoun = [fillers, sides, links, requestWords, contextPrepositions];

/** A text in the form used for comparing words: lower case, no diacritics, one space between words. */
export function foldText(text: string): string {
  return tokenize(text)
    .flatMap((token) => (token.kind === 'word' ? [token.text] : []))
    .join(' ');
}

/** By character code; the general method takes ten times as long. */
const foldedAscii: readonly string[] = Array.from({ length: 128 }, (_, code) =>
  String.fromCharCode(code)
    .toLowerCase()
    .replace(/[^a-z0-9]/, ''),
);

function fold(character: string): string {
  const ascii = foldedAscii[character.charCodeAt(0)];
  if (ascii !== undefined) return ascii;
  return Array.from(character.normalize('NFKD').toLowerCase())
    .filter((part) => letterOrDigit.test(part))
    .map((part) => ligatures[part] ?? part)
    .join('');
}

/** True at the "H" of "leftHippocampus" and at the "L" of "hippocampusL", false in "lEFT" (caps lock). */
function startsCapitalizedWord(characters: readonly string[], index: number): boolean {
  const [character, next] = [characters[index] ?? '', characters[index + 1] ?? ''];
  if (character >= 'a' && character <= 'z') return false;
  if (!/^\p{Lu}$/u.test(character) || !/^\p{Ll}$/u.test(characters[index - 1] ?? '')) return false;
  return /^\p{Ll}$/u.test(next) || (/^[LR]$/.test(character) && !letterOrDigit.test(next));
}

/** Whether a sign means "without" what follows it; at the start of a line it is a bullet. */
function excludes(characters: readonly string[], index: number): boolean {
  const character = characters[index] ?? '';
  if (!exclusionSigns.has(character) && !attachedExclusionSigns.has(character)) return false;
  const before = characters.slice(0, index).findLast((each) => each === '\n' || !isBlank(each));
  if (exclusionSigns.has(character)) return character === '¬' || (before !== undefined && before !== '\n');
  const follows = characters[index + 1] ?? '';
  if (character === '\\') return isBlank(characters[index - 1]) && before !== undefined;
  return (isBlank(characters[index - 1]) || before === '(') && /^\p{L}$/u.test(follows);
}

/** Whether the sentence asks for all before this place. */
function asksForAll(tokens: readonly Token[]): boolean {
  const start = tokens.findLastIndex((token) => token.kind === 'separator' && token.ends === 'sentence') + 1;
  return tokens
    .slice(start)
    .some((token) => token.kind === 'word' && (everythingWords.has(token.text) || quantifiers.has(token.text)));
}

function separates(
  characters: readonly string[],
  index: number,
  isOfAll: () => boolean,
): 'part' | 'sentence' | undefined {
  const character = characters[index] ?? '';
  if (sentenceSeparators.has(character)) return 'sentence';
  if (partSeparators.has(character)) return 'part';
  const isIsolated = isBlank(characters[index - 1]) && isBlank(characters[index + 1]);
  if (character === '-' && isIsolated) return 'part';
  // "all -liver"
  if (character === '-' && isBlank(characters[index - 1]) && isOfAll()) return 'part';
  if (character === '.' && isBlank(characters[index + 1])) return 'sentence';
  return undefined;
}

function isBlank(character: string | undefined): boolean {
  return character === undefined || /^\s$/.test(character);
}
