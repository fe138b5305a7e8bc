import { describe, expect, it } from '@jest/globals';
import { ruleSchema } from '../../../../server/contract/rule.js';
import { exampleRule } from './exampleRule.js';
import { ruleChanges } from './ruleChanges.js';
import { readRuleText, withMember, withoutUsual, writeRuleText } from './ruleText.js';

describe('a rule as text', () => {
  it('has a line for each condition and list', () => {
    expect(writeRuleText({ ...exampleRule, match: { all: [...exampleConditions, nested] } })).toBe(`name: head-mr-3d
description: Hippocampi and ventricles of every head MR in 3-D
match:
  all:
    - { attribute: Modality, equals: MR }
    - { derived: bodyPart, equals: head }
    - { derived: is3D, equals: true }
    - { derived: sliceSpacing, atMost: 1.5 }
    - any:
        - { not: { attribute: ContrastBolusAgent, exists: true } }
        - { attribute: SeriesDescription, matches: (?i)pre }
prompts: [ hippocampus, ventricles ]
`);
  });

  it('is read as it was written', () => {
    expect(readRuleText(writeRuleText(exampleRule))).toEqual({ draft: exampleRule });
    expect(readRuleText(JSON.stringify(exampleRule))).toEqual({ draft: exampleRule });
  });

  it.each([
    ['name: a\nmatch: [', 2],
    ['name: a\nname: b', 2],
    ['', 1],
    ['- name: a', 1],
    ['version: 1\nrules: []', 1],
  ])('says where it cannot be read: %j', (text, line) => {
    expect(readRuleText(text).problem?.line).toBe(line);
  });

  it('has its members in the usual order, and none that go without saying', () => {
    const draft = withMember(withMember({ name: 'a', prompts: ['bone'] }, 'match', { all: [] }), 'model', 'head');
    expect(Object.keys(draft)).toEqual(['name', 'match', 'prompts', 'model']);
    expect(withMember(draft, 'model', undefined)).not.toHaveProperty('model');
    expect(withoutUsual(ruleSchema.parse(exampleRule))).toEqual(exampleRule);
    expect(withoutUsual({ ...exampleRule, enabled: false })).toHaveProperty('enabled', false);
  });
});

describe('what changed between two versions', () => {
  it('is reported for each member', () => {
    const changed = { ...exampleRule, prompts: ['ventricles'], match: nested, enabled: false, limits: { perHour: 6 } };
    expect(ruleChanges({ ...exampleRule, enabled: true }, changed)).toEqual([
      {
        what: 'Conditions',
        before: 'Modality is MR, body part is head, is 3-D and slice spacing at most 1.5 mm',
        after: 'there is no ContrastBolusAgent or SeriesDescription matches “(?i)pre”',
      },
      { what: 'Prompts', before: 'hippocampus, ventricles', after: 'ventricles' },
      { what: 'Enabled', before: 'yes', after: 'no' },
      { what: 'Limits', before: undefined, after: 'perHour 6' },
    ]);
    expect(ruleChanges(exampleRule, exampleRule)).toEqual([]);
  });
});

const exampleConditions = (exampleRule.match as { all: unknown[] }).all;
const nested = {
  any: [
    { not: { attribute: 'ContrastBolusAgent', exists: true } },
    { attribute: 'SeriesDescription', matches: '(?i)pre' },
  ],
};
