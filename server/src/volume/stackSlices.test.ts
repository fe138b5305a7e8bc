import { describe, expect, it } from '@jest/globals';
import { apply, type Vector3 } from '../values/affine.js';
import { type SlicePlane, stackSlices } from './stackSlices.js';

/** Axial planes, 0.5 mm between columns and 0.7 mm between rows, with the first pixel at each of the positions. */
const axialAt = (positions: readonly Vector3[]): SlicePlane[] =>
  positions.map((position, index) => ({
    name: `Image ${index + 1}`,
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
    expect(stackSlices([{ ...plane!, sliceThickness: 4 }])).toMatchObject({
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

  it('leaves the places of missing slices open', () => {
    const { order, voxelToLps, slicePositions, notes } = stackSlices(axialHeights(15, 0, 3, 9, 12, 24));
    expect(order).toEqual([1, 2, 3, 4, 0, 5]);
    expect(voxelToLps[10]).toBeCloseTo(3, 12);
    expect(slicePositions).toEqual([0, 1, 3, 4, 5, 8]);
    expect(notes).toEqual([
      '3 slices are missing (after slice 2, 5); for segmenting the gaps were bridged by interpolation.',
    ]);
  });

  it('bridges one missing slice among very many', () => {
    const heights = evenHeights(1000, 0.5).filter((_, k) => k !== 700);
    expect(stackSlices(axialHeights(...heights)).slicePositions?.slice(698, 702)).toEqual([698, 699, 701, 702]);
  });

  it('refuses more than two missing slices in a row, with the width of the gap and between which images it is', () => {
    expect(() => stackSlices(axialHeights(0, 3, 6, 9, 12, 21))).not.toThrow();
    expect(() => stackSlices(axialHeights(0, 2, 4, 6, 14, 16))).toThrow(
      expect.objectContaining({
        code: 'slices-missing',
        message:
          '3 slices are missing, and the gap is too wide to be bridged: 8 mm between slices 4 and 5 (image 4 ' +
          'and image 5).',
        details: { missing: 3, slices: 6, gaps: [{ afterSlice: 4, widthMm: 8, missing: 3 }] },
      }),
    );
  });

  it('refuses a gap of more than 10 mm, but not the usual spacing of thick slices', () => {
    expect(() => stackSlices(axialHeights(0, 5, 10, 20, 25, 30))).not.toThrow();
    expect(() => stackSlices(axialHeights(0, 6, 12, 24, 30, 36))).toThrow(
      expect.objectContaining({ code: 'slices-missing', message: expect.stringContaining('12 mm') }),
    );
    expect(() => stackSlices(axialHeights(0, 12, 24, 30, 42, 54))).not.toThrow();
  });

  it('lays uneven slices on steps as fine as the smallest gap, ends on steps', () => {
    const { voxelToLps, slicePositions, notes } = stackSlices(axialHeights(0, 3, 6, 10.2, 14.4));
    // 14.4 mm in 5 steps of 2.88 mm: the smallest gap is 3 mm.
    expect(voxelToLps[10]).toBeCloseTo(2.88, 12);
    expect(slicePositions!.map((position) => position * 2.88)).toEqual(
      [0, 3, 6, 10.2, 14.4].map((height) => expect.closeTo(height, 9)),
    );
    expect(notes).toEqual([
      'The slices are unevenly spaced (3 to 4.2 mm); for segmenting they were interpolated to even steps of 2.88 mm.',
    ]);
  });

  it('makes the steps no finer than a quarter of the median gap', () => {
    expect(stackSlices(axialHeights(0, 4, 8, 8.5, 12, 16)).voxelToLps[10]).toBeCloseTo(1, 12);
  });

  it('makes no more than 256 steps, or two for each slice', () => {
    const jittered = (count: number) => axialHeights(...evenHeights(count, 1).map((z, k) => (k === 5 ? z + 0.8 : z)));
    expect(stackSlices(jittered(50)).slicePositions!.at(-1)).toBe(196);
    expect(stackSlices(jittered(100)).slicePositions!.at(-1)).toBe(256);
    expect(stackSlices(jittered(1000)).slicePositions!.at(-1)).toBe(2000);
  });

  it('refuses uneven slices with a gap that is too wide', () => {
    expect(() => stackSlices(axialHeights(0, 3, 6, 10.2, 24.4))).toThrow(
      expect.objectContaining({
        code: 'slices-uneven',
        details: { slices: 5, gaps: [{ afterSlice: 4, widthMm: expect.closeTo(14.2, 9) }] },
      }),
    );
  });

  it.each([
    ['thick slices: 0.1 mm', 3, 0.0999, 0.1001],
    ['thin slices: a tenth of the step', 0.5, 0.0499, 0.0501],
  ])('takes a slice just within the tolerance of %s as even, and not just beyond', (_, step, within, beyond) => {
    const moved = (by: number) =>
      stackSlices(axialHeights(...evenHeights(9, step).map((height, k) => (k === 4 ? height + by : height))));
    expect(moved(within).voxelToLps[10]).toBeCloseTo(step, 12);
    expect(moved(within).slicePositions).toBeUndefined();
    expect(moved(beyond).slicePositions).toHaveLength(9);
    expect(moved(-beyond).slicePositions).toHaveLength(9);
  });

  it('accepts positions written with one decimal', () => {
    const heights = evenHeights(100, 0.625).map((height) => Math.round(height * 10) / 10);
    expect(stackSlices(axialHeights(...heights)).voxelToLps[10]).toBeCloseTo(0.625, 3);
  });

  it('follows drift of the spacing that is small from slice to slice', () => {
    const heights = evenHeights(100, 1).map((height) => height + 0.0001 * height * height);
    const { voxelToLps, slicePositions } = stackSlices(axialHeights(...heights));
    slicePositions!.forEach((position, k) => {
      expect(position * voxelToLps[10]).toBeCloseTo(heights[k]!, 9);
    });
  });

  it('never lays two slices that nearly touch on one step', () => {
    const { slicePositions } = stackSlices(axialHeights(0, 3, 6, 6.05, 9));
    expect(new Set(slicePositions!.map(Math.fround)).size).toBe(5);
  });

  it('keeps the tilt of a gantry as shear, with the angle in a note', () => {
    const tan = Math.tan((18.5 * Math.PI) / 180);
    const planes = axialAt(evenHeights(20, 5).map((z) => [0, z * tan, z]));
    const { voxelToLps, notes } = stackSlices(planes);
    expect(apply(voxelToLps, [0, 0, 7]).map((value) => value)).toEqual(
      [0, 35 * tan, 35].map((value) => expect.closeTo(value, 9)),
    );
    expect(notes).toEqual([expect.stringContaining('at an angle of 18.5°')]);
  });

  it('keeps tilt and uneven spacing together', () => {
    const heights = [0, 4, 8, 9, 16, 23];
    const { voxelToLps, slicePositions } = stackSlices(axialAt(heights.map((z) => [0, z / 3, z])));
    heights.forEach((z, k) => {
      expect(apply(voxelToLps, [0, 0, slicePositions![k]!])).toEqual([0, z / 3, z].map((v) => expect.closeTo(v, 9)));
    });
  });

  it('keeps a lean of up to 0.5 mm over the stack too, without a note', () => {
    const leaning = (by: number) => stackSlices(axialAt(evenHeights(11, 5).map((z, k) => [0, (k / 10) * by, z])));
    expect(apply(leaning(0.499).voxelToLps, [0, 0, 10])[1]).toBeCloseTo(0.499, 12);
    expect(leaning(0.499).notes).toEqual([]);
    expect(leaning(0.501).notes).toHaveLength(1);
  });

  it('refuses slices that are beside each other: a lean of more than 45°', () => {
    const leaning = (by: number) => axialAt(evenHeights(5, 5).map((z, k) => [k * by, 0, z]));
    expect(() => stackSlices(leaning(4.99))).not.toThrow();
    expect(() => stackSlices(leaning(5.01))).toThrow(expect.objectContaining({ code: 'slices-uneven' }));
  });

  it('refuses slices that are shifted within their plane', () => {
    const shifted = (by: number) => axialAt(evenHeights(5, 5).map((z, k) => [k === 2 ? by : 0, 0, z]));
    expect(() => stackSlices(shifted(0.499))).not.toThrow();
    expect(() => stackSlices(shifted(0.501))).toThrow(
      expect.objectContaining({ code: 'slices-uneven', message: expect.stringContaining('shifted') }),
    );
  });

  it.each([
    // step, thickness, stated spacing
    [100, 7.5, undefined],
    [45, 7.5, undefined],
    [100, undefined, undefined],
    [100, 7.5, 100],
    [100, undefined, 100],
    [30, 5, 30],
    [21, 10, undefined],
    [16, 5, undefined],
    [16, 8, 8],
    [11, 5, 5.5],
  ])(
    'takes slices %d mm apart, %s mm thick, with a stated spacing of %s mm, for no volume',
    (step, thickness, spacing) => {
      const stated = { sliceThickness: thickness, spacingBetweenSlices: spacing };
      for (const count of [2, 3, 12])
        expect(() =>
          stackSlices(axialHeights(...evenHeights(count, step)).map((plane) => ({ ...plane, ...stated }))),
        ).toThrow(
          expect.objectContaining({ code: 'slices-missing', message: expect.stringContaining(`are ${step} mm apart`) }),
        );
    },
  );

  it.each([
    [10, 10, undefined, 0],
    [20, 10, undefined, 0],
    [6.5, 5, 6.5, 0],
    [6.5, 5, 1.5, 0], // the gap, in the place of the spacing
    [6.5, 5, 5, 0],
    [2.5, 5, 2.5, 0],
    [10, 8, 8, 0],
    [20, undefined, undefined, 0],
    [10, 1, undefined, 1],
    [20, 1, 20, 1],
    [12, 5, undefined, 1],
    [6, 3, 3, 1], // every second slice
    [9, 5, 5, 1],
    [4, 3, 3, 0],
    [6, 6, 3, 0], // overlapping, or the gap
  ])(
    'takes slices %d mm apart, %s mm thick, with a stated spacing of %s mm, with %d notes',
    (step, thickness, spacing, notes) => {
      const stated = { sliceThickness: thickness, spacingBetweenSlices: spacing };
      const stack = stackSlices(axialHeights(...evenHeights(12, step)).map((plane) => ({ ...plane, ...stated })));
      expect(stack.voxelToLps[10]).toBeCloseTo(step, 9);
      expect(stack.notes).toHaveLength(notes);
      for (const note of stack.notes) expect(note).toContain('volumes are estimates');
    },
  );
});
