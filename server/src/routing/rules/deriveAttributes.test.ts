import { describe, expect, it } from '@jest/globals';
import { deriveAttributes } from './deriveAttributes.js';
import { axialHead, datasetOf, evenly, slicesAt } from './description.testSupport.js';

describe('derived attributes', () => {
  it('of a 3-D head series', () => {
    expect(deriveAttributes(slicesAt(evenly(20, 1.2)))).toEqual({
      numberOfImages: 20,
      sliceSpacing: expect.closeTo(1.2, 6),
      sliceThickness: 1.2,
      is3D: true,
      isPrimary: true,
      isAxial: true,
      bodyPart: ['head'],
      isDerived: false,
      isSecondaryCapture: false,
    });
  });

  it('of a series about which an archive reports nothing', () => {
    expect(deriveAttributes([{}])).toEqual({ numberOfImages: 0, is3D: false, isSecondaryCapture: false });
    expect(deriveAttributes([])).toEqual({ numberOfImages: 0, is3D: false, isSecondaryCapture: false });
  });

  const is3D = (places: readonly number[], attributes = axialHead): boolean =>
    deriveAttributes(slicesAt(places, attributes)).is3D;

  it('call a series 3-D by its slices', () => {
    expect(is3D(evenly(10, 5))).toBe(true);
    expect(is3D(evenly(9, 1))).toBe(false);
    // Two echoes of each slice; two of which nothing says that they are.
    const echo = (EchoTime: number) => slicesAt(evenly(12, 1), { ...axialHead, EchoTime });
    expect(deriveAttributes([...echo(4), ...echo(9)]).is3D).toBe(true);
    expect(deriveAttributes([...echo(4), ...echo(4)]).is3D).toBe(false);
    // One of forty slices is missing.
    expect(is3D(evenly(40, 1).filter((place) => place !== 7))).toBe(true);
    expect(is3D(evenly(40, 1).map((place) => place ** 1.3))).toBe(false);
    expect(is3D(Array.from({ length: 30 }, () => 0))).toBe(false);
  });

  it('do not call a planar MR acquisition 3-D, whatever its slices', () => {
    const { MRAcquisitionType: _type, ...unstated } = axialHead;
    expect(is3D(evenly(30, 1), { ...axialHead, MRAcquisitionType: '2D' })).toBe(false);
    expect(is3D(evenly(30, 1), unstated)).toBe(true);
  });

  it('do not call rotating projections 3-D', () => {
    const projections = Array.from({ length: 36 }, (_, index) => {
      const angle = (index * Math.PI) / 36;
      return datasetOf({
        ...axialHead,
        SOPInstanceUID: `1.2.${index + 1}`,
        ImagePositionPatient: [0, 0, 0],
        ImageOrientationPatient: [Math.cos(angle), Math.sin(angle), 0, 0, 0, -1],
      });
    });
    expect(deriveAttributes(projections).is3D).toBe(false);
  });

  it('leave a few localizers out of account', () => {
    const localizers = slicesAt([0, 10, 20], { ...axialHead, ImageOrientationPatient: [0, 1, 0, 0, 0, -1] });
    const { is3D, isAxial, sliceSpacing } = deriveAttributes([...localizers, ...slicesAt(evenly(40, 2))]);
    expect({ is3D, isAxial, sliceSpacing }).toEqual({ is3D: true, isAxial: true, sliceSpacing: 2 });
  });

  it('say whether slices are axial, up to a tilt of 45°', () => {
    const tilted = (degrees: number) => {
      const angle = (degrees * Math.PI) / 180;
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
      const slices = evenly(12, 3).map((place) =>
        datasetOf({
          ...axialHead,
          ImageOrientationPatient: [1, 0, 0, 0, cosine, sine],
          ImagePositionPatient: [0, -sine * place, cosine * place],
          SOPInstanceUID: `1.2.${place}`,
        }),
      );
      return deriveAttributes(slices).isAxial;
    };
    expect([0, 20, 44, 46, 90].map(tilted)).toEqual([true, true, true, false, false]);
  });

  it('read the frames of a multi-frame object by their functional groups', () => {
    const frame = (z: number) => ({ '00209113': { Value: [{ '00200032': { Value: [0, 0, z] } }] } });
    const instance = {
      ...datasetOf({
        ...axialHead,
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
        SOPInstanceUID: '1.2.3.4.1',
        NumberOfFrames: 30,
      }),
      '52009229': {
        Value: [
          {
            '00209116': { Value: [{ '00200037': { Value: [1, 0, 0, 0, 1, 0] } }] },
            '00289110': { Value: [{ '00180050': { Value: [2] }, '00280030': { Value: [1, 1] } }] },
          },
        ],
      },
      '52009230': { Value: evenly(30, 2).map(frame) },
    };
    expect(deriveAttributes([instance])).toMatchObject({
      numberOfImages: 30,
      sliceSpacing: 2,
      sliceThickness: 2,
      is3D: true,
      isAxial: true,
    });
  });

  it('survive damaged geometry', () => {
    const broken = {
      '00280010': { Value: [1] },
      '00200032': { Value: ['a', null, {}] },
      '00200037': { Value: [0, 0, 0, 0, 0, 0] },
    };
    expect(deriveAttributes(Array.from({ length: 20 }, () => broken))).toEqual({
      numberOfImages: 20,
      is3D: false,
      isSecondaryCapture: false,
    });
  });

  it('take the body part from the descriptions if Body Part Examined has none', () => {
    const bodyPart = (attributes: Record<string, string>) => deriveAttributes([datasetOf(attributes)]).bodyPart;
    expect(bodyPart({ BodyPartExamined: 'CAROTID', SeriesDescription: 'knee' })).toEqual(['head', 'neck']);
    expect(bodyPart({ BodyPartExamined: 'WHOLEBODY', SeriesDescription: 'cor knee' })).toEqual(['limbs']);
    expect(bodyPart({ StudyDescription: 'CT Abdomen' })).toEqual(['abdomen', 'trunk']);
    expect(bodyPart({ SeriesDescription: 't1_fl2d' })).toBeUndefined();
  });
});
