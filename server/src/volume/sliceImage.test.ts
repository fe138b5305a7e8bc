import { describe, expect, it } from '@jest/globals';
import { parseInstance } from '../dicom/dicomInstance.js';
import { imagePart10, part10, type TestElement } from '../dicom/part10.testSupport.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { readSliceImages } from './sliceImage.js';

const tooLong = `1.2.${'3'.repeat(61)}`;
const beforePixels = imagePart10(explicitVRLittleEndian, { rows: 1, columns: 1, pixelData: [0] });

/** A CT slice with changed UIDs. */
function slice(uids: Readonly<Record<string, string>>) {
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
  return readSliceImages(parseInstance(Buffer.concat([own, description])))[0]!;
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
