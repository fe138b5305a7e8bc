import { describe, expect, it } from '@jest/globals';
import { naturalizeHeader } from './naturalizeHeader.js';
import { element, imagePart10, part10, sequence, type TestElement, unknownSequence } from './part10.testSupport.js';
import { explicitVRBigEndian, explicitVRLittleEndian } from './transferSyntaxes.js';

describe('naturalizeHeader', () => {
  it.each([explicitVRLittleEndian, explicitVRBigEndian])(
    'names the attributes and leaves the pixels out (%s)',
    (uid) => {
      const header = naturalizeHeader(imagePart10(uid, { rows: 1, columns: 2, pixelData: [1, 2] }));
      expect(header).toMatchObject({
        Rows: 1,
        Columns: 2,
        PhotometricInterpretation: 'MONOCHROME2',
        NumberOfFrames: 1,
      });
      expect(header).not.toHaveProperty('PixelData');
      expect(header).not.toHaveProperty('7FE00010');
    },
  );

  it('reads a last attribute that is empty', () => {
    expect(naturalizeHeader(part10(explicitVRLittleEndian, [['00200011', 'IS', '']]))).toHaveProperty('SeriesNumber');
  });

  it('decodes text in several character sets, also within sequences that name them again', () => {
    const characterSet: TestElement = ['00080005', 'CS', '\\ISO 2022 IR 149'];
    const description: TestElement = ['0008103E', 'LO', Buffer.from('1b242943b1e8c8f1', 'hex')];
    const itemBytes = Buffer.concat([element(characterSet), element(description)]);
    const item = Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0, itemBytes.length, 0, 0, 0]), itemBytes]);
    const header = naturalizeHeader(
      part10(explicitVRLittleEndian, [characterSet, description, ['00081115', 'SQ', item]]),
    );
    expect(header.SeriesDescription).toBe('김희');
    expect((header.ReferencedSeriesSequence as { SeriesDescription: string }[])[0]?.SeriesDescription).toBe('김희');
  });

  it('leaves out private attributes, functional groups and long values, and reads on behind them', () => {
    const header = naturalizeHeader(
      part10(explicitVRLittleEndian, [
        ['00091010', 'LO', 'private'],
        ['00102000', 'LO', 'before'],
        ['00104000', 'UT', 'y'.repeat(2 ** 16 + 2)],
        ['00200011', 'IS', '7'],
        sequence('52009230', [['00200032', 'DS', '1\\2\\3']]),
      ]),
    );
    expect(header).toMatchObject({ MedicalAlerts: 'before', SeriesNumber: 7 });
    for (const keyword of ['00091010', 'PatientComments', 'PerFrameFunctionalGroupsSequence'])
      expect(header).not.toHaveProperty(keyword);
  });

  it('refuses a header of more than 1 MiB', () => {
    const many = Array.from(
      { length: 20 },
      (_, n): TestElement => [`0040${(0x0300 + n).toString(16).padStart(4, '0')}`, 'UT', 'y'.repeat(60_000)],
    );
    expect(() => naturalizeHeader(part10(explicitVRLittleEndian, many))).toThrow(
      expect.objectContaining({ code: 'instance-unreadable' }),
    );
  });

  it('refuses a truncated file', () => {
    const file = part10(explicitVRLittleEndian, [['00081030', 'LO', 'abdomen']]);
    expect(() => naturalizeHeader(file.subarray(0, file.length - 2))).toThrow(
      expect.objectContaining({ code: 'instance-unreadable' }),
    );
  });

  it('gives attributes of unknown VR the one of the dictionary, sequences too', () => {
    const header = naturalizeHeader(
      part10(explicitVRLittleEndian, [
        ['00100010', 'UN', 'Phantom^Synthetic '],
        ['00101010', 'UN', '034Y'],
        ['00120064', 'UN', unknownSequence('00120064', [['00080100', 'SH', '113100']])[2]],
        ['00280010', 'UN', [7]],
        ['00400280', 'UN', 'a comment '],
      ]),
    );
    expect(header).toMatchObject({
      PatientName: [{ Alphabetic: 'Phantom^Synthetic' }],
      PatientAge: '034Y',
      Rows: 7,
      CommentsOnThePerformedProcedureStep: 'a comment',
      DeidentificationMethodCodeSequence: [{ CodeValue: '113100' }],
    });
  });
});
