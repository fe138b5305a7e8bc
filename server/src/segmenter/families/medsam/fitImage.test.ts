import { describe, expect, it } from '@jest/globals';
import { fromAxes } from '../../../values/affine.js';
import { spacing } from '../../../values/grid.js';
import { sliceOrder } from '../slices/sliceOrder.js';
import { fitInto, networkImage, resizeByArea } from './fitImage.js';

/** Random images of [columns, rows], and what OpenCV 4.11 makes of them with `INTER_AREA`. */
const known: readonly (readonly [from: [number, number], to: [number, number], image: number[], resized: number[]])[] =
  [
    [
      [7, 5],
      [4, 3],
      [
        168, 229, 184, 171, 238, 171, 20, 206, 245, 153, 204, 5, 37, 53, 213, 206, 192, 173, 6, 120, 63, 96, 236, 131,
        118, 4, 87, 161, 124, 71, 42, 73, 237, 16, 194,
      ],
      [206, 184, 152, 69, 202, 178, 65, 88, 123, 90, 115, 122],
    ],
    [
      [6, 4],
      [3, 2],
      [10, 103, 206, 13, 143, 2, 38, 71, 133, 118, 36, 98, 196, 35, 57, 146, 50, 179, 145, 104, 206, 53, 141, 33],
      [56, 118, 70, 120, 116, 101],
    ],
    [
      [3, 2],
      [5, 3],
      [181, 39, 151, 11, 180, 138],
      [181, 134, 39, 114, 151, 96, 100, 110, 133, 145, 11, 67, 180, 152, 138],
    ],
    [
      [10, 3],
      [4, 1],
      [
        127, 169, 1, 167, 109, 247, 16, 192, 78, 220, 8, 60, 189, 181, 64, 72, 8, 185, 88, 111, 191, 138, 99, 67, 48,
        68, 100, 249, 67, 40,
      ],
      [112, 104, 110, 122],
    ],
  ];

describe('a slice in the image of the network', () => {
  it.each(known)('of %j pixels becomes %j as upstream resizes it, to a grey value', (from, to, image, expected) => {
    const size = ([columns, rows]: [number, number]) => ({ columns, rows });
    const resized = resizeByArea(Uint8Array.from(image), size(from), size(to));
    expect(resized).toHaveLength(expected.length);
    for (const [n, value] of expected.entries()) expect(Math.abs(resized[n]! - value)).toBeLessThanOrEqual(1);
  });

  it('keeps its shape in millimetres: the longer side fills the image', () => {
    const grid = {
      size: [512, 400, 60] as const,
      voxelToLps: fromAxes([0.8, 0, 0], [0, 0.8, 0], [0, 0, 5], [0, 0, 0]),
    };
    const fit = (across: 0 | 1 | 2) => fitInto(256, sliceOrder(grid, across), spacing(grid));
    expect(fit(2)).toEqual({ columns: 256, rows: 200 });
    // 409.6 mm across, 300 mm high.
    expect(fit(1)).toEqual({ columns: 256, rows: 188 });
    expect(fit(0)).toEqual({ columns: 256, rows: 240 });
  });

  it('is stretched from its least to its greatest value, three times, with nothing beside it', () => {
    const tensor = networkImage(Uint8Array.of(50, 100, 150, 50), { columns: 2, rows: 2 }, 3);
    const channel = [0, 0.5, 0, 1, 0, 0, 0, 0, 0];
    expect(Array.from(tensor)).toEqual([...channel, ...channel, ...channel]);
    expect(Array.from(networkImage(Uint8Array.of(7, 7), { columns: 2, rows: 1 }, 2))).toEqual(new Array(12).fill(0));
  });
});
