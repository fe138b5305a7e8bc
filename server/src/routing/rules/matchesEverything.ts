import type { Condition } from '#contract/condition.js';

/** Why a rule matches every possible series, as a sentence; undefined if the rule alone does not show that it does. */
export function whyItMatchesEverything(match: Condition): string | undefined {
  if ('all' in match && match.all.length === 0) return 'The rule has no condition.';
  return alwaysHolds(match) ? 'The conditions of the rule hold for every series.' : undefined;
}

function alwaysHolds(condition: Condition): boolean {
  if ('all' in condition) return condition.all.every(alwaysHolds);
  if ('any' in condition) return condition.any.some(alwaysHolds) || saysEitherWay(condition.any);
  if ('not' in condition) return neverHolds(condition.not);
  if ('derived' in condition) return condition.derived === 'numberOfImages' && Number(condition.atLeast) <= 0;
  if (!alwaysThere.has(condition.attribute.trim().toLowerCase())) return false;
  return condition.exists === true || (condition.matches !== undefined && fitsAnything.test(condition.matches));
}

function neverHolds(condition: Condition): boolean {
  if ('all' in condition) return condition.all.some(neverHolds) || saysEitherWay(condition.all);
  if ('any' in condition) return condition.any.every(neverHolds);
  if ('not' in condition) return alwaysHolds(condition.not);
  return (
    'attribute' in condition && condition.exists === false && alwaysThere.has(condition.attribute.trim().toLowerCase())
  );
}

/** Whether a condition and its opposite are both among them. */
function saysEitherWay(conditions: readonly Condition[]): boolean {
  const plain = new Set(conditions.map((condition) => JSON.stringify(condition)));
  return conditions.some((condition) => 'not' in condition && plain.has(JSON.stringify(condition.not)));
}

/** Attributes that every series has (type 1 in PS3.3 sections C.7.2.1, C.7.3.1 and C.12.1). */
const alwaysThere: ReadonlySet<string> = new Set(
  ['modality', 'studyinstanceuid', 'seriesinstanceuid', 'sopinstanceuid', 'sopclassuid'].concat([
    '(0008,0060)',
    '(0020,000d)',
    '(0020,000e)',
    '(0008,0018)',
    '(0008,0016)',
  ]),
);

/** `.`, `.*`, `^.+$` and the like. */
const fitsAnything = /^(\(\?i\))?\^?(\(?\.[*+]?\)?)?\$?$/;
