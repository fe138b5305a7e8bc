import { describe, expect, it } from '@jest/globals';
import { parseInstance } from '../dicom/dicomInstance.js';
import { part10, type TestElement } from '../dicom/part10.testSupport.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { readDistinguishingAttributes } from './distinguishingAttributes.js';

const read = (...elements: TestElement[]) =>
  readDistinguishingAttributes(parseInstance(part10(explicitVRLittleEndian, elements)));
const doubles = (...values: number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);

describe('attributes that can separate images at one position', () => {
  it('is read from a plain single-frame image', () => {
    expect(
      read(
        ['00080008', 'CS', 'ORIGINAL\\primary\\M'],
        ['00080022', 'DA', '20200102'],
        ['00080032', 'TM', '010203.5'],
        ['00180050', 'DS', '4'],
        ['00180060', 'DS', '120'],
        ['00180081', 'DS', '4.6'],
        ['00180082', 'DS', '900'],
        ['00180086', 'IS', '2'],
        ['00181060', 'DS', '33.1'],
        ['00181210', 'SH', 'B30f\\2'],
        ['00181314', 'DS', '15'],
        ['00189087', 'FD', doubles(1000)],
        ['00189089', 'FD', doubles(0.8, -0.0001, -0.6)],
        ['00200012', 'IS', '7'],
        ['00200100', 'IS', '3'],
      ),
    ).toMatchObject({
      imageType: ['ORIGINAL', 'PRIMARY', 'M'],
      echoTime: 4.6,
      echoNumber: 2,
      inversionTime: 900,
      flipAngle: 15,
      diffusionBValue: 1000,
      diffusionGradient: '0.8,0,-0.6',
      temporalPosition: 3,
      triggerTime: 33.1,
      acquisitionNumber: 7,
      sliceThickness: 4,
      kvp: 120,
      convolutionKernel: 'B30f 2',
      acquisitionMoment: Date.UTC(2020, 0, 2, 1, 2, 3, 500) / 1000,
    });
  });

  it('is nothing where the image says nothing', () => {
    const stated = Object.entries(read()).filter(([, value]) => value !== undefined);
    expect(stated).toEqual([
      ['imageType', []],
      ['dimensionIndexValues', []],
    ]);
  });

  it('is absent where its value is damaged: none of it is needed to read the image', () => {
    expect(
      read(
        ['00180081', 'DS', 'short'],
        ['00200012', 'IS', 'x'],
        ['00080032', 'TM', 'noon'],
        ['00189089', 'FD', doubles(1)],
      ),
    ).toMatchObject({
      echoTime: undefined,
      acquisitionNumber: undefined,
      acquisitionMoment: undefined,
      diffusionGradient: undefined,
    });
  });

  it('comes from the private elements of Siemens, and only where they are its own', () => {
    const elements: TestElement[] = [
      ['0019100c', 'IS', '800'],
      ['0019100e', 'FD', doubles(0, 1, 0)],
    ];
    expect(read(['00190010', 'LO', 'SIEMENS MR HEADER'], ...elements)).toMatchObject({
      diffusionBValue: 800,
      diffusionGradient: '0,1,0',
    });
    expect(read(['00190010', 'LO', 'SOMEBODY ELSE'], ...elements)).toMatchObject({
      diffusionBValue: undefined,
      diffusionGradient: undefined,
    });
  });

  it('comes from the private elements of GE, without the flags in its b-value', () => {
    expect(
      read(['00430010', 'LO', 'GEMS_PARM_01'], ['0043102f', 'SS', [1]], ['00431039', 'IS', '1000000800\\8\\0\\0']),
    ).toMatchObject({ diffusionBValue: 800, imageType: ['PHASE'] });
  });

  it('orders moments across midnight where the date is known', () => {
    const at = (date: string, time: string) =>
      read(['00080022', 'DA', date], ['00080032', 'TM', time]).acquisitionMoment!;
    expect(at('20200103', '000001') - at('20200102', '235959')).toBe(2);
    expect(read(['00080032', 'TM', '000001']).acquisitionMoment).toBe(1);
  });
});
