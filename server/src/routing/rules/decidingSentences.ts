import type { Verdict } from '#contract/verdict.js';

/** The sentences of the single conditions that decided, the first few of them. */
export function decidingSentences(verdict: Verdict): readonly string[] {
  const deciding = decidersOf(verdict);
  const rest = deciding.length - mostSentences;
  return rest > 0 ? [...deciding.slice(0, mostSentences), `And ${rest} more.`] : deciding;
}

const mostSentences = 3;

/** A deciding part has the same value as the whole; under "not" it is the opposite. */
function decidersOf({ holds, because, conditions }: Verdict): readonly string[] {
  if (conditions === undefined || conditions.length === 0) return [because];
  const same = conditions.filter((each) => each.holds === holds);
  return (same.length > 0 ? same : conditions).flatMap(decidersOf);
}
