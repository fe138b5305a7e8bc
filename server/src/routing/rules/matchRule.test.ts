import { describe, expect, it } from '@jest/globals';
import { axialHead, descriptionOf, type TestAttributes } from './description.testSupport.js';
import { createMatcher } from './matchRule.js';
import { parseRule } from './parseRules.js';

const match = (conditions: unknown, attributes: TestAttributes = axialHead) =>
  createMatcher(parseRule({ name: 'test', prompts: ['brain'], match: conditions }))(descriptionOf(attributes));

describe('a condition on an attribute', () => {
  const item = { '00080100': { vr: 'SH', Value: ['69536005'] }, '00080104': { vr: 'LO', Value: ['Head'] } };
  const series: TestAttributes = {
    ...axialHead,
    StudyDate: '20260131',
    StudyTime: '101530.5',
    PatientAge: '045Y',
    PatientName: 'Doe^Jane',
    PatientID: 'secret-17',
    EchoTime: '2.50',
    ProtocolName: 'Schädel nativ',
    SeriesNumber: 7,
    StudyInstanceUID: '1.2.3',
    AnatomicRegionSequence: [item],
    StudyDescription: ' ',
  };
  it.each([
    [{ attribute: 'Modality', equals: 'MR' }, true, 'Modality is MR.'],
    [{ attribute: 'Modality', equals: ' mr ' }, true, 'Modality is MR.'],
    [{ attribute: 'Modality', equals: 'CT' }, false, 'Modality is MR, not CT.'],
    [{ attribute: '(0008,0060)', equals: 'MR' }, true, 'Modality is MR.'],
    [{ attribute: '00080060', equals: 'MR' }, true, 'Modality is MR.'],
    [{ attribute: '0008,103e', matches: 'T1' }, true, 'SeriesDescription is "T1 MPRAGE sag", which matches T1.'],
    [{ attribute: 'ImageType', equals: 'primary' }, true, 'ImageType is ORIGINAL, PRIMARY, M, NORM.'],
    [{ attribute: 'ImageType', equals: 'DERIVED' }, false, 'ImageType is ORIGINAL, PRIMARY, M, NORM, not DERIVED.'],
    [
      { attribute: 'BodyPartExamined', oneOf: ['BRAIN', 'HEAD'] },
      true,
      'BodyPartExamined is HEAD, one of BRAIN, HEAD.',
    ],
    [{ attribute: 'BodyPartExamined', oneOf: ['CHEST'] }, false, 'BodyPartExamined is HEAD, none of CHEST.'],
    [
      { attribute: 'SeriesDescription', matches: '(?i)mprage|t1' },
      true,
      'SeriesDescription is "T1 MPRAGE sag", which matches (?i)mprage|t1.',
    ],
    [
      { attribute: 'SeriesDescription', matches: '^mprage$' },
      false,
      'SeriesDescription is "T1 MPRAGE sag", which does not match ^mprage$.',
    ],
    [
      { attribute: 'ProtocolName', matches: 'SCHÄDEL' },
      false,
      'ProtocolName is "Schädel nativ", which does not match SCHÄDEL.',
    ],
    [
      { attribute: 'ProtocolName', matches: '(?i)SCHÄDEL' },
      true,
      'ProtocolName is "Schädel nativ", which matches (?i)SCHÄDEL.',
    ],
    [{ attribute: 'ProtocolName', equals: 'scha\u0308del NATIV' }, true, 'ProtocolName is "Schädel nativ".'],
    [{ attribute: 'EchoTime', equals: 2.5 }, true, 'EchoTime is 2.50.'],
    [{ attribute: 'EchoTime', atLeast: 2.5 }, true, 'EchoTime is 2.50, at least 2.5.'],
    [{ attribute: 'EchoTime', atMost: 2.4 }, false, 'EchoTime is 2.50, more than 2.4.'],
    [{ attribute: 'EchoTime', between: [2, 3] }, true, 'EchoTime is 2.50, between 2 and 3.'],
    [{ attribute: 'SeriesNumber', oneOf: [7, 8] }, true, 'SeriesNumber is 7, one of 7, 8.'],
    [{ attribute: 'StudyDate', atLeast: '2026-01-31' }, true, 'StudyDate is as the rule asks.'],
    [{ attribute: 'StudyDate', atMost: '20260130' }, false, 'StudyDate is not as the rule asks.'],
    [{ attribute: 'StudyDate', between: ['2026-01', '2026-01'] }, true, 'StudyDate is as the rule asks.'],
    [{ attribute: 'StudyTime', atLeast: '10:15' }, true, 'StudyTime is as the rule asks.'],
    [{ attribute: 'StudyTime', atLeast: '10:16' }, false, 'StudyTime is not as the rule asks.'],
    [{ attribute: 'PatientAge', atLeast: 18 }, true, 'PatientAge is as the rule asks.'],
    [{ attribute: 'PatientAge', atMost: 44 }, false, 'PatientAge is not as the rule asks.'],
    [{ attribute: 'PatientID', equals: 'other' }, false, 'PatientID is not as the rule asks.'],
    [{ attribute: 'PatientName', matches: 'Doe' }, true, 'PatientName is as the rule asks.'],
    [{ attribute: 'StudyInstanceUID', equals: '1.2.3' }, true, 'StudyInstanceUID is 1.2.3.'],
    [{ attribute: 'ContrastBolusAgent', exists: true }, false, 'The series has no ContrastBolusAgent.'],
    [{ attribute: 'ContrastBolusAgent', exists: false }, true, 'The series has no ContrastBolusAgent.'],
    [{ attribute: 'ContrastBolusAgent', equals: 'x' }, false, 'The series has no ContrastBolusAgent.'],
    [{ attribute: 'StudyDescription', exists: true }, false, 'The series has no StudyDescription.'],
    [{ attribute: 'AnatomicRegionSequence', exists: true }, true, 'The series has AnatomicRegionSequence.'],
    [
      { attribute: 'AnatomicRegionSequence.CodeValue', equals: 69536005 },
      true,
      'AnatomicRegionSequence.CodeValue is 69536005.',
    ],
    [
      { attribute: 'AnatomicRegionSequence.CodeMeaning', equals: 'Neck' },
      false,
      'AnatomicRegionSequence.CodeMeaning is Head, not Neck.',
    ],
    [{ attribute: '(0019,100C)', exists: false }, true, 'The series has no (0019,100C).'],
  ])('%j: %s', (condition, holds, because) => {
    expect(match(condition, series)).toMatchObject({ matched: holds, because });
  });

  it('looks at private attributes too', () => {
    const bValue = { '0019100C': { vr: 'IS', Value: ['1000'] } };
    const judge = (condition: object) =>
      createMatcher(parseRule({ name: 'test', prompts: ['x'], match: { attribute: '(0019,100c)', ...condition } }))({
        ...descriptionOf(),
        attributes: bValue,
      }).matched;
    expect([{ equals: 1000 }, { atLeast: 999 }, { atMost: 999 }, { exists: true }].map(judge)).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  it('never shows what may identify the patient', () => {
    const every = Object.keys(series).map((attribute) => ({ attribute, exists: true }));
    const secrets = ['Doe', 'secret', '20260131', '045Y', '101530'];
    const conditions = [
      ...every,
      ...['PatientName', 'PatientID', 'StudyDate', 'StudyTime'].map((attribute) => ({ attribute, equals: '1' })),
      { attribute: 'PatientAge', equals: '1' },
    ];
    const text = JSON.stringify(match({ all: conditions }, series));
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it('is not misled by control characters and endless values', () => {
    const { because } = match(
      { attribute: 'SeriesDescription', equals: 'x' },
      { ...axialHead, SeriesDescription: `a\u001b[31m${'b'.repeat(5000)}` },
    );
    expect(because).not.toContain('\u001b');
    expect(because.length).toBeLessThan(200);
  });
});

describe('a condition on what is derived', () => {
  it.each([
    [{ derived: 'numberOfImages', atLeast: 20 }, true, 'numberOfImages is 20, at least 20.'],
    [{ derived: 'sliceSpacing', atMost: 1.5 }, true, 'sliceSpacing is 1.2 mm, at most 1.5.'],
    [{ derived: 'sliceSpacing', between: [2, 3] }, false, 'sliceSpacing is 1.2 mm, not between 2 and 3.'],
    [{ derived: 'is3D', equals: true }, true, 'is3D is true.'],
    [{ derived: 'isAxial', equals: false }, false, 'isAxial is true, not false.'],
    [{ derived: 'bodyPart', oneOf: ['head', 'neck'] }, true, 'bodyPart is head, one of head, neck.'],
    [{ derived: 'isSecondaryCapture', equals: false }, true, 'isSecondaryCapture is false.'],
  ])('%j: %s', (condition, holds, because) => {
    expect(match(condition)).toMatchObject({ matched: holds, because });
  });
});

describe('joined conditions', () => {
  const yes = { attribute: 'Modality', equals: 'MR' };
  const no = { attribute: 'Modality', equals: 'CT' };
  it.each([
    [{ all: [yes, yes] }, true, 'All 2 conditions hold.'],
    [{ all: [yes, no, no] }, false, '2 of 3 conditions do not hold.'],
    [{ any: [no, yes] }, true, '1 of 2 conditions holds; one is enough.'],
    [{ any: [no, no] }, false, 'None of 2 conditions holds.'],
    [{ any: [] }, false, 'None of 0 conditions holds.'],
    [{ all: [] }, true, 'There is no condition, so every series fits.'],
    [{ not: no }, true, 'The excluded condition is not true.'],
    [{ not: yes }, false, 'The excluded condition is true.'],
    [{ not: { any: [no, { all: [yes, { not: yes }] }] } }, true, 'The excluded condition is not true.'],
  ])('%j: %s', (condition, holds, because) => {
    expect(match(condition).conditions).toMatchObject({ holds, because });
  });

  it('say of each condition whether it holds, in the order of the rule', () => {
    expect(match({ all: [yes, { not: no }] }).conditions.conditions).toEqual([
      { holds: true, because: 'Modality is MR.' },
      {
        holds: true,
        because: 'The excluded condition is not true.',
        conditions: [{ holds: false, because: 'Modality is MR, not CT.' }],
      },
    ]);
  });

  it('sum up with the conditions that decided', () => {
    expect(match({ all: [yes, no, { derived: 'isAxial', equals: false }] }).because).toBe(
      'Modality is MR, not CT. isAxial is true, not false.',
    );
    expect(match({ any: Array.from({ length: 9 }, () => no) }).because).toMatch(
      /^(Modality is MR, not CT\. ){3}And 6 more\.$/,
    );
  });
});

describe('what never starts a job', () => {
  const everything = { all: [] };
  const seg = { ...axialHead, Modality: 'SEG' };
  const derived = { ...axialHead, ImageType: 'DERIVED\\PRIMARY\\MPR' };
  const secondary = { ...axialHead, ImageType: 'ORIGINAL\\SECONDARY' };
  const capture = { ...axialHead, SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' };

  it.each([
    ['SEG', seg, /holds results or documents \(SEG\)/],
    ['SR', { ...axialHead, Modality: 'SR' }, /\(SR\)/],
    ['RTSTRUCT', { ...axialHead, Modality: 'RTSTRUCT' }, /\(RTSTRUCT\)/],
    ['derived images', derived, /derived from others/],
    ['secondary images', secondary, /not primary/],
    ['secondary captures', capture, /secondary captures/],
  ])('%s', (_what, attributes, because) => {
    const result = match(everything, attributes);
    expect(result).toMatchObject({ matched: false, because: expect.stringMatching(because) });
    expect(result.conditions.holds).toBe(true);
    expect(match({ attribute: 'Rows', exists: true }, attributes).matched).toBe(false);
  });

  it.each([
    ['SEG by its modality', { attribute: 'Modality', oneOf: ['seg'] }, seg],
    ['SEG by the tag of modality', { attribute: '(0008,0060)', equals: 'SEG' }, seg],
    ['derived images', { derived: 'isDerived', equals: true }, derived],
    ['derived images by Image Type', { attribute: 'ImageType', equals: 'DERIVED' }, derived],
    ['secondary images', { derived: 'isPrimary', equals: false }, secondary],
    ['secondary captures', { derived: 'isSecondaryCapture', equals: true }, capture],
  ])('unless the rule names it: %s', (_what, condition, attributes) => {
    expect(match(condition, attributes).matched).toBe(true);
  });

  it('our own results, even where the rule names SEG', () => {
    const rule = parseRule({ name: 'test', prompts: ['x'], match: { attribute: 'Modality', equals: 'SEG' } });
    const result = createMatcher(rule)(descriptionOf(seg, undefined, true));
    expect(result).toMatchObject({ matched: false, because: 'The series is a result of Promptseg itself.' });
  });

  it('is not named by another modality', () => {
    expect(
      match(
        {
          any: [
            { attribute: 'Modality', equals: 'SR' },
            { attribute: 'Rows', exists: true },
          ],
        },
        seg,
      ).matched,
    ).toBe(false);
  });
});
