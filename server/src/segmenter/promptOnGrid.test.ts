import { describe, expect, it } from '@jest/globals';
import type { RegionPrompt } from '#contract/imagePrompts.js';
import { apply, type Vector3 } from '../values/affine.js';
import type { SliceGrid } from '../values/grid.js';
import { randomNumbers } from '../values/randomNumbers.js';
import type { GridStroke } from './clickable.js';
import { promptOnGrid } from './promptOnGrid.js';
import { randomGrid } from './testSupport.js';

/** 1 mm, slices of 2 mm. */
const even: SliceGrid = { size: [8, 7, 5], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] };

const drawn = (prompt: RegionPrompt, grid: SliceGrid = even) => promptOnGrid(prompt, grid) as GridStroke;
const scribble = (line: readonly Vector3[]): RegionPrompt => ({ kind: 'scribble', line, part: true });
const lasso = (outline: readonly Vector3[], more: object = {}): RegionPrompt => ({
  kind: 'lasso',
  outline,
  part: true,
  ...more,
});
/** Voxels as "column row slice". */
const voxelsOf = ({ voxels }: GridStroke, { size: [columns, rows] }: SliceGrid = even): string[] =>
  Array.from(voxels, (n) => `${n % columns} ${Math.floor(n / columns) % rows} ${Math.floor(n / (columns * rows))}`);
const refused = (detail: RegExp) =>
  expect.objectContaining({ code: 'click-unsuitable', message: expect.stringMatching(detail) });

describe('a scribble', () => {
  it('is on every voxel that it runs over, once, also back and through slices', () => {
    const there = scribble([
      [1, 1, 2],
      [4, 1, 2],
      [1, 1, 2],
      [1, 1, 6],
    ]);
    expect(voxelsOf(drawn(there))).toEqual(['1 1 1', '2 1 1', '3 1 1', '4 1 1', '1 1 2', '1 1 3']);
  });

  it('has no gap on any grid', () => {
    const random = randomNumbers(5);
    for (let n = 0; n < 30; n++) {
      const grid = randomGrid(random);
      const place = (): Vector3 =>
        apply(grid.voxelToLps, grid.size.map((count) => (count - 1) * random()) as unknown as Vector3);
      const voxels = voxelsOf(drawn(scribble([place(), place()]), grid), grid).map((each) =>
        each.split(' ').map(Number),
      );
      for (let at = 1; at < voxels.length; at++)
        expect(Math.max(...voxels[at]!.map((value, axis) => Math.abs(value - voxels[at - 1]![axis]!)))).toBe(1);
    }
  });

  it('is on the nearest slices where slices are missing', () => {
    const uneven: SliceGrid = { ...even, size: [8, 7, 3], slicePositions: [0, 1, 6] };
    const line = scribble([
      [2, 2, 0],
      [2, 2, 12],
    ]);
    expect(voxelsOf(drawn(line, uneven), uneven)).toEqual(['2 2 0', '2 2 1', '2 2 2']);
  });

  it('is refused where a point is beside the images', () => {
    const line = scribble([
      [1, 1, 2],
      [1, 9, 2],
    ]);
    expect(() => drawn(line)).toThrow(refused(/leaves the images/));
  });
});

describe('a lasso', () => {
  const square: readonly Vector3[] = [
    [1.5, 1.5, 4],
    [4.5, 1.5, 4],
    [4.5, 3.5, 4],
    [1.5, 3.5, 4],
  ];

  it('encloses the voxels whose centres are inside, on the plane on which it was drawn', () => {
    const { lasso: plane, ...stroke } = drawn(lasso(square));
    expect(voxelsOf(stroke)).toEqual(['2 2 2', '3 2 2', '4 2 2', '2 3 2', '3 3 2', '4 3 2']);
    expect(plane).toEqual({ across: 2, plane: 2, throughSlices: true });
    expect(drawn(lasso(square, { throughSlices: false })).lasso).toMatchObject({ throughSlices: false });
  });

  it('may be on a sagittal or coronal plane, concave, closed by its first point, or drawn the other way round', () => {
    const sagittal: readonly Vector3[] = [
      [3, 0.5, 1],
      [3, 4.5, 1],
      [3, 4.5, 7],
      [3, 2.5, 2.4],
      [3, 0.5, 7],
      [3, 0.5, 1],
    ];
    const { lasso: plane, ...stroke } = drawn(lasso(sagittal));
    expect(plane).toMatchObject({ across: 0, plane: 3 });
    // The notch in the middle is outside.
    const inside = ['3 1 1', '3 2 1', '3 3 1', '3 4 1', '3 1 2', '3 4 2'];
    expect(voxelsOf(stroke)).toEqual(inside);
    expect(voxelsOf(drawn(lasso(sagittal.toReversed())))).toEqual(inside);
    const coronal = square.map(([x, y, z]): Vector3 => [x, z, y + 1]);
    expect(drawn(lasso(coronal)).lasso).toMatchObject({ across: 1, plane: 4 });
  });

  it('is the same shape on any grid, in the patient', () => {
    const random = randomNumbers(9);
    for (let n = 0; n < 30; n++) {
      const grid = randomGrid(random);
      const [columns, rows, slices] = grid.size;
      const slice = Math.floor(slices * random());
      const [width, height] = [columns - 0.1 - 0.2 * random(), rows - 0.1 - 0.2 * random()];
      const corners = [
        [-0.4, -0.4],
        [width - 0.4, -0.4],
        [width - 0.4, height - 0.4],
      ].map(([i, j]): Vector3 => apply(grid.voxelToLps, [i!, j!, slice]));
      const { voxels, lasso: plane } = drawn(lasso(corners), grid);
      expect(plane).toMatchObject({ across: 2, plane: slice });
      // A triangle below the diagonal.
      const isInside = (i: number, j: number) => (i + 0.4) / width > (j + 0.4) / height;
      let count = 0;
      for (let j = 0; j < rows; j++) for (let i = 0; i < columns; i++) if (isInside(i, j)) count++;
      expect(voxels).toHaveLength(count);
    }
  });

  it('may extend beyond the images, and touch itself as a trembling hand does', () => {
    const wide = lasso([
      [-50, -50, 4],
      [2.5, -50, 4],
      [2.5, 1.5, 4],
      [-50, 1.5, 4],
    ]);
    expect(voxelsOf(drawn(wide))).toEqual(['0 0 2', '1 0 2', '2 0 2', '0 1 2', '1 1 2', '2 1 2']);
    const [a, b, ...rest] = square;
    expect(voxelsOf(drawn(lasso([a!, b!, a!, b!, ...rest])))).toEqual(voxelsOf(drawn(lasso(square))));
  });

  it.each<[RegExp, readonly Vector3[]]>([
    [/crosses itself/, [square[0]!, square[2]!, square[1]!, square[3]!]],
    [/across slices/, square.map(([x, y], n): Vector3 => [x, y, 2 * n])],
    [/outside of the images/, square.map(([x, y]): Vector3 => [x, y, 40])],
    [/encloses no voxel/, square.map(([x, y]): Vector3 => [x + 100, y, 4])],
    [/encloses no voxel/, square.map(([x, y]): Vector3 => [2.2 + x / 100, 2.2 + y / 100, 4])],
  ])('is refused with a sentence: %s', (sentence, outline) => {
    expect(() => drawn(lasso(outline))).toThrow(refused(sentence));
  });
});
