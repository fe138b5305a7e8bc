import { germanNames } from '#contract/germanNames.js';
import type { Vocabulary, VocabularyTarget } from '../values/vocabulary.js';
import { resolvePrompts } from './resolvePrompts.js';
import { rankOf } from './searchVocabulary.js';
import { foldText } from './tokenize.js';

/** A name to suggest while typing: of one target, or of a group. */
export interface SuggestedName {
  readonly name: string;
  /** The synonym that matches the text, if the name itself does not. */
  readonly also?: string;
  readonly targets: readonly VocabularyTarget[];
  /** Smaller is better: comparable between vocabularies. */
  readonly rank: number;
}

/** Ranks of names that do not start with the text: corrections, and similar names. */
export const nearRank = 10;

/**
 * Names of targets and groups that start with the text, or whose words start with its words in any order, by name, by
 * synonym or by German name, best first. If nothing starts that way, the result of `resolvePrompts` or its nearest
 * targets, with ranks from {@link nearRank} on.
 * @param query a text without separators; an empty one returns the targets in the vocabulary's order
 */
export function suggestNames(query: string, vocabulary: Vocabulary, limit: number): readonly SuggestedName[] {
  const typed = foldText(query.slice(0, 200));
  const { targets, groups } = vocabulary;
  if (typed === '') return targets.slice(0, limit).flatMap(({ name }) => ofTarget(name, vocabulary, 0));
  const named = [
    ...groups.map(({ name, synonyms, members }) => ({
      name,
      synonyms,
      targets: targets.filter(({ id }) => members.includes(id)),
    })),
    ...targets.map((target) => ({ name: target.name, synonyms: target.synonyms, targets: [target] })),
  ];
  const begun = named
    .map((each) => betterOf(rankNamed(typed, each), rankGerman(typed, each)))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank);
  return (begun.length > 0 ? begun : near(typed, vocabulary)).slice(0, limit);
}

function rankNamed(
  typed: string,
  { name, synonyms, targets }: Pick<VocabularyTarget, 'name' | 'synonyms'> & { targets: readonly VocabularyTarget[] },
): SuggestedName {
  const rank = rankOf(typed, name);
  if (rank < Infinity) return { name, targets, rank };
  const ranked = synonyms.map((synonym) => ({ synonym, rank: 3 + rankOf(typed, synonym) }));
  const [best] = ranked.sort((a, b) => a.rank - b.rank);
  if (best === undefined || best.rank === Infinity) return { name, targets, rank: Infinity };
  return { name, also: best.synonym, targets, rank: best.rank };
}

const betterOf = (own: SuggestedName, german: SuggestedName): SuggestedName => (german.rank < own.rank ? german : own);

/** As synonyms. */
const germanRank = 3;

/** Ranked by the German names of its one target, with the side last: "linke Ni" finds "Niere links". */
function rankGerman(typed: string, { name, targets }: Pick<SuggestedName, 'name' | 'targets'>): SuggestedName {
  const [target] = targets;
  if (target === undefined || targets.length > 1 || target.concept.anatomicRegion !== undefined)
    return { name, targets, rank: Infinity };
  const { type, laterality } = target.concept;
  const side = laterality === 'left' ? ' links' : laterality === 'right' ? ' rechts' : '';
  const wanted = typed.replaceAll(/\b(link|recht)e[rsnm]?\b/g, '$1s');
  const ranked = (germanNames.get(type.value) ?? []).map((german) => ({
    also: german + side,
    rank: germanRank + rankOf(wanted, german + side),
  }));
  const [best] = ranked.sort((a, b) => a.rank - b.rank);
  return { name, targets, rank: Infinity, ...best };
}

function near(typed: string, vocabulary: Vocabulary): SuggestedName[] {
  const likely = resolvePrompts([typed], vocabulary).flatMap((part) =>
    part.status === 'understood' ? part.targets.map(({ name }) => name) : part.nearest.map(({ name }) => name),
  );
  return [...new Set(likely)].flatMap((name, place) => ofTarget(name, vocabulary, nearRank + place));
}

function ofTarget(name: string, { targets }: Vocabulary, rank: number): SuggestedName[] {
  return targets.filter((target) => target.name === name).map((target) => ({ name, targets: [target], rank }));
}
