import { expect, it } from '@jest/globals';
import { parseInstance } from '../dicom/dicomInstance.js';
import { part10, type TestElement } from '../dicom/part10.testSupport.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { readPixelValues } from './pixelValues.js';

function paddingOf(pixelRepresentation: 0 | 1, padding: TestElement) {
  const file = part10(explicitVRLittleEndian, [
    ['00280010', 'US', [1]],
    ['00280011', 'US', [1]],
    ['00280100', 'US', [16]],
    ['00280103', 'US', [pixelRepresentation]],
    padding,
  ]);
  const instance = parseInstance(file);
  return readPixelValues(instance, instance, 'MR', 'Image 1').rescale.padding;
}

it.each<[string, 0 | 1, 'US' | 'SS', number, number]>([
  ['unsigned pixels, as unsigned', 0, 'US', 4095, 4095],
  ['signed pixels, as signed', 1, 'SS', -2000, -2000],
  ['signed pixels, as unsigned', 1, 'US', 63_536, -2000],
  ['unsigned pixels, as signed', 0, 'SS', -2000, 63_536],
])('finds the padding of %s', (_, pixelRepresentation, vr, stated, stored) => {
  expect(paddingOf(pixelRepresentation, ['00280120', vr, [stated]])).toMatchObject({ first: stored, last: stored });
});
