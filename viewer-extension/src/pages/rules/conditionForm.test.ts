import { describe, expect, it } from '@jest/globals';
import { readCondition, testsFor, typedList, typedValue, withName, withTest, writeCondition } from './conditionForm.js';
import { conditionInWords } from './conditionInWords.js';

const headMr = {
  all: [
    { attribute: 'Modality', equals: 'MR' },
    { attribute: 'BodyPartExamined', oneOf: ['HEAD', 'BRAIN'] },
    {
      any: [
        { derived: 'is3D', equals: true },
        { derived: 'sliceSpacing', atMost: 1.5 },
      ],
    },
    { not: { attribute: 'ContrastBolusAgent', exists: true } },
    { not: { any: [{ attribute: '(0018,0087)', between: [1, 3] }] } },
  ],
};

describe('a condition in the form', () => {
  it('is written as it was read', () => {
    expect(writeCondition(readCondition(headMr))).toEqual(headMr);
    for (const part of headMr.all) expect(writeCondition(readCondition(part))).toEqual(part);
  });

  it.each([
    null,
    'Modality is MR',
    [],
    {},
    { all: 'MR' },
    { attribute: 'Modality' },
    { attribute: 'Modality', equals: 'MR', matches: 'MR' },
    { attribute: 'Modality', derived: 'is3D', equals: true },
    { attribute: 'SeriesDescription', oneOf: ['T1, sagittal'] },
    { not: { not: { attribute: 'Modality', equals: 'MR' } } },
  ])('stays as it is where the form has no words for it: %j', (condition) => {
    const form = readCondition(condition);
    expect(form.kind).toBe('other');
    expect(writeCondition(form)).toEqual(condition);
  });

  it('is of a derived attribute where the name is one', () => {
    const form = readCondition({ attribute: 'Modality', equals: 'MR' });
    if (form.kind !== 'test') throw new Error(form.kind);
    expect(writeCondition(withName(form, 'is3D'))).toEqual({ derived: 'is3D', equals: true });
    expect(writeCondition(withName(form, 'sliceSpacing'))).toEqual({ derived: 'sliceSpacing', atLeast: '' });
    expect(writeCondition(withName(form, 'SliceThickness'))).toEqual({ attribute: 'SliceThickness', equals: 'MR' });
    expect(writeCondition(withTest(form, 'oneOf'))).toEqual({ attribute: 'Modality', oneOf: ['MR'] });
    expect(writeCondition(withTest(form, 'exists'))).toEqual({ attribute: 'Modality', exists: true });
  });

  it('offers the tests that an attribute can have', () => {
    expect(testsFor('is3D')).toEqual(['equals', 'exists']);
    expect(testsFor('bodyPart')).not.toContain('atLeast');
    expect(testsFor('sliceSpacing')).not.toContain('matches');
    expect(testsFor('PrivateThing')).toContain('between');
  });
});

describe('a typed value', () => {
  it('is a number where the attribute has numbers', () => {
    expect(typedValue('1.50', 'number')).toBe(1.5);
    expect(typedValue('1.5x', 'number')).toBe('1.5x');
    expect(typedValue('', 'number')).toBe('');
    expect(typedValue('007', 'text')).toBe('007');
    expect(typedValue('7', 'text')).toBe('7');
  });

  it('is a number for an unknown attribute where it is written like one', () => {
    expect(typedValue('3', undefined)).toBe(3);
    expect(typedValue('003', undefined)).toBe('003');
    expect(typedList(' a, 2 ,,b ', undefined)).toEqual(['a', 2, 'b']);
  });
});

describe('a condition in words', () => {
  it('is a part of a sentence', () => {
    expect(conditionInWords(headMr)).toBe(
      'Modality is MR, BodyPartExamined is HEAD or BRAIN, (is 3-D or slice spacing at most 1.5 mm), there is no ' +
        'ContrastBolusAgent and not (0018,0087) between 1 and 3',
    );
    expect(conditionInWords({ all: [] })).toBe('every series');
    expect(conditionInWords({ not: { all: [] } })).toBe('no series');
    expect(conditionInWords({ not: { derived: 'isDerived', equals: true } })).toBe('is not derived');
    expect(conditionInWords({ attribute: 'SeriesDescription', matches: '(?i)t1' })).toBe(
      'SeriesDescription matches “(?i)t1”',
    );
    expect(conditionInWords(undefined)).toBe('an incomplete condition');
  });
});
