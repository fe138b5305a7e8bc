import { expect, it } from '@jest/globals';
import { notesOnPet } from './notesOnPet.js';

it.each([
  ['one factor', [{ uptakeFactor: 2e-4 }, { uptakeFactor: 2.01e-4 }], []],
  ['no SUV', [{}, {}], []],
  ['as many slices as stated, or more', [{ statedSlices: 2 }, { statedSlices: 1 }], []],
] as const)('nothing is said of %s', (_, images, notes) => expect(notesOnPet(images)).toEqual(notes));

it('weights or doses that differ among the images are said, with what they do to SUV', () => {
  expect(notesOnPet([{ uptakeFactor: 2e-4 }, { uptakeFactor: 4e-4 }, {}])).toEqual([
    'Weight, dose or times differ among the images, which changes SUVbw by up to 100 % from image to image: the ' +
      'values can hardly be right.',
  ]);
});

it('fewer slices than the images state are said', () => {
  expect(notesOnPet([{ statedSlices: 47 }, { statedSlices: 47 }])).toEqual([
    'The images state 47 slices, but there are 2: some may be missing.',
  ]);
});
