import { describe, expect, it } from '@jest/globals';
import type { Condition } from '#contract/condition.js';
import { axialHead, descriptionOf } from './description.testSupport.js';
import { whyItMatchesEverything } from './matchesEverything.js';
import { parseRule } from './parseRules.js';
import { requireNotTooWide } from './tooWide.js';

const mr: Condition = { attribute: 'Modality', equals: 'MR' };
const rule = (match: unknown, more = {}) => parseRule({ name: 'wide', prompts: ['x'], match, ...more });

describe('a rule that matches everything', () => {
  it.each<Condition>([
    { all: [] },
    { not: { any: [] } },
    { all: [{ all: [] }, { any: [mr, { all: [] }] }] },
    { any: [mr, { not: mr }] },
    { not: { all: [mr, { not: mr }] } },
    { attribute: 'Modality', exists: true },
    { attribute: '(0020,000D)', exists: true },
    { not: { attribute: 'Modality', exists: false } },
    { attribute: 'Modality', matches: '.*' },
    { attribute: 'SeriesInstanceUID', matches: '^.+$' },
    { derived: 'numberOfImages', atLeast: 0 },
  ])('is known from the rule alone: %j', (match) => {
    expect(whyItMatchesEverything(match)).toBeDefined();
    expect(() => requireNotTooWide(rule(match))).toThrow(expect.objectContaining({ code: 'rule-too-wide' }));
    expect(() => requireNotTooWide(rule(match, { everySeries: true }))).not.toThrow();
  });

  it.each<Condition>([
    mr,
    { any: [] },
    { not: { all: [] } },
    { attribute: 'BodyPartExamined', exists: true },
    { attribute: 'SeriesDescription', matches: '.*' },
    { attribute: 'Modality', matches: 'M' },
    { any: [mr, { not: { attribute: 'Modality', equals: 'CT' } }] },
    { derived: 'numberOfImages', atLeast: 1 },
  ])('is not this: %j', (match) => {
    expect(whyItMatchesEverything(match)).toBeUndefined();
    expect(() => requireNotTooWide(rule(match))).not.toThrow();
  });

  const head = descriptionOf();
  const ct = descriptionOf({ ...axialHead, Modality: 'CT' });
  const result = descriptionOf({ ...axialHead, Modality: 'SEG' }, undefined, true);
  const recent = Array.from({ length: 10 }, () => head);

  it('is known by the recent series of the archive, without regard to our own results', () => {
    expect(() => requireNotTooWide(rule(mr), [...recent, result])).toThrow(/all of the 10 most recent series/);
    expect(() => requireNotTooWide(rule(mr), [...recent, ct])).not.toThrow();
    expect(() => requireNotTooWide(rule(mr), recent.slice(1))).not.toThrow();
  });
});
