import { describe, expect, it } from '@jest/globals';
import { emptyBits } from '../../../values/maskBits.js';
import { randomNumbers } from '../../../values/randomNumbers.js';
import { type VoxelDistances, voxelAt } from './block.js';
import { depthOfPrompt, squaredDistancesTo } from './prompted.js';

/** Slices are uneven. */
const distances: VoxelDistances = { size: [9, 8, 6], column: 0.8, row: 1.3, slices: [0, 1, 2.5, 9, 10, 14] };
const placeOf = (index: number): readonly [number, number, number] => {
  const [i, j, k] = voxelAt(index, distances.size);
  return [i * distances.column, j * distances.row, distances.slices[k]!];
};

describe('distances to several voxels', () => {
  it('are those to the nearest, in the patient', () => {
    const random = randomNumbers(11);
    for (const count of [1, 2, 7]) {
      const voxels = Uint32Array.from({ length: count }, () => Math.floor(9 * 8 * 6 * random()));
      const block = { first: [0, 0, 0], size: distances.size } as const;
      const squared = squaredDistancesTo(voxels, block, distances);
      for (let n = 0; n < squared.length; n++) {
        const [x, y, z] = placeOf(n);
        const each = Array.from(voxels, (voxel) => {
          const [a, b, c] = placeOf(voxel);
          return (x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2;
        });
        expect(squared[n]).toBeCloseTo(Math.min(...each), 4);
      }
    }
  });
});

describe('the depth of a prompt', () => {
  const bits = emptyBits(9 * 8 * 6);
  const depthOf = (voxels: readonly number[], plane?: number) => {
    const indices = Uint32Array.from(voxels);
    const lasso = plane === undefined ? {} : { lasso: { across: 2, plane, throughSlices: true } as const };
    return depthOfPrompt({ voxels: indices, part: true, ...lasso }, indices, bits, distances, 60);
  };

  it('of a scribble is that of its deepest place, and none where the mask is the same all around', () => {
    expect(depthOf([0, 1, 2])).toBeUndefined();
    bits[0]! |= 1;
    expect(depthOf([1, 2, 4])).toBeCloseTo(4 * 0.8);
    bits[0] = 0;
  });

  it('of a lasso is from its innermost voxel to its outline, on its plane', () => {
    const slice = 72 * 3;
    const square = [2, 3, 4].flatMap((i) => [2, 3, 4].map((j) => slice + i + 9 * j));
    expect(depthOf(square, 3)).toBeCloseTo(2 * 0.8);
    expect(
      depthOf(
        Array.from({ length: 72 }, (_, n) => slice + n),
        3,
      ),
    ).toBe(Infinity);
  });
});
