import { damerauLevenshtein } from '../../prompts/spelling.js';

/** Maximum number of different letters between a typed name and a suggestion. */
const mostEdits = 3;

/** The keyword that a mistyped one probably means; undefined if none is similar. */
export function nearestKeyword(typed: string, keywords: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (wanted === '' || wanted.length > 64) return undefined;
  let nearest: { readonly keyword: string; readonly edits: number } | undefined;
  for (const keyword of keywords) {
    if (Math.abs(keyword.length - wanted.length) > mostEdits) continue;
    const edits = damerauLevenshtein(wanted, keyword.toLowerCase(), mostEdits);
    if (edits * 3 <= wanted.length && edits < (nearest?.edits ?? Number.POSITIVE_INFINITY))
      nearest = { keyword, edits };
  }
  return nearest?.keyword;
}
