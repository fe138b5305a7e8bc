import { describe, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { encodeSegmentation } from '../../server/src/results/encodeSegmentation.js';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { makeInput } from '../../server/src/results/syntheticSegments.js';
import { measureMask } from '../../server/src/segmenter/measureMask.js';
import { onSourceSlices } from '../../server/src/segmenter/onSourceSlices.js';
import { orientedGrid } from '../../server/src/segmenter/orientedGrid.js';
import { resample } from '../../server/src/segmenter/resample.js';
import { randomGrid } from '../../server/src/segmenter/testSupport.js';
import { apply, column, cross, invert, norm, normalize, scale, type Vector3 } from '../../server/src/values/affine.js';
import { type Grid, isEven, type SliceGrid, voxelCentre, voxelCount } from '../../server/src/values/grid.js';
import type { Mask } from '../../server/src/values/mask.js';
import { emptyBits, getBit, setBit } from '../../server/src/values/maskBits.js';
import { randomNumbers } from '../../server/src/values/randomNumbers.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { onEvenGrid } from '../../server/src/volume/onEvenGrid.js';
import { shuffled, streamOf } from './streamOf.js';

const { signal } = new AbortController();

/** Slices of a series: evenly spaced, with some taken out, or uneven. Positions are in steps of its grid. */
type Spacing = 'even' | 'gaps' | 'uneven';

function slicePositions(kind: Spacing, slices: number, random: () => number): readonly number[] {
  const all = Array.from({ length: slices }, (_, k) => k);
  if (kind === 'even') return all;
  if (kind === 'gaps') return all.filter((k) => k === 0 || k === slices - 1 || k % 5 !== 2);
  return all.reduce<readonly number[]>((before) => [...before, (before.at(-1) ?? -1) + 0.6 + 0.8 * random()], []);
}

/**
 * A small series on a random grid: oblique, flipped, sheared, of odd sizes.
 * @param valueAt stored in steps of 1/64, to distinguish interpolated values from rounded ones
 */
async function randomSeries(seed: number, kind: Spacing, valueAt: (place: Vector3) => number) {
  const random = randomNumbers(seed);
  const wide = randomGrid(random);
  const positions = slicePositions(kind, 13, random);
  const grid: Grid = { size: [wide.size[0] - 13, wide.size[1] - 11, positions.length], voxelToLps: wide.voxelToLps };
  const at = (i: number, j: number, k: number): Vector3 => apply(grid.voxelToLps, [i, j, positions[k]!]);
  const instances = await createSeries({
    name: `round trip ${seed}`,
    modality: 'MR',
    grid,
    valueAt: (i, j, k) => valueAt(at(i, j, k)),
    slope: () => 1 / 64,
    intercept: () => 0,
    attributes: (k) => ({ ImagePositionPatient: [...at(0, 0, k)] }),
  });
  const volume = await assembleVolume(streamOf(shuffled(instances)), { signal });
  return { volume, random, at, slices: positions.length };
}

const kinds = (['even', 'gaps', 'uneven'] as const).flatMap((kind) =>
  [1, 2, 3, 4, 5, 6].map((seed) => [kind, seed + 100 * kind.length] as const),
);

describe.each(kinds)('a series of %s slices on a random grid (seed %i)', (kind, seed) => {
  it('comes out with every slice where its image says', async () => {
    const { volume, at, slices } = await randomSeries(seed, kind, ([x]) => x / 4);
    expect(isEven(volume.grid)).toBe(kind === 'even');
    // Slice 0 is the lowest along the normal: the last image where the grid is left-handed.
    const first = volume.sourceImages[0]!.imagePositionPatient!;
    const isReversed = distance(first, at(0, 0, slices - 1)) < distance(first, at(0, 0, 0));
    for (let k = 0; k < slices; k++) {
      const expected = at(3, 5, isReversed ? slices - 1 - k : k);
      expect(distance(voxelCentre(volume.grid, [3, 5, k]), expected)).toBeLessThan(1e-6);
    }
  });

  it('brings a mask back bit by bit, through the even grid, the encoded object and the reader', async () => {
    const { volume, random } = await randomSeries(seed, kind, ([x]) => x / 4);
    const even = onEvenGrid(volume);
    const wanted = randomBits(volume.grid, random);
    const onEven = spread(wanted, volume.grid, even.grid);

    const target = makeInput(volume, [wanted]).segments[0]!.target;
    const [outcome] = onSourceSlices([{ target, status: 'found', mask: onEven }], volume.grid);
    if (outcome?.status !== 'found') throw new Error('the mask was lost');
    expect(Buffer.compare(outcome.mask.bits, wanted.bits)).toBe(0);

    const { part10 } = encodeSegmentation(makeInput(volume, [outcome.mask]));
    const read = maskOfSegment(readSegmentation(part10), 1, volume.grid);
    expect(Buffer.compare(read.bits, wanted.bits)).toBe(0);
  });

  it('is interpolated at its true positions, up to the model grid', async () => {
    // Linear interpolation gives a linear function back exactly: what is left is the rounding of the stored values.
    const linear = ([x, y, z]: Vector3): number => 200 + 0.3 * x - 0.2 * y + 0.25 * z;
    const { volume } = await randomSeries(seed, kind, linear);
    const even = onEvenGrid(volume);
    expectValues(even.voxels, even.grid, linear);

    const model = orientedGrid(even.grid, 'RAS', [1.5, 1.5, 1.5]);
    const inner = { ...even, voxels: await resample(even.voxels, even.grid, model, signal) };
    expectValues(inner.voxels, model, linear, even.grid);
  });
});

describe('what is measured on uneven slices', () => {
  it('counts every slice by how far it reaches', async () => {
    const { volume } = await randomSeries(7, 'uneven', () => 10);
    const bits = emptyBits(voxelCount(volume.grid)).fill(0xff);
    const { volumeMl, voxelCount: counted } = measureMask({ grid: volume.grid, bits: trimmed(bits, volume) }, volume);
    expect(counted).toBe(voxelCount(volume.grid));
    // The whole block: from half a gap below the first slice to half a gap above the last.
    const [columns, rows, slices] = volume.grid.size;
    const positions = volume.grid.slicePositions!;
    const ends = (positions[1]! - positions[0]! + positions[slices - 1]! - positions[slices - 2]!) / 2;
    const steps = positions[slices - 1]! - positions[0]! + ends;
    const axes = ([0, 1, 2] as const).map((axis) => column(volume.grid.voxelToLps, axis));
    const height = Math.abs(normalize(cross(axes[0]!, axes[1]!)).reduce((sum, n, d) => sum + n * axes[2]![d]!, 0));
    const area = norm(cross(scale(axes[0]!, columns), scale(axes[1]!, rows)));
    expect(volumeMl).toBeCloseTo((area * height * steps) / 1000, 6);
  });

  it('is nothing where a target is between the slices only', async () => {
    const { volume } = await randomSeries(8, 'gaps', () => 10);
    const even = onEvenGrid(volume).grid;
    const gap = [...Array(even.size[2]).keys()].find((k) => !volume.grid.slicePositions!.includes(k))!;
    const bits = emptyBits(voxelCount(even));
    setBit(bits, even.size[0] * even.size[1] * gap + 5);
    const target = makeInput(volume, [randomBits(volume.grid, randomNumbers(1))]).segments[0]!.target;
    expect(onSourceSlices([{ target, status: 'found', mask: { grid: even, bits } }], volume.grid)).toEqual([
      { target, status: 'not-found', reason: expect.stringContaining('between slices') },
    ]);
  });
});

const distance = (a: Vector3, b: Vector3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

function randomBits(grid: SliceGrid, random: () => number): Mask {
  const bits = emptyBits(voxelCount(grid));
  for (let n = 0; n < voxelCount(grid); n++) if (random() < 0.3) setBit(bits, n);
  return { grid, bits };
}

/** No bits beyond the last voxel. */
function trimmed(bits: Uint8Array, { grid }: Volume): Uint8Array {
  const rest = voxelCount(grid) % 8;
  if (rest !== 0) bits[bits.length - 1] = 2 ** rest - 1;
  return bits;
}

/** The mask as a model would give it on the even grid: each even slice like the source slice that is nearest. */
function spread(mask: Mask, source: SliceGrid, even: Grid): Mask {
  const sliceSize = even.size[0] * even.size[1];
  const bits = emptyBits(voxelCount(even));
  for (let k = 0; k < source.size[2]; k++) {
    const target = Math.round(source.slicePositions?.[k] ?? k);
    for (let n = 0; n < sliceSize; n++) if (getBit(mask.bits, k * sliceSize + n)) setBit(bits, target * sliceSize + n);
  }
  return { grid: even, bits };
}

/**
 * Half a stored step, and the rounding of Int16 or Float32. Voxels that are NaN, or within half a voxel of the source's
 * border, are let be.
 */
function expectValues(voxels: ArrayLike<number>, grid: Grid, linear: (place: Vector3) => number, source?: Grid): void {
  const [columns, rows, slices] = grid.size;
  let [worst, compared] = [0, 0];
  for (let n = 0; n < columns * rows * slices; n++) {
    const place = apply(grid.voxelToLps, [n % columns, Math.floor(n / columns) % rows, Math.floor(n / columns / rows)]);
    if (Number.isNaN(voxels[n]) || (source !== undefined && !isWithin(source, place))) continue;
    compared++;
    worst = Math.max(worst, Math.abs(voxels[n]! - linear(place)));
  }
  expect(compared).toBeGreaterThan(500);
  expect(worst).toBeLessThan(1 / 128 + 1e-3);
}

function isWithin({ size, voxelToLps }: Grid, place: Vector3): boolean {
  const voxel = apply(invert(voxelToLps), place);
  return voxel.every((v, axis) => v >= 0 && v <= size[axis]! - 1);
}
