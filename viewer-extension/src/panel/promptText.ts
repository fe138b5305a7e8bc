/** Longest text that the server takes for one prompt. */
export const longestPrompt = 1000;

/** The prompts in the box: one per line. */
export function promptsOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `text` with the first occurrence of `part` (in any case) replaced; appended where the server reworded the part. */
export function replacePart(text: string, part: string, replacement: string): string {
  const at = text.toLowerCase().indexOf(part.toLowerCase());
  if (part === '' || at < 0) return text.trim() === '' ? replacement : `${text.trimEnd()}, ${replacement}`;
  return text.slice(0, at) + replacement + text.slice(at + part.length);
}
