import type { Vocabulary, VocabularyTarget } from '../values/vocabulary.js';
import { resolvePrompts } from './resolvePrompts.js';
import { foldText } from './tokenize.js';

/**
 * Targets to suggest while typing, best first: names that start with the text, names whose words start with its words
 * in any order ("hipp l" finds "left hippocampus"), the same for synonyms and groups. If nothing starts that way, the
 * result of `resolvePrompts` or its nearest targets. An empty text returns the vocabulary in its own order.
 */
export function searchVocabulary(query: string, vocabulary: Vocabulary, limit: number): VocabularyTarget[] {
  const typed = foldText(query.slice(0, 200));
  if (typed === '') return vocabulary.targets.slice(0, limit);

  const ranked = vocabulary.targets.map((target) => {
    const groups = vocabulary.groups.filter(({ members }) => members.includes(target.id));
    const otherNames = [...target.synonyms, ...groups.flatMap(({ name, synonyms }) => [name, ...synonyms])];
    return { target, rank: Math.min(rankOf(typed, target.name), ...otherNames.map((name) => 3 + rankOf(typed, name))) };
  });
  const begun = ranked.filter(({ rank }) => rank < Infinity).sort((a, b) => a.rank - b.rank);
  if (begun.length > 0) return begun.map(({ target }) => target).slice(0, limit);

  const likely = resolvePrompts([typed], vocabulary).flatMap((part) =>
    part.status === 'understood' ? part.targets.map(({ id }) => id) : part.nearest.map(({ id }) => id),
  );
  return [...new Set(likely)].flatMap((id) => vocabulary.targets.filter((target) => target.id === id)).slice(0, limit);
}

/**
 * 0: the name itself, 1: its start, 2: starts of its words; Infinity if a word of the text does not fit.
 * @param typed folded
 */
export function rankOf(typed: string, name: string): number {
  const { folded, words } = foldedName(name);
  if (folded === typed) return 0;
  if (folded.startsWith(typed)) return 1;
  return typed.split(' ').every((part) => words.some((word) => word.startsWith(part))) ? 2 : Infinity;
}

interface FoldedName {
  readonly folded: string;
  readonly words: readonly string[];
}
/** Cache for vocabulary names only, which are the same for every text. */
const foldedNames = new Map<string, FoldedName>();

function foldedName(name: string): FoldedName {
  let known = foldedNames.get(name);
  if (known === undefined) {
    const folded = foldText(name);
    known = { folded, words: folded.split(' ') };
    foldedNames.set(name, known);
  }
  return known;
}
