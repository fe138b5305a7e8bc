import { conditionInWords } from './conditionInWords.js';
import { strings } from './strings.js';

export interface RuleChange {
  readonly what: string;
  /** Undefined if there was or is nothing. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The differences between two versions of a rule, for people. */
export function ruleChanges(before: object, after: object): readonly RuleChange[] {
  const [old, now] = [before, after] as Readonly<Record<string, unknown>>[];
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return members
    .filter((member) => JSON.stringify(old?.[member]) !== JSON.stringify(now?.[member]))
    .map((member) => ({
      what: strings.members[member] ?? member,
      before: inWords(member, old?.[member]),
      after: inWords(member, now?.[member]),
    }));
}

function inWords(member: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (member === 'match') return conditionInWords(value);
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, each]) => `${name} ${each}`)
      .join(', ');
  return typeof value === 'boolean' ? strings.yesNo[value ? 'yes' : 'no'] : String(value);
}
