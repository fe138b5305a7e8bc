import { describe, expect, it } from '@jest/globals';
import { parseInstance } from './dicomInstance.js';
import { naturalizeHeader } from './naturalizeHeader.js';
import {
  element,
  imagePart10,
  part10,
  sequence,
  type TestElement,
  testSopInstanceUID,
  unknownSequence,
} from './part10.testSupport.js';
import { explicitVRBigEndian, explicitVRLittleEndian, implicitVRLittleEndian } from './transferSyntaxes.js';

const unreadable = (why: string) =>
  expect.objectContaining({
    code: 'instance-unreadable',
    cause: expect.objectContaining({ cause: expect.objectContaining({ message: expect.stringContaining(why) }) }),
  });

const start = part10(explicitVRLittleEndian, []);

describe('a dataset', () => {
  it('with 64-bit values (OV) is read on behind them', () => {
    const offsets: TestElement = ['7FE00001', 'OV', Buffer.alloc(16)];
    const file = Buffer.concat([start, element(offsets), element(['7FE00010', 'OW', [1, 2]])]);
    const instance = parseInstance(file);
    expect(instance.hasPixelData).toBe(true);
    expect(instance.element('x7fe00001')).toMatchObject({ vr: 'OV', length: 16 });
  });

  it('of big endian has file meta information of little endian', () => {
    const file = imagePart10(explicitVRBigEndian, { rows: 1, columns: 2, pixelData: [1, 2] });
    const instance = parseInstance(file);
    expect(instance.string('x00020010')).toBe(explicitVRBigEndian);
    expect(instance.columns).toBe(2);
  });

  it('whose sequences are nested a hundred thousand times is given up', () => {
    const level = Buffer.from('0800401153510000fffffffffeff00e0ffffffff', 'hex');
    const file = Buffer.concat([start, ...Array<Buffer>(100_000).fill(level)]);
    expect(() => parseInstance(file)).toThrow(expect.objectContaining({ code: 'instance-unreadable' }));
  });

  it('whose sequence never ends is read as far as it goes', () => {
    const endless = Buffer.from('0800401153510000fffffffffeff00e0ffffffff', 'hex');
    expect(parseInstance(Buffer.concat([start, endless])).sopInstanceUID).toBe(testSopInstanceUID);
  });

  it.each([explicitVRLittleEndian, implicitVRLittleEndian])(
    'whose last value reaches beyond the file is refused (%s)',
    (transferSyntaxUID) => {
      const isImplicit = transferSyntaxUID === implicitVRLittleEndian;
      const last = element(['00104000', 'LT', 'comment.']);
      if (isImplicit) last.writeUInt32LE(9, 4);
      else last.writeUInt16LE(9, 6);
      const uid = element(['00080018', 'UI', testSopInstanceUID]);
      if (isImplicit) uid.writeUInt32LE(8, 4);
      expect(() => parseInstance(Buffer.concat([uid, last]))).toThrow(unreadable('beyond the end'));
    },
  );

  it('whose text is longer than any is not split into its values', () => {
    const long = element(['00204000', 'UT', Buffer.alloc(2 ** 17 + 2, '\\')]);
    const instance = parseInstance(Buffer.concat([start, long]));
    expect(() => instance.strings('x00204000')).toThrow(expect.objectContaining({ code: 'instance-unreadable' }));
    expect(instance.numberIfSound('x00204000')).toBeUndefined();
  });

  it('with items of a sequence gives them as datasets', () => {
    const file = part10(explicitVRLittleEndian, [sequence('00540016', [['00181074', 'DS', '37']], [])]);
    expect(
      parseInstance(file)
        .items('x00540016')
        .map((item) => item.number('x00181074')),
    ).toEqual([37, undefined]);
  });

  it('with a sequence of unknown VR gives its items, nested ones too', () => {
    const inner = unknownSequence('00540300', [['00080100', 'SH', 'C-111A1']]);
    const outer = unknownSequence('00540016', [inner, ['00181074', 'DS', '37']], []);
    const [first, second, ...others] = parseInstance(part10(explicitVRLittleEndian, [outer])).items('x00540016');
    expect([first!.number('x00181074'), second!.number('x00181074'), others]).toEqual([37, undefined, []]);
    expect(first!.items('x00540300')[0]!.string('x00080100')).toBe('C-111A1');
    const withinKnown = part10(explicitVRLittleEndian, [sequence('00540016', [inner])]);
    expect(parseInstance(withinKnown).items('x00540016')[0]!.items('x00540300')).toHaveLength(1);
  });

  it.each([
    ['cut', unknownSequence('00540016', [['00181074', 'DS', '37']])[2] as Buffer],
    ['no sequence', Buffer.from('some text that is longer')],
  ])('with a value of unknown VR that is %s has no items', (what, value) => {
    const bytes = what === 'cut' ? value.subarray(0, value.length - 4) : value;
    const instance = parseInstance(part10(explicitVRLittleEndian, [['00540016', 'UN', bytes]]));
    expect(instance.items('x00540016').map((item) => item.number('x00181074'))).toEqual([]);
  });

  it.each([
    ['zeros', Buffer.alloc(512)],
    ['a single zero', Buffer.alloc(1)],
    ['ones', Buffer.alloc(512, 0xff)],
    ['a line end', Buffer.from('\r\n')],
    ['the start of another file', imagePart10(explicitVRLittleEndian, { rows: 9, columns: 9, pixelData: [1] })],
    ['an element that reaches beyond the end', element(['FFFCFFFC', 'OB', Buffer.alloc(4)]).subarray(0, 14)],
  ])('with %s behind its pixels is read without them', (_, behind) => {
    const image = imagePart10(explicitVRLittleEndian, { rows: 1, columns: 2, pixelData: [1, 2] });
    const instance = parseInstance(Buffer.concat([image, behind]));
    expect([instance.rows, instance.columns, instance.element('x7fe00010')!.length]).toEqual([1, 2, 4]);
    expect(instance.trailingBytes).toBe(behind.length);
    expect(naturalizeHeader(Buffer.concat([image, behind]))).toMatchObject({ Rows: 1, Columns: 2 });
  });

  it('without pixels is read without the zeros behind it', () => {
    const file = Buffer.concat([start, element(['00200011', 'IS', '7']), Buffer.alloc(100)]);
    expect(naturalizeHeader(file)).toMatchObject({ SeriesNumber: 7 });
  });

  it('with padding that the standard has (Data Set Trailing Padding) has nothing behind it', () => {
    const image = imagePart10(explicitVRLittleEndian, { rows: 1, columns: 2, pixelData: [1, 2] });
    const padded = Buffer.concat([image, element(['FFFCFFFC', 'OB', Buffer.alloc(64)])]);
    expect(parseInstance(padded).trailingBytes).toBe(0);
  });
});
