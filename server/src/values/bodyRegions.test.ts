import { describe, expect, it } from '@jest/globals';
import { partsMentioned, partsShown, regionsMentioned, regionsShown } from './bodyRegions.js';

describe('the regions that a series shows', () => {
  it.each([
    ['BRAIN', ['head']],
    ['head ', ['head']],
    ['NECK', ['head', 'neck']],
    ['CHESTABDPELVIS', ['trunk']],
    ['OVARY', ['trunk']],
    ['WHOLEBODY', undefined],
    ['PARTIALBODY', undefined],
    ['KOPF', undefined],
    ['', undefined],
  ])('come from the body part examined: “%s”', (term, regions) => expect(regionsShown(term)).toEqual(regions));

  it('come from the words of a description', () => {
    expect(regionsMentioned('CHEST  3.0  B40f')).toEqual(['trunk']);
    expect(regionsMentioned('t1_mpr head+neck')).toEqual(['head', 'neck']);
    expect(regionsMentioned(',CE,Axial,3.0,,WITH CE,')).toBeUndefined();
    expect(regionsMentioned('headache')).toBeUndefined();
  });
});

describe('the parts of the body in rules', () => {
  it.each([
    ['CHEST', ['chest', 'trunk']],
    ['CHESTABDPELVIS', ['chest', 'abdomen', 'pelvis', 'trunk']],
    ['LIVER', ['abdomen', 'trunk']],
    ['NECK', ['head', 'neck']],
    ['AORTA', ['trunk']],
    ['SHOULDER', ['chest', 'limbs', 'trunk']],
    ['WHOLEBODY', undefined],
  ])('come from the body part examined: “%s”', (term, parts) => expect(partsShown(term)).toEqual(parts));

  it('come from the words of a description', () => {
    expect(partsMentioned('CT Abdomen/Pelvis')).toEqual(['abdomen', 'pelvis', 'trunk']);
    expect(partsMentioned(',CE,Axial,3.0,,WITH CE,')).toBeUndefined();
  });
});
