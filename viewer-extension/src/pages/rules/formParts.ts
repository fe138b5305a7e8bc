import { membersOf } from './conditionForm.js';
import type { RuleDraft, TextProblem } from './ruleText.js';

/** What every part of the form gets. */
export interface FormProps {
  readonly draft: RuleDraft;
  readonly problems: readonly TextProblem[];
  readonly onMember: (name: string, value: unknown) => void;
}

export const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

/** Without the members that say nothing; undefined if none is left. */
export function objectOrNothing(value: unknown, change: Readonly<Record<string, unknown>>): object | undefined {
  const members = Object.entries({ ...membersOf(value), ...change }).filter(([, each]) => each !== undefined);
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** What can be stored beside a segmentation: members of `output`. */
export const companionOutputs = [
  'measurementReport',
  'rtStructureSet',
  'secondaryCapture',
  'report',
  'presentationState',
] as const;
