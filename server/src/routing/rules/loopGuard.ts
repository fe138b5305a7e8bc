import type { Condition } from '#contract/condition.js';
import { holdsNoImages } from '#contract/holdsNoImages.js';
import type { SeriesDescription } from './seriesDescription.js';

/**
 * Why a series starts no job although it fulfils the conditions of a rule: it is a result of Promptseg, or it is
 * another program's result, a derived or a secondary image and the rule does not mention such. So no rule, however
 * wide, segments segmentations or creates a loop.
 * @returns a sentence; undefined if it may start a job
 */
export function whyNeverStarted(series: SeriesDescription, match: Condition): string | undefined {
  const { modality, derived, isOurs } = series;
  if (isOurs) return 'The series is a result of Promptseg itself.';
  if (holdsNoImages(modality) && !namesModality(match, modality))
    return `The series holds results or documents (${modality}), and the rule does not name that modality.`;
  if (derived.isSecondaryCapture && !names(match, ['isSecondaryCapture']))
    return 'The series holds secondary captures, and the rule does not name isSecondaryCapture.';
  if (derived.isDerived === true && !names(match, ['isDerived']) && !namesImageType(match, 'DERIVED'))
    return 'The images are derived from others, and the rule does not name isDerived.';
  if (
    derived.isPrimary === false &&
    !names(match, ['isPrimary', 'isDerived', 'isSecondaryCapture']) &&
    !namesImageType(match, 'SECONDARY')
  )
    return 'The images are not primary ones, and the rule names neither isPrimary nor isDerived.';
  return undefined;
}

/** The single conditions of a rule. */
function leavesOf(
  condition: Condition,
): readonly Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown }>[] {
  if ('all' in condition) return condition.all.flatMap(leavesOf);
  if ('any' in condition) return condition.any.flatMap(leavesOf);
  return 'not' in condition ? leavesOf(condition.not) : [condition];
}

const names = (match: Condition, derived: readonly string[]): boolean =>
  leavesOf(match).some((leaf) => 'derived' in leaf && derived.includes(leaf.derived));

const namesModality = (match: Condition, modality: string): boolean => namesValue(match, isModality, modality);
const namesImageType = (match: Condition, value: string): boolean => namesValue(match, isImageType, value);
const isModality = (attribute: string): boolean => /^\(?(modality|0008,?0060)\)?$/i.test(attribute.trim());
const isImageType = (attribute: string): boolean => /^\(?(imagetype|0008,?0008)\)?$/i.test(attribute.trim());

const namesValue = (match: Condition, isAttribute: (attribute: string) => boolean, value: string): boolean =>
  leavesOf(match).some(
    (leaf) =>
      'attribute' in leaf &&
      isAttribute(leaf.attribute) &&
      [leaf.equals ?? [], leaf.oneOf ?? []]
        .flat()
        .some((named) => String(named).trim().toUpperCase() === value.toUpperCase()),
  );
