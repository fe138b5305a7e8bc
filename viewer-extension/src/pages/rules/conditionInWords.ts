import type { BodyPartName } from '../../../../server/contract/derivedAttributes.js';
import { isDerivedName } from './commonAttributes.js';
import { type ConditionForm, readCondition } from './conditionForm.js';
import { strings } from './strings.js';

/** What a condition asks, as a part of a sentence: "Modality is MR, is 3-D and slice spacing at most 1.5 mm". */
export function conditionInWords(condition: unknown, isInside = false): string {
  const form = readCondition(condition);
  const { words } = strings;
  if (form.kind === 'other') return words.other;
  if (form.kind === 'test') return testInWords(form);
  const { join, negated, parts } = form;
  if (parts.length === 0) return (join === 'all') !== negated ? words.everything : words.nothing;
  const sentences = parts.map((part) => conditionInWords(part, parts.length > 1));
  const joined = words.join(sentences, join);
  if (negated) return words.not(parts.length > 1 ? `(${joined})` : joined);
  return isInside && parts.length > 1 ? `(${joined})` : joined;
}

function testInWords({ name, test, value, negated }: ConditionForm & { kind: 'test' }): string {
  const { words } = strings;
  const subject = isDerivedName(name) ? words.derived[name] : name;
  if (isDerivedName(name) && test === 'equals' && typeof value === 'boolean')
    return words.flag(subject, value !== negated);
  if (test === 'exists') return words.exists(subject, (value === true) !== negated);
  const sentence = words.test(subject, words.tests[test], valueInWords(name, test, value), words.units[name] ?? '');
  return negated ? words.not(sentence) : sentence;
}

function valueInWords(name: string, test: string, value: unknown): string {
  const texts = [value].flat().map((each) => choiceInWords(name, String(each)));
  const { words } = strings;
  if (test === 'matches') return words.expression(texts[0] ?? '');
  return test === 'oneOf' ? words.join(texts, 'any') : test === 'between' ? words.join(texts, 'all') : (texts[0] ?? '');
}

/** A value of a derived attribute that has a list of them, as a reader would say it; any other value as it is. */
export const choiceInWords = (name: string, value: string): string =>
  name === 'bodyPart' && isBodyPart(value) ? strings.words.bodyParts[value] : value;

const isBodyPart = (value: string): value is BodyPartName => Object.hasOwn(strings.words.bodyParts, value);
