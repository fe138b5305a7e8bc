import type { Rule } from '#contract/rule.js';
import { PromptsegError } from '../../platform/errors.js';
import { whyItMatchesEverything } from './matchesEverything.js';
import type { Matcher } from './matchRule.js';
import { createMatcher } from './matchRule.js';
import type { SeriesDescription } from './seriesDescription.js';

/** With fewer series, a match of all proves nothing. */
const enoughSeries = 10;

/**
 * Refuses a rule that matches everything, unless it states that this is intended.
 * @param recent series of the archive on which to test the rule; empty if none are available
 * @throws PromptsegError `rule-too-wide`
 */
export function requireNotTooWide(rule: Rule, recent: readonly SeriesDescription[] = []): void {
  if (rule.everySeries) return;
  const sentence = whyItMatchesEverything(rule.match) ?? whyByRecent(createMatcher(rule), recent);
  if (sentence !== undefined)
    throw new PromptsegError('rule-too-wide', `The rule "${rule.name}" would segment everything. ${sentence}`, {
      details: { rule: rule.name, reason: sentence },
    });
}

/** Ignores series that never start a job, such as results: a rule is not narrow because it does not match those. */
function whyByRecent(match: Matcher, recent: readonly SeriesDescription[]): string | undefined {
  const images = recent.filter(({ derived, isOurs }) => derived.numberOfImages > 0 && !isOurs);
  if (images.length < enoughSeries || !images.every((series) => match(series).conditions.holds)) return undefined;
  return `It matches all of the ${images.length} most recent series of the archive.`;
}
