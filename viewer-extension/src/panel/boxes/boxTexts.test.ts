import { expect, it } from '@jest/globals';
import { laterEnglish } from '../../client/strings/laterEnglish.js';
import type { ActiveSeries, DrawnBox } from '../host.js';
import { problemOf, sizeOf } from './boxTexts.js';

const box: DrawnBox = {
  corners: [
    [-80, -40, 1052],
    [-20, 31.4, 1052],
  ],
  normal: [0, 0, 1],
  frameOfReferenceUID: '1.2.9',
};
const of = {} as never;
const images = (frameOfReferenceUID?: string) =>
  ({ ...(frameOfReferenceUID !== undefined && { frameOfReferenceUID }) }) as ActiveSeries;

it('a box in another frame of reference than the images of the result is not sent', () => {
  expect(problemOf({ of, box }, images('1.2.8'))).toBe(laterEnglish.box.elsewhere);
  expect(problemOf({ of, box }, images('1.2.9'))).toBeUndefined();
  // The server judges where the viewer does not know.
  expect(problemOf({ of, box }, images())).toBeUndefined();
  expect(problemOf({ of, box }, undefined)).toBeUndefined();
});

it('a mode without rectangles is named', () => {
  expect(problemOf({ of, withoutTool: true }, images())).toBe(laterEnglish.box.withoutTool);
});

it('the size of a box is that of its sides, on a plane in any direction', () => {
  expect(sizeOf(box)).toContain('71 × 60 mm');
  const [[x, y, z], [a, b, c]] = box.corners;
  expect(
    sizeOf({
      ...box,
      corners: [
        [z, x, y],
        [c, a, b],
      ],
    }),
  ).toContain('71 × 60 mm');
});
