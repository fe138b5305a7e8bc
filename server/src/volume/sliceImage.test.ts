import { describe, expect, it } from '@jest/globals';
import { parseInstance } from '../dicom/dicomInstance.js';
import { element, imagePart10, part10, sequence, type TestElement } from '../dicom/part10.testSupport.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { readSliceImages } from './sliceImage.js';

const tooLong = `1.2.${'3'.repeat(61)}`;
const beforePixels = imagePart10(explicitVRLittleEndian, { rows: 1, columns: 1, pixelData: [0] });

/** A CT slice with changed UIDs, and other attributes of group 0028 from 1000 on. */
function slice(uids: Readonly<Record<string, string>>, ...others: readonly TestElement[]) {
  const uid = (tag: string): TestElement => [tag, 'UI', uids[tag] ?? '1.2.3'];
  const own = part10(explicitVRLittleEndian, [
    uid('0020000D'),
    uid('0020000E'),
    ['00200032', 'DS', '0\\0\\0'],
    ['00200037', 'DS', '1\\0\\0\\0\\1\\0'],
    uid('00200052'),
    ['00280030', 'DS', '1\\1'],
  ]);
  const description = beforePixels.subarray(beforePixels.indexOf(Buffer.from([0x28, 0, 0x02, 0])));
  const added = others.map((each) => element(each));
  const pixels = description.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0]));
  const parts = [own, description.subarray(0, pixels), ...added, description.subarray(pixels)];
  return readSliceImages(parseInstance(Buffer.concat(parts)))[0]!;
}

describe('UIDs of more than 64 characters, which no object can repeat', () => {
  it.each([
    ['Study Instance UID', '0020000D'],
    ['Series Instance UID', '0020000E'],
  ])('%s: refused', (attribute, tag) => {
    const code = 'instance-unreadable';
    const message = expect.stringContaining(`has a ${attribute} of 65 characters`);
    expect(() => slice({ [tag]: tooLong })).toThrow(expect.objectContaining({ code, message }));
    expect(() => slice({ [tag]: tooLong.slice(0, 64) })).not.toThrow();
  });

  it('Frame of Reference UID: counts as missing', () => {
    expect(slice({ '00200052': tooLong }).frameOfReferenceUID).toBeUndefined();
    expect(slice({}).frameOfReferenceUID).toBe('1.2.3');
  });
});

describe('how a slice states that it is shown', () => {
  const scale: readonly TestElement[] = [
    ['00281052', 'DS', '-1024'],
    ['00281053', 'DS', '2'],
  ];
  const window: readonly TestElement[] = [
    ['00281050', 'DS', '40\\300'],
    ['00281051', 'DS', '400\\1500'],
  ];
  const toVoxels = { slope: 2, intercept: -1024 };

  it('Modality LUT and the first window', () => {
    const stated = slice({}, ...window, ...scale, ['00281054', 'LO', 'HU'], ['00281056', 'CS', 'SIGMOID']);
    expect(stated.display).toEqual({
      rescale: { ...toVoxels, type: 'HU' },
      window: { center: 40, width: 400, function: 'SIGMOID' },
      toVoxels,
    });
  });

  it.each([
    ['has no width', [window[0]!]],
    ['has a width of 0', [window[0]!, ['00281051', 'DS', '0'] as TestElement]],
    ['is no number', [['00281050', 'DS', 'bone'] as TestElement, window[1]!]],
  ])('without a window that %s', (_, damaged) => {
    expect(slice({}, ...damaged, ...scale).display).toEqual({ rescale: toVoxels, toVoxels });
  });

  it('not at all with a falling slope or a table, which a presentation state could not repeat', () => {
    expect(slice({}, scale[0]!, ['00281053', 'DS', '-1']).display).toBeUndefined();
    const table = sequence('00283000', [
      ['00283002', 'US', [2, 0, 16]],
      ['00283004', 'LO', 'HU'],
      ['00283006', 'US', [0, 1]],
    ]);
    expect(slice({}, table).display).toBeUndefined();
  });
});
