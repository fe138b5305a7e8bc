import { describe, expect, it } from '@jest/globals';
import { apply, column, identity, norm, type Vector3 } from '../values/affine.js';
import { type Grid, voxelCount } from '../values/grid.js';
import { emptyBits, getBit, setBit } from '../values/maskBits.js';
import { randomNumbers } from '../values/randomNumbers.js';
import { orientedGrid, voxelToVoxel } from './orientedGrid.js';
import { resample } from './resample.js';
import { restoreToSourceGrid } from './restoreToSourceGrid.js';
import { alignedMatrix, randomGrid } from './testSupport.js';

const { signal } = new AbortController();

const placesOf = (grid: Grid): Vector3[] => {
  const [columns, rows] = grid.size;
  return Array.from({ length: voxelCount(grid) }, (_, n) =>
    apply(grid.voxelToLps, [n % columns, Math.floor(n / columns) % rows, Math.floor(n / columns / rows)]),
  );
};

const distance = (a: Vector3, b: Vector3) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Σ |axis|² / 8: times the greatest second derivative, the error bound of trilinear interpolation. */
const interpolationBound = ({ voxelToLps }: Grid) =>
  ([0, 1, 2] as const).reduce<number>((sum, axis) => sum + norm(column(voxelToLps, axis)) ** 2 / 8, 0);

describe('the way to the model grid and back', () => {
  it('brings a ball back to its place in the patient, on oblique, flipped, sheared and odd-sized grids', async () => {
    const random = randomNumbers(1);
    for (let round = 0; round < 12; round++) {
      const source = randomGrid(random);
      const model = orientedGrid(source, round % 2 ? 'RAS' : 'LPS', [1 + random(), 1 + random(), 1 + 2 * random()]);
      const centre = apply(
        source.voxelToLps,
        source.size.map((n) => (n - 1) * (0.4 + 0.2 * random())) as unknown as Vector3,
      );
      const radius = 7;
      const places = placesOf(source);
      const signedDistance = Float32Array.from(places, (place) => radius - distance(place, centre));
      const values = (await resample(signedDistance, source, model, signal)).map((v) => (Number.isNaN(v) ? -99 : v));
      const [bits] = await restoreToSourceGrid(
        { grid: model, channels: 1, values },
        source,
        { kind: 'threshold', threshold: 0 },
        [[0]],
        signal,
      );
      // The second derivatives of a distance are at most 1 / distance; a cell reaches less than 3 mm inwards.
      const bound = (interpolationBound(source) + interpolationBound(model)) / (radius - 3);
      let inside = 0;
      places.forEach((_, n) => {
        if (getBit(bits!, n)) inside++;
        if (getBit(bits!, n) !== signedDistance[n]! > 0) expect(Math.abs(signedDistance[n]!)).toBeLessThan(bound);
      });
      expect(inside).toBeGreaterThan(100);
      expect(bound).toBeLessThan(1.6);
    }
  });

  it('changes nothing where the source grid is along the patient axes and the spacing is native', async () => {
    const random = randomNumbers(2);
    for (let round = 0; round < 12; round++) {
      const source: Grid = { size: [5, 6, 7], voxelToLps: alignedMatrix(random, [0.7, 1.3, 2.9]) };
      const model = orientedGrid(source, 'RAS', null);
      expect(voxelCount(model)).toBe(voxelCount(source));
      const chosen = Float32Array.from({ length: 210 }, () => (random() < 0.4 ? 1 : 0));
      const values = await resample(chosen, source, model, signal);
      expect([...values].sort()).toEqual([...chosen].sort());
      const [bits] = await restoreToSourceGrid(
        { grid: model, channels: 1, values },
        source,
        { kind: 'threshold', threshold: 0.5 },
        [[0]],
        signal,
      );
      const expected = emptyBits(210);
      chosen.forEach((value, n) => {
        if (value === 1) setBit(expected, n);
      });
      expect(bits).toEqual(expected);
    }
  });

  it('is the identity on the same grid, for one voxel, one line and one slice too', async () => {
    for (const size of [
      [1, 1, 1],
      [5, 1, 1],
      [1, 1, 4],
      [4, 5, 1],
      [3, 4, 5],
    ] as Vector3[]) {
      const grid: Grid = { size, voxelToLps: identity };
      const random = randomNumbers(3);
      const voxels = Float32Array.from({ length: voxelCount(grid) }, random);
      expect(await resample(voxels, grid, grid, signal)).toEqual(voxels);
      const [bits] = await restoreToSourceGrid(
        { grid, channels: 1, values: voxels },
        grid,
        { kind: 'threshold', threshold: 0.5 },
        [[0]],
        signal,
      );
      voxels.forEach((value, n) => {
        expect(getBit(bits!, n)).toBe(value > 0.5);
      });
    }
  });

  it('holds the edge value for half a voxel beyond the outermost centres, and no farther', async () => {
    const source: Grid = { size: [2, 1, 1], voxelToLps: identity };
    const fine: Grid = { size: [9, 1, 1], voxelToLps: [0.25, 0, 0, -0.75, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
    const { NaN: none } = Number;
    expect([...(await resample(Int16Array.of(4, 8), source, fine, signal))]).toEqual([none, 4, 4, 4, 5, 6, 7, 8, 8]);
  });

  it('is NaN outside the source grid, and no target outside the model grid', async () => {
    const small: Grid = { size: [2, 2, 2], voxelToLps: identity };
    const large: Grid = { size: [6, 2, 2], voxelToLps: [1, 0, 0, -2, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
    const ones = new Float32Array(8).fill(1);
    const line = [...(await resample(ones, small, large, signal))].slice(0, 6);
    expect(line).toEqual([Number.NaN, Number.NaN, 1, 1, Number.NaN, Number.NaN]);
    const [bits] = await restoreToSourceGrid(
      { grid: small, channels: 1, values: ones },
      large,
      { kind: 'threshold', threshold: 0.5 },
      [[0]],
      signal,
    );
    expect(Array.from({ length: 6 }, (_, n) => getBit(bits!, n))).toEqual([false, false, true, true, false, false]);
  });

  it.each([
    { targets: [[0], [1, 2], [2]], power: 6 },
    { targets: [[1]], power: 6 },
    { targets: [[2], [0]], power: 40 },
  ])('takes the interpolated argmax as a plain loop does: $targets, clear winners by $power', async (each) => {
    const { targets, power } = each;
    const random = randomNumbers(4);
    const source: Grid = { size: [13, 11, 9], voxelToLps: identity };
    const model: Grid = {
      size: [5, 4, 4],
      voxelToLps: [2.9, 0.3, 0, 0.1, -0.2, 3.1, 0, 0.5, 0, 0.1, 2.7, 0, 0, 0, 0, 1],
    };
    const channels = 3;
    // Powers make most voxels clear winners, so that agreeing cells and mixed ones both occur.
    const values = new Float32Array(voxelCount(model) * channels);
    for (let n = 0; n < voxelCount(model); n++) {
      const raw = Array.from({ length: channels + 1 }, () => random() ** power);
      const sum = raw.reduce((a, b) => a + b);
      for (let c = 0; c < channels; c++) values[n * channels + c] = raw[c]! / sum;
    }
    const masks = await restoreToSourceGrid(
      { grid: model, channels, values },
      source,
      { kind: 'argmax' },
      targets,
      signal,
    );
    const fields = await Promise.all(
      Array.from({ length: channels }, (_, c) =>
        resample(
          values.filter((_v, n) => n % channels === c),
          model,
          source,
          signal,
        ),
      ),
    );
    let inTargets = 0;
    for (let n = 0; n < voxelCount(source); n++) {
      const probabilities = fields.map((field) => field[n]!);
      const rest = 1 - probabilities.reduce((a, b) => a + b);
      const winner =
        Number.isNaN(rest) || rest >= Math.max(...probabilities)
          ? -1
          : probabilities.indexOf(Math.max(...probabilities));
      targets.forEach((members, target) => {
        expect(getBit(masks[target]!, n)).toBe(members.includes(winner));
        if (members.includes(winner)) inTargets++;
      });
    }
    expect(inTargets).toBeGreaterThan(50);
  });

  it('stops when it is cancelled', async () => {
    const grid: Grid = { size: [4, 4, 4], voxelToLps: identity };
    const aborted = AbortSignal.abort();
    const voxels = new Float32Array(64);
    await expect(resample(voxels, grid, grid, aborted)).rejects.toMatchObject({ code: 'cancelled' });
    const map = { grid, channels: 1, values: voxels };
    await expect(
      restoreToSourceGrid(map, grid, { kind: 'threshold', threshold: 0.5 }, [[0]], aborted),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('the oriented grid', () => {
  it('holds every source voxel centre, with axes along the patient', () => {
    const random = randomNumbers(5);
    for (let round = 0; round < 20; round++) {
      const source = randomGrid(random);
      for (const spacing of [null, [1.1, 2.3, 0.9]] as const) {
        const model = orientedGrid(source, 'RAS', spacing);
        const toModel = voxelToVoxel(source, model);
        for (let corner = 0; corner < 8; corner++) {
          const [i, j, k] = [corner & 1, (corner >> 1) & 1, corner >> 2];
          const place = apply(toModel, [i * (source.size[0] - 1), j * (source.size[1] - 1), k * (source.size[2] - 1)]);
          for (const d of [0, 1, 2] as const) {
            expect(place[d]).toBeGreaterThan(-1e-3);
            expect(place[d]).toBeLessThan(model.size[d] - 1 + 1e-3);
          }
        }
        const [x, y, z] = [0, 1, 2].map((axis) => column(model.voxelToLps, axis as 0));
        expect([Math.sign(x![0]), Math.sign(y![1]), Math.sign(z![2])]).toEqual([-1, -1, 1]);
        expect([x![1], x![2], y![0], y![2], z![0], z![1]]).toEqual([0, 0, 0, 0, 0, 0]);
      }
    }
  });
});
