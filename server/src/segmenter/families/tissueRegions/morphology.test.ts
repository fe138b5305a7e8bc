import { describe, expect, it } from '@jest/globals';
import { fromAxes, type Vector3 } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';
import { dilateCells, erodeCells } from '../boxMorphology.js';
import { cropArray, pasteArray } from './boxes.js';
import { close, dilate, erode } from './morphology.js';

const grid = (size: Vector3, [x, y, z]: Vector3): Grid => ({
  size,
  voxelToLps: fromAxes([x, 0, 0], [0, y, 0], [0, 0, z], [0, 0, 0]),
});

/** Dilation as its definition says it, cell by cell. */
function slowly(mask: Uint8Array, [nx, ny, nz]: Vector3, [rx, ry, rz]: Vector3): Uint8Array {
  const out = new Uint8Array(mask.length);
  mask.forEach((value, n) => {
    if (value === 0) return;
    const [i, j, k] = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))] as const;
    for (let c = Math.max(0, k - rz); c <= Math.min(nz - 1, k + rz); c++)
      for (let b = Math.max(0, j - ry); b <= Math.min(ny - 1, j + ry); b++)
        for (let a = Math.max(0, i - rx); a <= Math.min(nx - 1, i + rx); a++) out[a + nx * (b + ny * c)] = 1;
  });
  return out;
}

const scattered = (length: number, every: number) =>
  Uint8Array.from({ length }, (_, n) => ((Math.imul(n + 1, 2654435761) >>> 0) % every === 0 ? 1 : 0));

describe('binary morphology', () => {
  it.each<[Vector3, Vector3]>([
    [
      [70, 5, 4],
      [1, 1, 1],
    ],
    [
      [70, 5, 4],
      [3, 0, 2],
    ],
    [
      [32, 4, 3],
      [5, 1, 0],
    ],
    [
      [100, 2, 2],
      [40, 1, 1],
    ],
    [
      [3, 3, 3],
      [9, 9, 9],
    ],
  ])('dilates a grid of %j cells by %j as the definition says', (size, radius) => {
    const mask = scattered(size[0] * size[1] * size[2], 41);
    expect(dilateCells(mask, size, radius)).toEqual(slowly(mask, size, radius));
  });

  it('erodes what dilation of the background leaves', () => {
    const size: Vector3 = [70, 6, 5];
    const mask = scattered(70 * 6 * 5, 60).map((value) => 1 - value);
    const background = mask.map((value) => 1 - value);
    expect(erodeCells(mask, size, [2, 1, 1])).toEqual(slowly(background, size, [2, 1, 1]).map((value) => 1 - value));
  });

  it('does not erode from the cut of the field of view', () => {
    const mask = new Uint8Array(33 * 4 * 3).fill(1);
    expect(erodeCells(mask, [33, 4, 3], [3, 3, 3])).toEqual(mask);
  });

  it('takes its radius in mm on each axis', () => {
    const mask = new Uint8Array(9 * 9 * 9);
    mask[4 + 9 * (4 + 9 * 4)] = 1;
    const wide = dilate(mask, grid([9, 9, 9], [1, 2, 5]), 4);
    expect(wide).toEqual(slowly(mask, [9, 9, 9], [4, 2, 1]));
    expect(erode(wide, grid([9, 9, 9], [1, 2, 5]), 4)[4 + 9 * (4 + 9 * 4)]).toBe(1);
    expect(dilate(mask, grid([9, 9, 9], [10, 10, 10]), 4)).toEqual(mask);
  });

  it('closes a gap of twice the radius and no wider one', () => {
    const line = (gap: number) => Uint8Array.from({ length: 40 }, (_, i) => (i < 15 || i >= 15 + gap ? 1 : 0));
    expect(close(line(4), grid([40, 1, 1], [1, 1, 1]), 2)).toEqual(new Uint8Array(40).fill(1));
    expect(close(line(5), grid([40, 1, 1], [1, 1, 1]), 2)).toEqual(line(5));
  });

  it('closes at the edge of the grid as it does in the middle of a wider one', () => {
    const [size, cells]: [Vector3, Vector3] = [
      [20, 12, 6],
      [1, 1, 3],
    ];
    const wide: Vector3 = [40, 32, 16];
    const mask = scattered(20 * 12 * 6, 9);
    const at = { first: [10, 10, 5], size } as const;
    const inMiddle = close(pasteArray(mask, wide, at), grid(wide, cells), 3);
    expect(close(mask, grid(size, cells), 3)).toEqual(cropArray(inMiddle, wide, at));
  });

  it('does not close what is between a mask and the edge', () => {
    const mask = new Uint8Array(9 * 9 * 4);
    mask.fill(1, 9 * 9, 9 * 9 * 3);
    expect(close(mask, grid([9, 9, 4], [1, 1, 1]), 2)).toEqual(mask);
  });
});
