import type { Rule } from '#contract/rule.js';

/** What can delay the jobs of a rule. */
export type StartLimits = Pick<Rule, 'timeWindow' | 'limits'>;

const oneHourMs = 60 * 60 * 1000;

/**
 * When the next job of a rule may start: not more of them within any hour than its limit, and only within its time
 * window.
 * @param earlier when jobs of the rule were allowed to start, in any order; those of the last hour and all later ones
 * matter
 */
export function nextStart(limits: StartLimits, earlier: readonly Date[], now: Date): Date {
  const latestFirst = earlier.map((date) => date.getTime()).sort((a, b) => b - a);
  const { perHour } = limits.limits ?? {};
  const oldestOfHour = perHour === undefined ? undefined : latestFirst[perHour - 1];
  const afterLimit = oldestOfHour === undefined ? 0 : oldestOfHour + oneHourMs;
  return whenOpen(limits, new Date(Math.max(now.getTime(), afterLimit)));
}

/** The first time at or after `from` within the time window; `from` itself if there is none. */
export function whenOpen({ timeWindow }: Pick<Rule, 'timeWindow'>, from: Date): Date {
  if (timeWindow === undefined || isOpen(timeWindow, from)) return from;
  const [hours, minutes] = timeOfDay(timeWindow.from);
  // By the calendar, not by adding hours: a day on which the clock changes has 23 or 25.
  const today = new Date(from.getFullYear(), from.getMonth(), from.getDate(), hours, minutes);
  if (today > from) return today;
  return new Date(from.getFullYear(), from.getMonth(), from.getDate() + 1, hours, minutes);
}

/** Whether a time is in the window, in this computer's local time; `from` is included, `to` is not. */
function isOpen({ from, to }: NonNullable<Rule['timeWindow']>, at: Date): boolean {
  const minute = at.getHours() * 60 + at.getMinutes();
  const [opens, closes] = [from, to].map((text) => timeOfDay(text)[0] * 60 + timeOfDay(text)[1]) as [number, number];
  return opens < closes ? opens <= minute && minute < closes : opens <= minute || minute < closes;
}

function timeOfDay(text: string): [hours: number, minutes: number] {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return [hours, minutes];
}
