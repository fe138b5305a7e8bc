import type { Laterality } from '../values/concept.js';
import type { VocabularyTarget } from '../values/vocabulary.js';
import type { Meaning } from './vocabularyIndex.js';

export type Choice =
  | { readonly kind: 'targets'; readonly targets: readonly VocabularyTarget[] }
  /** Different targets have an equal claim to the name. */
  | { readonly kind: 'ambiguous'; readonly candidates: readonly VocabularyTarget[] }
  /** The name is known, but not for this side. */
  | { readonly kind: 'side-unknown'; readonly candidates: readonly VocabularyTarget[] };

/**
 * The targets of a name with an optional side.
 *
 * Without a side, a name known for left and right means both; one known for one side means that only if the vocabulary
 * has the name without a side ("poumon gauche"). A side of a group selects its members of that side ("left
 * ventricles"). A side that the vocabulary does not know for the name is never dropped.
 */
export function chooseTargets(meanings: readonly Meaning[], asked: Laterality | undefined): Choice {
  const exact = chooseOfSide(meanings, asked);
  if (exact !== undefined) return exact;
  if (asked === 'left' || asked === 'right') return filterGroup(meanings, [asked]);
  const whole = asked === undefined ? chooseOfSide(meanings, 'both') : undefined;
  if (whole !== undefined) return whole;
  const left = chooseOfSide(meanings, 'left');
  const right = chooseOfSide(meanings, 'right');
  if (left?.kind === 'targets' && right?.kind === 'targets')
    return { kind: 'targets', targets: [...new Set([...left.targets, ...right.targets])] };
  if (left?.kind === 'ambiguous') return left;
  if (right?.kind === 'ambiguous') return right;
  if (asked === 'both') return filterGroup(meanings, ['left', 'right']);
  const ownNames = meanings.filter(({ sideIsSaid }) => !sideIsSaid);
  return chooseOfSide(ownNames, 'left') ?? chooseOfSide(ownNames, 'right') ?? filterGroup(meanings, ['left', 'right']);
}

function chooseOfSide(meanings: readonly Meaning[], side: Laterality | undefined): Choice | undefined {
  const fitting = meanings.filter((meaning) => meaning.side === side);
  const bestRank = Math.min(...fitting.map(({ rank }) => rank));
  const [first, ...others] = fitting.filter(({ rank }) => rank === bestRank);
  if (first === undefined) return undefined;
  if (others.every(({ targets }) => sameTargets(targets, first.targets)))
    return { kind: 'targets', targets: first.targets };
  return { kind: 'ambiguous', candidates: [...new Set([first, ...others].flatMap(({ targets }) => targets))] };
}

/** The members of the best group that have one of these sides, if each side has at least one. */
function filterGroup(meanings: readonly Meaning[], sides: readonly Laterality[]): Choice {
  const groups = meanings.filter(({ targets }) => targets.length > 1).sort((a, b) => a.rank - b.rank);
  for (const { targets } of groups) {
    const ofSides = targets.filter(
      ({ concept }) => concept.laterality !== undefined && sides.includes(concept.laterality),
    );
    if (sides.every((side) => ofSides.some(({ concept }) => concept.laterality === side)))
      return { kind: 'targets', targets: ofSides };
  }
  return { kind: 'side-unknown', candidates: [...new Set(meanings.flatMap(({ targets }) => targets))] };
}

function sameTargets(a: readonly VocabularyTarget[], b: readonly VocabularyTarget[]): boolean {
  return a.length === b.length && a.every((target) => b.includes(target));
}
