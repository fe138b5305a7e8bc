import { describe, expect, it } from '@jest/globals';
import { parseInstance } from '../dicom/dicomInstance.js';
import { part10, sequence, type TestElement, unknownSequence } from '../dicom/part10.testSupport.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { frameDatasets } from './frameDataset.js';

const position = (text: string) => sequence('00209113', [['00200032', 'DS', text]]);
const measures = (thickness: string) => sequence('00289110', [['00180050', 'DS', thickness]]);

function framesOf(frames: number, shared: readonly TestElement[], ...perFrame: readonly (readonly TestElement[])[]) {
  const instance = part10(explicitVRLittleEndian, [
    ['00180050', 'DS', '9'],
    ['00200011', 'IS', '4'],
    ['00280008', 'IS', String(frames)],
    sequence('52009229', shared),
    sequence('52009230', ...perFrame),
  ]);
  return frameDatasets(parseInstance(instance));
}

describe('the view of a frame', () => {
  it("finds an attribute in the frame's own groups, else in the shared ones, else in the instance", () => {
    const [first, second] = framesOf(2, [measures('5')], [position('1\\2\\3')], [position('4\\5\\6'), measures('7')]);
    expect(first!.numbers('x00200032')).toEqual([1, 2, 3]);
    expect(second!.numbers('x00200032')).toEqual([4, 5, 6]);
    expect([first!, second!].map((frame) => frame.number('x00180050'))).toEqual([5, 7]);
    expect(first!.string('x00200011')).toBe('4');
    expect(first!.number('x00280009')).toBeUndefined();
  });

  it('passes over attributes without a value', () => {
    const [frame] = framesOf(1, [measures('5')], [measures('')]);
    expect(frame!.number('x00180050')).toBe(5);
  });

  it('finds the sequence of a macro itself, and the gradient direction within diffusion', () => {
    const gradient = Buffer.alloc(24);
    gradient.writeDoubleLE(1, 16);
    const direction = sequence('00189076', [['00189089', 'FD', gradient]]);
    const [frame] = framesOf(1, [], [sequence('00189117', [['00189075', 'CS', 'DIRECTIONAL'], direction])]);
    expect(frame!.items('x00189117')).toHaveLength(1);
    expect(frame!.string('x00189075')).toBe('DIRECTIONAL');
    expect(frame!.numbers('x00189089')).toEqual([0, 0, 1]);
  });

  it('takes nothing but private attributes from private sequences, as makers repeat public ones there', () => {
    const copies: readonly TestElement[] = [
      ['00180050', 'DS', '1'],
      ['00200032', 'DS', '0\\0\\0'],
      ['00281052', 'DS', '0'],
      ['00281053', 'DS', '4'],
      ['20050014', 'LO', 'Philips MR Imaging DD 005'],
      ['20051429', 'CS', 'LABEL'],
    ];
    const values = sequence('00289145', [
      ['00281052', 'DS', '-1024'],
      ['00281053', 'DS', '1'],
    ]);
    const copied = sequence('2005140F', copies);
    for (const [shared, own] of [
      [[values, measures('5'), position('1\\2\\3')], [copied]],
      [
        [copied, values],
        [measures('5'), position('1\\2\\3'), copied],
      ],
    ] as const) {
      const [frame] = framesOf(1, shared, own);
      expect([frame!.number('x00281052'), frame!.number('x00281053'), frame!.number('x00180050')]).toEqual([
        -1024, 1, 5,
      ]);
      expect(frame!.numbers('x00200032')).toEqual([1, 2, 3]);
      expect(frame!.string('x20051429')).toBe('LABEL');
    }
  });

  it('takes an attribute from the macro that the standard has for it, and from no other', () => {
    const astray = sequence('00209111', [
      ['00200032', 'DS', '7\\8\\9'],
      ['00209056', 'SH', 'A'],
      ['00281053', 'DS', '4'],
    ]);
    const [frame] = framesOf(1, [position('1\\2\\3'), sequence('00289145', [['00281053', 'DS', '2']])], [astray]);
    expect(frame!.numbers('x00200032')).toEqual([1, 2, 3]);
    expect(frame!.number('x00281053')).toBe(2);
    expect(frame!.string('x00209056')).toBe('A');
    expect(framesOf(1, [], [astray])[0]!.numbers('x00200032')).toEqual([]);
  });

  it('takes nothing that stands beside the macros, without one', () => {
    const beside: readonly TestElement[] = [
      ['00200032', 'DS', '7\\8\\9'],
      ['00281053', 'DS', '4'],
    ];
    const shared = [position('1\\2\\3'), sequence('00289145', [['00281053', 'DS', '2']])];
    for (const [frame] of [framesOf(1, shared, beside), framesOf(1, beside, shared)]) {
      expect(frame!.numbers('x00200032')).toEqual([1, 2, 3]);
      expect(frame!.number('x00281053')).toBe(2);
    }
  });

  it('takes what a legacy converted image could not assign behind all macros', () => {
    const unassigned = sequence('00209171', [
      ['00180050', 'DS', '1'],
      ['00541300', 'DS', '60000'],
    ]);
    const [frame] = framesOf(1, [measures('5')], [unassigned]);
    expect([frame!.number('x00180050'), frame!.number('x00541300')]).toEqual([5, 60000]);
    expect(framesOf(1, [], [unassigned])[0]!.number('x00180050')).toBe(1);
  });

  it('reads functional groups whose sequences have an unknown VR', () => {
    const instance = part10(explicitVRLittleEndian, [
      ['00280008', 'IS', '2'],
      unknownSequence('52009229', [unknownSequence('00289110', [['00180050', 'DS', '5 ']])]),
      unknownSequence(
        '52009230',
        [unknownSequence('00209113', [['00200032', 'DS', '1\\2\\3 ']])],
        [unknownSequence('00209113', [['00200032', 'DS', '4\\5\\6 ']])],
      ),
    ]);
    const frames = frameDatasets(parseInstance(instance));
    expect(frames.map((frame) => [...frame.numbers('x00200032'), frame.number('x00180050')])).toEqual([
      [1, 2, 3, 5],
      [4, 5, 6, 5],
    ]);
  });

  it('is refused where frames and functional groups differ in number', () => {
    expect(() => framesOf(2, [], [position('1\\2\\3')])).toThrow(
      expect.objectContaining({
        code: 'instance-unreadable',
        message: expect.stringContaining('2 frames but describes 1'),
      }),
    );
  });

  it('is refused for absurdly many frames', () => {
    expect(() => framesOf(70_000, [], [])).toThrow(expect.objectContaining({ code: 'image-too-large' }));
  });
});
