import { describe, expect, it } from '@jest/globals';
import { fromAxes, type Vector3 } from '../../values/affine.js';
import { shrink } from './smallImage.js';

const signal = new AbortController().signal;

function volume(size: Vector3, spacing: Vector3, valueAt: (i: number, j: number, k: number) => number) {
  const voxels = new Float32Array(size[0] * size[1] * size[2]);
  for (let k = 0, n = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) for (let i = 0; i < size[0]; i++) voxels[n++] = valueAt(i, j, k);
  const [x, y, z] = spacing;
  return { grid: { size, voxelToLps: fromAxes([x, 0, 0], [0, y, 0], [0, 0, z], [1, 2, 3]) }, voxels };
}

describe('shrink', () => {
  it('keeps a volume that has the spacing already', async () => {
    const own = volume([5, 4, 3], [8, 8, 8], (i, j, k) => i + 10 * j + 100 * k);
    const small = await shrink(own, 8, signal);
    expect(small).toMatchObject({ size: [5, 4, 3], start: [0, 0, 0], step: [1, 1, 1] });
    expect([...small.values]).toEqual([...own.voxels]);
  });

  it('takes means of blocks, with the middle in the middle', async () => {
    // An odd number of voxels per new one: the means are those of blocks.
    const small = await shrink(
      volume([9, 6, 4], [8 / 3, 8 / 3, 8], (i, j, k) => i + j + 7 * k),
      8,
      signal,
    );
    expect(small.size).toEqual([3, 2, 4]);
    expect(small.start.map((each) => Number(each.toFixed(6)))).toEqual([1, 1, 0]);
    expect([...small.values].slice(0, 6).map((each) => Number(each.toFixed(4)))).toEqual([2, 5, 8, 5, 8, 11]);
  });

  it('keeps linear brightness in its place in the patient, at any spacing', async () => {
    const own = volume([40, 33, 29], [1.3, 2.1, 11], (i, j, k) => 1.3 * i - 2.1 * j + 22 * k);
    const { size, values, start, step } = await shrink(own, 8, signal);
    // An even number of voxels has its mean half a voxel below, as in scipy: 6 voxels along x, 4 along y.
    const [x, y, z] = [3, 4, 5].map((n, axis) => start[axis]! + step[axis]! * n) as [number, number, number];
    const expected = 1.3 * (x - 0.5) - 2.1 * (y - 0.5) + 22 * z;
    expect(values[3 + size[0] * (4 + size[1] * 5)]).toBeCloseTo(expected, 2);
  });

  it('gives voxels without a value the least of the others', async () => {
    const { values } = await shrink(
      volume([4, 4, 4], [8, 8, 8], (i) => (i === 0 ? Number.NaN : i)),
      8,
      signal,
    );
    expect([...values.slice(0, 4)]).toEqual([1, 1, 2, 3]);
  });

  it('stops when it is cancelled', async () => {
    const stopped = AbortSignal.abort();
    const own = volume([4, 4, 4], [8, 8, 8], () => 1);
    await expect(shrink(own, 8, stopped)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
