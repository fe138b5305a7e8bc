import type { RuleVersion } from '#contract/rule.js';
import { createMatcher, type Matcher, type RuleMatch } from './matchRule.js';
import type { SeriesDescription } from './seriesDescription.js';

/** A rule prepared for matching. */
export interface PreparedRule {
  readonly version: RuleVersion;
  readonly match: Matcher;
}

/** Prepares rules, in the order in which they are applied. */
export const prepareRules = (versions: readonly RuleVersion[]): readonly PreparedRule[] =>
  versions.map((version) => ({ version, match: createMatcher(version.rule) }));

export interface ChosenRule {
  readonly version: RuleVersion;
  readonly match: RuleMatch;
}

/**
 * The enabled rules that match a series, each of which creates a job; after one with `afterMatch: stop` no further rule
 * is applied.
 */
export function chooseRules(rules: readonly PreparedRule[], series: SeriesDescription): readonly ChosenRule[] {
  const chosen: ChosenRule[] = [];
  for (const { version, match: ask } of rules) {
    if (!version.rule.enabled) continue;
    const match = ask(series);
    if (!match.matched) continue;
    chosen.push({ version, match });
    if (version.rule.afterMatch === 'stop') break;
  }
  return chosen;
}
