import { describe, expect, it } from '@jest/globals';
import type { BoxPrompt } from '#contract/imagePrompts.js';
import { PromptsegError } from '../platform/errors.js';
import { apply, column, cross, type Vector3 } from '../values/affine.js';
import type { Grid } from '../values/grid.js';
import { randomNumbers } from '../values/randomNumbers.js';
import { boxOnGrid } from './boxOnGrid.js';
import { randomGrid } from './testSupport.js';

const random = randomNumbers(18);

/** The box between two voxels of a grid, in the patient. */
const between = (grid: Grid, a: Vector3, b: Vector3, normal?: Vector3): BoxPrompt => ({
  kind: 'box',
  corners: [apply(grid.voxelToLps, a), apply(grid.voxelToLps, b)],
  ...(normal !== undefined && { normal }),
});

const refusal = (box: BoxPrompt, grid: Grid): string => {
  try {
    boxOnGrid(box, grid, true);
  } catch (error) {
    if (error instanceof PromptsegError && error.code === 'box-unsuitable') return error.message;
    throw error;
  }
  return 'accepted';
};

describe('a box of a person in the voxels of a volume', () => {
  it.each([0, 1, 2] as const)('is on the plane of its corners, across axis %i of grids of any direction', (across) => {
    for (let n = 0; n < 20; n++) {
      const grid = randomGrid(random);
      const [a, b]: [number[], number[]] = [
        [4, 5, 6],
        [20, 18, 22],
      ];
      a[across] = 9.3;
      b[across] = 8.8;
      const box = boxOnGrid(between(grid, b as unknown as Vector3, a as unknown as Vector3), grid, true);
      expect(box).toMatchObject({ across, plane: 9 });
      for (const axis of [0, 1, 2] as const) {
        const range = axis === across ? [0, grid.size[axis] - 1] : [a[axis]!, b[axis]!];
        expect(box.least[axis]).toBeCloseTo(range[0]!, 6);
        expect(box.greatest[axis]).toBeCloseTo(range[1]!, 6);
      }
    }
  });

  it('allows its own plane only where it is not to go on', () => {
    const grid = randomGrid(random);
    const box = boxOnGrid(between(grid, [3, 4, 7], [12, 15, 7]), grid, false);
    expect([box.least[2], box.plane, box.greatest[2]]).toEqual([7, 7, 7]);
  });

  it('over several slices allows these, and is on the middle one', () => {
    const grid = randomGrid(random);
    const box = boxOnGrid(between(grid, [3, 4, 5], [12, 15, 18]), grid, true);
    expect(box).toMatchObject({ across: 2, plane: 11 });
    expect([box.least[2], box.greatest[2]]).toEqual([5, 18]);
  });

  it('is cut at the border of the images', () => {
    const grid = randomGrid(random);
    const box = boxOnGrid(between(grid, [-8, 4, -3], [12, 900, 8]), grid, true);
    expect(box.least[0]).toBe(0);
    expect(box.greatest[1]).toBe(grid.size[1] - 1);
    expect([box.least[2], box.greatest[2]]).toEqual([0, 8]);
  });

  it('on a plane of the viewer that is a little oblique is on the nearest plane of voxels', () => {
    const grid: Grid = { size: [40, 40, 40], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
    const tilted: Vector3 = [0, Math.sin(0.1), Math.cos(0.1)];
    expect(boxOnGrid(between(grid, [5, 5, 18], [30, 30, 20.4], tilted), grid, true)).toMatchObject({
      across: 2,
      plane: 19,
    });
    const steep: Vector3 = [0, Math.sin(0.6), Math.cos(0.6)];
    expect(refusal(between(grid, [5, 5, 18], [30, 30, 20], steep), grid)).toMatch(/^The box .* oblique to the voxels/);
    expect(refusal(between(grid, [5, 5, 18], [30, 30, 20], [0, 0, 0]), grid)).toMatch(/oblique/);
  });

  it('takes the plane of the viewer also where the box is one voxel thin in it', () => {
    const grid = randomGrid(random);
    const normal = cross(column(grid.voxelToLps, 0), column(grid.voxelToLps, 1));
    expect(refusal(between(grid, [5, 5, 7], [5.5, 20, 7], normal), grid)).toMatch(/encloses no area/);
  });

  it('is refused with a sentence where it is outside, or has no area', () => {
    const grid = randomGrid(random);
    const [columns, rows, slices] = grid.size;
    for (const [a, b] of [
      [
        [-20, 3, 4],
        [-2, 9, 4],
      ],
      [
        [3, rows, 4],
        [9, rows + 5, 4],
      ],
      [
        [3, 3, slices],
        [9, 9, slices],
      ],
      [
        [3, 3, -9],
        [9, 9, -4],
      ],
      [
        [columns, 3, 2],
        [columns + 4, 9, 6],
      ],
    ] as [Vector3, Vector3][])
      expect(refusal(between(grid, a, b), grid)).toBe('The box is outside of the images.');
    for (const b of [
      [3, 3, 4],
      [3.4, 12, 4],
      [3, 12, 4],
      [12, 3.2, 4],
    ] as Vector3[])
      expect(refusal(between(grid, [3, 3, 4], b), grid)).toMatch(/^The box encloses no area/);
  });
});
