import { describe, expect, it } from '@jest/globals';
import type { Vector3 } from './affine.js';
import { squaredDistances } from './distanceTransform.js';

/** Every voxel against every member. */
function bySearching(members: Uint8Array, [columns, rows]: Vector3, spacing: Vector3): Float64Array {
  const place = (n: number): Vector3 => [n % columns, Math.floor(n / columns) % rows, Math.floor(n / (columns * rows))];
  return Float64Array.from(members, (_, n) => {
    let least = Infinity;
    members.forEach((member, m) => {
      if (member === 0) return;
      const [from, to] = [place(n), place(m)];
      least = Math.min(
        least,
        from.reduce((sum, value, axis) => sum + ((value - to[axis]!) * spacing[axis]!) ** 2, 0),
      );
    });
    return least;
  });
}

describe('squaredDistances', () => {
  it.each([
    [[9, 8, 7], [1, 1, 1], 0.02],
    [[9, 8, 7], [0.7, 1.3, 5], 0.05],
    [[11, 1, 6], [2, 1, 0.5], 0.2],
    [[5, 6, 7], [1, 2, 3], 0],
  ] as const)('is exact: %j voxels of %j mm, %d of them members', (size, spacing, share) => {
    // A fixed sequence, no chance: Lehmer's generator.
    let state = 12345;
    const members = Uint8Array.from({ length: size[0] * size[1] * size[2] }, () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647 < share ? 1 : 0;
    });
    const expected = bySearching(members, size, spacing);
    squaredDistances(members, size, spacing).forEach((value, n) => {
      if (expected[n] === Infinity) expect(value).toBe(Infinity);
      else expect(value).toBeCloseTo(expected[n]!, 9);
    });
  });
});
