import type { TestName } from '../../../../server/contract/condition.js';
import { type InputKind, inputKindOf, isDerivedName } from './commonAttributes.js';

/** A condition as the form shows it; `negated` if it is inside a `not`. */
export type ConditionForm =
  | {
      readonly kind: 'group';
      readonly negated: boolean;
      readonly join: 'all' | 'any';
      /** As in the rule. */
      readonly parts: readonly unknown[];
    }
  | {
      readonly kind: 'test';
      readonly negated: boolean;
      /** Name of a derived attribute, or keyword or tag. */
      readonly name: string;
      readonly test: TestName;
      readonly value: unknown;
    }
  /** Not in the form's words (or wrong): to be edited as text. */
  | { readonly kind: 'other'; readonly value: unknown };

export const tests = ['equals', 'oneOf', 'matches', 'atLeast', 'atMost', 'between', 'exists'] as const;
tests satisfies readonly TestName[];

/** @param condition anything that stands instead of a condition */
export function readCondition(condition: unknown): ConditionForm {
  const outer = membersOf(condition);
  const negated = outer !== undefined && hasJust(outer, ['not']);
  const value = negated ? outer.not : condition;
  const members = membersOf(value);
  if (members === undefined) return { kind: 'other', value: condition };
  for (const join of ['all', 'any'] as const)
    if (hasJust(members, [join]) && Array.isArray(members[join]))
      return { kind: 'group', negated, join, parts: members[join] };
  const subject = 'attribute' in members ? 'attribute' : 'derived';
  const name = members[subject];
  const test = tests.find((each) => each in members);
  if (typeof name !== 'string' || test === undefined || !hasJust(members, [subject, test]) || !isTypable(members[test]))
    return { kind: 'other', value: condition };
  return { kind: 'test', negated, name, test, value: members[test] };
}

/** The one modality that a condition asks for, beside others that must hold too; '' where it asks for none or many. */
export function modalityOf(condition: unknown): string {
  const form = readCondition(condition);
  if (form.kind === 'group' && form.join === 'all' && !form.negated)
    return form.parts.map(modalityOf).find((modality) => modality !== '') ?? '';
  const isOne = form.kind === 'test' && !form.negated && form.name === 'Modality' && form.test === 'equals';
  return isOne && typeof form.value === 'string' ? form.value : '';
}

export function writeCondition(form: ConditionForm): unknown {
  if (form.kind === 'other') return form.value;
  const condition =
    form.kind === 'group'
      ? { [form.join]: form.parts }
      : { [isDerivedName(form.name) ? 'derived' : 'attribute']: form.name, [form.test]: form.value };
  return form.negated ? { not: condition } : condition;
}

/** Of another attribute: what was tested stays where it fits. */
export function withName(form: ConditionForm & { kind: 'test' }, name: string): ConditionForm {
  const before = inputKindOf(form.name);
  const after = inputKindOf(name);
  if (after === before || (!isDerivedName(name) && !isDerivedName(form.name))) return { ...form, name };
  if (after === 'boolean') return { ...form, name, test: 'equals', value: true };
  if (after === 'number') return { ...form, name, test: 'atLeast', value: '' };
  return { ...form, name, test: 'equals', value: '' };
}

/** The same attribute, tested in another way. */
export function withTest(form: ConditionForm & { kind: 'test' }, test: TestName): ConditionForm {
  const first = Array.isArray(form.value) ? (form.value[0] ?? '') : typeof form.value === 'boolean' ? '' : form.value;
  const value =
    test === 'exists'
      ? true
      : inputKindOf(form.name) === 'boolean'
        ? form.value
        : test === 'oneOf'
          ? first === ''
            ? []
            : [first]
          : test === 'between'
            ? [first, first]
            : test === 'matches'
              ? String(first)
              : first;
  return { ...form, test, value };
}

/** Tests that make sense for an attribute. */
export function testsFor(name: string): readonly TestName[] {
  const kind = inputKindOf(name);
  if (kind === 'boolean') return ['equals', 'exists'];
  if (kind === 'choice') return ['equals', 'oneOf', 'matches', 'exists'];
  return kind === 'number' && isDerivedName(name) ? tests.filter((test) => test !== 'matches') : tests;
}

/**
 * What was typed, as the rule has it: a number where the attribute has numbers. Of an unknown one, where the number
 * would be written the same.
 */
export function typedValue(text: string, kind: InputKind | undefined): string | number {
  const number = Number(text);
  const isNumber = text.trim() !== '' && Number.isFinite(number);
  if (kind === 'number') return isNumber ? number : text;
  return kind === undefined && isNumber && String(number) === text ? number : text;
}

/** What was typed as a list with commas. */
export function typedList(text: string, kind: InputKind | undefined): readonly (string | number)[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map((part) => typedValue(part, kind));
}

export const newTest = { attribute: '', equals: '' } as const;

type Members = Readonly<Record<string, unknown>>;

export const membersOf = (value: unknown): Members | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;

function hasJust(members: Members, names: readonly string[]): boolean {
  return Object.keys(members).length === names.length && names.every((name) => name in members);
}

/** A comma parts values in the form. */
const isTypable = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.every((each) => !Array.isArray(each) && isTypable(each) && !String(each).includes(','))
    : ['string', 'number', 'boolean'].includes(typeof value);
