import { describe, expect, it } from '@jest/globals';
import { apply, type Vector3 } from '../geometry/affine.js';
import { type SlicePlane, stackSlices } from './stackSlices.js';

/** Axial planes, 0.5 mm between columns and 0.7 mm between rows, with the first pixel at each of the positions. */
const axialAt = (positions: readonly Vector3[]): SlicePlane[] =>
  positions.map((position) => ({
    position,
    alongRow: [1, 0, 0],
    alongColumn: [0, 1, 0],
    columnSpacing: 0.5,
    rowSpacing: 0.7,
  }));
const axialHeights = (...heights: number[]): SlicePlane[] => axialAt(heights.map((height) => [10, 20, height]));
const evenHeights = (count: number, step: number): number[] => Array.from({ length: count }, (_, k) => k * step);

describe('stackSlices', () => {
  it('sorts along the normal and takes the column spacing for i, the row spacing for j', () => {
    const { order, voxelToLps, notes } = stackSlices(axialHeights(6, 0, 3));
    expect(order).toEqual([1, 2, 0]);
    expect(voxelToLps).toEqual([0.5, 0, 0, 10, 0, 0.7, 0, 20, 0, 0, 3, 0, 0, 0, 0, 1]);
    expect(notes).toEqual([]);
  });

  it('lets k grow along the normal where that points to the feet', () => {
    const planes = axialHeights(0, 3, 6).map((plane): SlicePlane => ({ ...plane, alongRow: [-1, 0, 0] }));
    const { order, voxelToLps } = stackSlices(planes);
    expect(order).toEqual([2, 1, 0]);
    expect(apply(voxelToLps, [0, 0, 2])).toEqual([10, 20, 0]);
  });

  it('places a single slice by its nominal step, or by 1 mm, and says so', () => {
    const [plane] = axialHeights(5);
    expect(stackSlices([{ ...plane!, nominalStep: 4 }])).toMatchObject({
      voxelToLps: [0.5, 0, 0, 10, 0, 0.7, 0, 20, 0, 0, 4, 5, 0, 0, 0, 1],
      notes: ['The series is a single slice; its thickness is taken as 4 mm.'],
    });
    expect(stackSlices([plane!]).voxelToLps[10]).toBe(1);
    expect(stackSlices([plane!]).notes[0]).toMatch(/1 mm, for the image does not say it/);
  });

  it('refuses several images of one place', () => {
    expect(() => stackSlices(axialHeights(0, 3, 0, 3))).toThrow(
      expect.objectContaining({
        code: 'slices-duplicate',
        message: expect.stringContaining('4 images at only 2 places'),
      }),
    );
    expect(() => stackSlices(axialHeights(0, 0.009))).toThrow(expect.objectContaining({ code: 'slices-duplicate' }));
    expect(() => stackSlices(axialHeights(0, 0.011))).not.toThrow();
  });

  it('refuses missing slices and says where they are missing', () => {
    expect(() => stackSlices(axialHeights(15, 0, 3, 9, 12, 24))).toThrow(
      expect.objectContaining({
        code: 'slices-missing',
        message:
          'Of the 9 slices of the series 3 are missing: 1 after slice 2, 2 after slice 5 (counted along the stack, 3 mm apart).',
        details: expect.objectContaining({
          missing: 3,
          holes: [
            { afterSlice: 2, missing: 1 },
            { afterSlice: 5, missing: 2 },
          ],
        }),
      }),
    );
  });

  it('refuses one missing slice among very many', () => {
    const heights = evenHeights(1000, 0.5).filter((_, k) => k !== 700);
    expect(() => stackSlices(axialHeights(...heights))).toThrow(expect.objectContaining({ code: 'slices-missing' }));
  });

  it('refuses uneven spacing with the extremes', () => {
    expect(() => stackSlices(axialHeights(0, 3, 6, 10.2, 14.4))).toThrow(
      expect.objectContaining({
        code: 'slices-uneven',
        message: 'The slices are not evenly spaced: the distance between neighbours varies from 3 mm to 4.2 mm.',
      }),
    );
  });

  it.each([
    ['thick slices: 0.1 mm', 3, 0.0999, 0.1001],
    ['thin slices: a tenth of the step', 0.5, 0.0499, 0.0501],
  ])('accepts a slice just within the tolerance of %s, and refuses it just beyond', (_, step, within, beyond) => {
    const moved = (by: number) =>
      axialHeights(...evenHeights(9, step).map((height, k) => (k === 4 ? height + by : height)));
    expect(stackSlices(moved(within)).voxelToLps[10]).toBeCloseTo(step, 12);
    expect(() => stackSlices(moved(beyond))).toThrow(expect.objectContaining({ code: 'slices-uneven' }));
    expect(() => stackSlices(moved(-beyond))).toThrow(expect.objectContaining({ code: 'slices-uneven' }));
  });

  it('accepts positions written with one decimal', () => {
    const heights = evenHeights(100, 0.625).map((height) => Math.round(height * 10) / 10);
    expect(stackSlices(axialHeights(...heights)).voxelToLps[10]).toBeCloseTo(0.625, 3);
  });

  it('refuses drift of the spacing that is small from slice to slice', () => {
    const heights = evenHeights(100, 1).map((height) => height + 0.0001 * height * height);
    expect(() => stackSlices(axialHeights(...heights))).toThrow(expect.objectContaining({ code: 'slices-uneven' }));
  });

  it('refuses a tilted gantry with the angle', () => {
    const tan = Math.tan((18.5 * Math.PI) / 180);
    const planes = axialAt(evenHeights(20, 5).map((z) => [0, z * tan, z]));
    expect(() => stackSlices(planes)).toThrow(
      expect.objectContaining({
        code: 'gantry-tilt',
        details: { degrees: 18.5 },
        message: expect.stringContaining('18.5°'),
      }),
    );
  });

  it('keeps a lean of up to 0.5 mm over the stack as shear, and refuses more', () => {
    const leaning = (by: number) => axialAt(evenHeights(11, 5).map((z, k) => [0, (k / 10) * by, z]));
    expect(apply(stackSlices(leaning(0.499)).voxelToLps, [0, 0, 10])[1]).toBeCloseTo(0.499, 12);
    expect(() => stackSlices(leaning(0.501))).toThrow(expect.objectContaining({ code: 'gantry-tilt' }));
  });

  it('refuses slices that are shifted within their plane', () => {
    const shifted = (by: number) => axialAt(evenHeights(5, 5).map((z, k) => [k === 2 ? by : 0, 0, z]));
    expect(() => stackSlices(shifted(0.499))).not.toThrow();
    expect(() => stackSlices(shifted(0.501))).toThrow(
      expect.objectContaining({ code: 'slices-uneven', message: expect.stringContaining('shifted') }),
    );
  });
});
