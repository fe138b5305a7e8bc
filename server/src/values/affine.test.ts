import { describe, expect, it } from '@jest/globals';
import {
  type Affine,
  apply,
  column,
  cross,
  determinant3,
  dot,
  fromAxes,
  identity,
  invert,
  multiply,
  norm,
  normalize,
  scale,
  type Vector3,
} from './affine.js';

/** Repeatable random numbers in [-1, 1): a linear congruential generator (Numerical Recipes' constants). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** A random oblique grid matrix: any directions, spacings 0.2–5 mm, optionally left-handed or sheared. */
function randomAffine(random: () => number, { flipped, sheared }: { flipped: boolean; sheared: boolean }): Affine {
  const vector = (): Vector3 => [random(), random(), random()];
  const spacing = () => 0.2 + 2.4 * (random() + 1);
  const x = normalize(vector());
  const y = normalize(cross(x, vector()));
  const z = scale(cross(x, y), flipped ? -1 : 1);
  const lean = scale(x, sheared ? random() : 0);
  const step: Vector3 = [z[0] + lean[0], z[1] + lean[1], z[2] + lean[2]];
  return fromAxes(scale(x, spacing()), scale(y, spacing()), scale(step, spacing()), scale(vector(), 500));
}

describe('affine', () => {
  const random = randomNumbers(20260101);
  const cases = [true, false].flatMap((flipped) => [true, false].map((sheared) => ({ flipped, sheared })));

  it.each(cases)('maps points there and back on 200 random grids (flipped: $flipped, sheared: $sheared)', (kind) => {
    for (let repeat = 0; repeat < 200; repeat++) {
      const m = randomAffine(random, kind);
      const voxel: Vector3 = [255 * random(), 511 * random(), 1000 * random()];
      const back = apply(invert(m), apply(m, voxel));
      for (const axis of [0, 1, 2] as const) expect(back[axis]).toBeCloseTo(voxel[axis], 8);
      const product = multiply(invert(m), m);
      product.forEach((value, n) => {
        expect(value).toBeCloseTo(identity[n]!, 9);
      });
    }
  });

  it.each(cases)('measures the volume of a voxel (flipped: $flipped, sheared: $sheared)', (kind) => {
    const m = randomAffine(random, kind);
    const [x, y, z] = [column(m, 0), column(m, 1), column(m, 2)];
    expect(determinant3(m)).toBeCloseTo(dot(cross(x, y), z), 9);
    expect(Math.sign(determinant3(m))).toBe(kind.flipped ? -1 : 1);
    if (!kind.sheared) expect(Math.abs(determinant3(m))).toBeCloseTo(norm(x) * norm(y) * norm(z), 9);
  });

  it('applies the right factor of a product first', () => {
    const a = randomAffine(random, { flipped: false, sheared: true });
    const b = randomAffine(random, { flipped: true, sheared: false });
    const point: Vector3 = [3, -4, 5];
    const [atOnce, inTurn] = [apply(multiply(a, b), point), apply(a, apply(b, point))];
    for (const axis of [0, 1, 2] as const) expect(atOnce[axis]).toBeCloseTo(inTurn[axis], 6);
    expect(multiply(a, identity)).toEqual(a);
  });

  it('puts the axes into columns', () => {
    const m = fromAxes([1, 2, 3], [4, 5, 6], [7, 8, 10], [11, 12, 13]);
    expect([column(m, 0), column(m, 1), column(m, 2), column(m, 3)]).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 10],
      [11, 12, 13],
    ]);
    expect(apply(m, [1, 0, 0])).toEqual([12, 14, 16]);
  });

  it('refuses what has no inverse or direction', () => {
    expect(() => invert(fromAxes([1, 0, 0], [2, 0, 0], [0, 0, 1], [0, 0, 0]))).toThrow(RangeError);
    expect(() => invert(fromAxes([Number.NaN, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]))).toThrow(RangeError);
    expect(() => normalize([0, 0, 0])).toThrow(RangeError);
    expect(() => normalize([Number.NaN, 0, 0])).toThrow(RangeError);
  });
});
