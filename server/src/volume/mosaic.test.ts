import { describe, expect, it } from '@jest/globals';
import { parseInstance } from '../dicom/dicomInstance.js';
import { part10, sequence, type TestElement } from '../dicom/part10.testSupport.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { isMosaic } from './mosaic.js';

const siemens = (images: number): TestElement[] => [
  ['00190010', 'LO', 'SIEMENS MR HEADER'],
  ['0019100A', 'US', [images]],
];
const position: TestElement = ['00200032', 'DS', '1\\2\\3'];

describe('many slices in one image', () => {
  it.each([
    ['by Image Type MOSAIC', ['MOSAIC'], [position], true],
    ['by the number of images in it, where Image Type was rewritten', [], [...siemens(36), position], true],
    ['by VFRAME without a place', ['VFRAME'], [], true],
    ['by VFRAME with places of its own', ['VFRAME'], [position, sequence('00651051', [position])], true],
    ['not by VFRAME of a single slice', ['VFRAME'], [position], false],
    ['not by a number of one', [], siemens(1), false],
    ['not by the number of another maker', [], siemens(36).slice(1), false],
  ] as [string, string[], TestElement[], boolean][])('is known %s', (_, imageType, elements, expected) => {
    expect(isMosaic(parseInstance(part10(explicitVRLittleEndian, elements)), imageType)).toBe(expected);
  });
});
