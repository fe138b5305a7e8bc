/** Longest text that the server takes for one prompt. */
export const longestPrompt = 1000;

/** Most prompts that the server takes at once. */
export const mostPrompts = 100;

/**
 * Between structures, as the server's reader cuts a text (server/src/prompts/tokenize.ts), and "and" in the panel's
 * languages.
 */
const marks = '[,;/&+|:]';
const words = '(?:and|und|or|plus|with)';
const separator = new RegExp(`${marks}|\\s${words}\\s`, 'gi');
const separatorAtEnd = new RegExp(`(?:\\s*${marks}\\s*|\\s+${words}\\s+|\\s*)$`, 'i');
const separatorAtStart = new RegExp(`^(?:\\s*${marks}\\s*|\\s+${words}\\s+|\\s*)`, 'i');

/** A text taken apart where its last structure begins: what is typed now, and what stands before it. */
export function lastPart(text: string): { readonly before: string; readonly typed: string } {
  const last = [...text.matchAll(separator)].at(-1);
  if (last === undefined) return { before: '', typed: text.trim() };
  return { before: text.slice(0, last.index).trim(), typed: text.slice(last.index + last[0].length).trim() };
}

/** The prompts in a text that holds several lines, as it comes from the clipboard. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim().slice(0, longestPrompt))
    .filter((line) => line !== '');
}

/**
 * Where a part stands in a text, in any case; -1 if nowhere. It is looked for as words of its own first: "ear" is not
 * meant where "heart" is.
 */
export function placeOf(text: string, part: string, from = 0): number {
  const [within, wanted] = [text.toLowerCase(), part.toLowerCase()];
  const first = wanted === '' ? -1 : within.indexOf(wanted, from);
  for (let at = first; at >= 0; at = within.indexOf(wanted, at + 1))
    if (!isOfWord(within[at - 1]) && !isOfWord(within[at + wanted.length])) return at;
  return first;
}

const isOfWord = (character = ''): boolean => /[\p{L}\p{N}]/u.test(character);

/**
 * `text` with the first occurrence of `part` replaced; appended where the server reworded the part.
 * @param replacement '' takes the part out, and what separates it from the others
 */
export function replacePart(text: string, part: string, replacement: string): string {
  const at = placeOf(text, part);
  if (replacement === '') return at < 0 ? text : joinAround(text.slice(0, at), text.slice(at + part.length));
  if (at < 0) return text.trim() === '' ? replacement : `${text.trimEnd()}, ${replacement}`;
  return text.slice(0, at) + replacement + text.slice(at + part.length);
}

function joinAround(before: string, after: string): string {
  const rest = before.trim() === '' ? after.replace(separatorAtStart, '') : before.replace(separatorAtEnd, '') + after;
  return rest.trim();
}

/** What the server's reader would take for several structures or for words of its own. */
const isAmbiguous = (name: string): boolean => !/^[\p{L}\p{N} -]+$/u.test(name) || /\b(and|or|plus|of)\b/i.test(name);

/** A name of a vocabulary as a prompt that means nothing else. */
export const quoteName = (name: string): string => (isAmbiguous(name) ? `"${name}"` : name);
