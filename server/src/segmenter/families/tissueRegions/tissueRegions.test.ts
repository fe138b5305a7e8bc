import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Affine, apply, column, fromAxes, scale, type Vector3 } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';
import type { Target } from '../../../values/target.js';
import type { EvenVolume } from '../../../values/volume.js';
import type { TargetOutcome } from '../../segmenter.js';
import { tissueRegionsManifestSchema } from './manifest.js';
import { segmentTissues } from './tissueRegions.js';

const folder = new URL('../../../../../models/ct-tissues/', import.meta.url);
const json = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const manifest = tissueRegionsManifestSchema.parse(json('model.json'));
const golden = json('golden/golden.json') as { grid: Grid; expected: Record<string, string> };
const bytes = (name: string) => Uint8Array.from(readFileSync(new URL(name, folder)));
const torso = new Int16Array(bytes('golden/torso.int16').buffer);

const targets = manifest.targets.map(({ id }) => ({ id, name: id.replace('-', ' '), prompt: id }) as unknown as Target);
const signal = new AbortController().signal;

/**
 * Stands in for the ONNX graph: the manifest's bounds, without smoothing. The graph itself is tested in
 * ctTissues.test.ts.
 */
const thresholds = {
  run: async (hu: Int16Array) =>
    Uint8Array.from(hu, (value) => manifest.tissues.findLastIndex(({ fromHU }) => value >= (fromHU ?? -Infinity))),
};

const volumeOf = (voxels: Int16Array, grid: Grid) => ({ voxels, grid, modality: 'CT' }) as unknown as EvenVolume;

async function segment(voxels: Int16Array, grid = golden.grid, wanted = targets) {
  const { outcomes } = await segmentTissues(thresholds, manifest, volumeOf(voxels, grid), wanted, {
    signal,
    onProgress: () => undefined,
  });
  return outcomes;
}

let upright: ReturnType<typeof segment> | undefined;
/** Of the torso as it is, computed once. */
const segmentUpright = () => (upright ??= segment(torso));

const bitAt = (bits: Uint8Array, n: number) => (bits[n >> 3]! >> (n & 7)) & 1;
const bitsOf = (outcomes: readonly TargetOutcome[], id: string) => {
  const outcome = outcomes.find(({ target }) => target.id === id);
  if (outcome?.status !== 'found') throw new Error(`${id} was not found.`);
  return outcome.mask.bits;
};

function dice(a: Uint8Array, b: Uint8Array): number {
  let [both, either] = [0, 0];
  for (let n = 0; n < 8 * a.length; n++) {
    both += bitAt(a, n) & bitAt(b, n);
    either += bitAt(a, n) + bitAt(b, n);
  }
  return (2 * both) / either;
}

/** The same image stored with other axes: new axis a is old axis order[a], backwards where flips[a]. */
function stored(order: Vector3, flips: readonly boolean[]) {
  const old = golden.grid;
  const size = order.map((axis) => old.size[axis]!) as unknown as Vector3;
  const axes = order.map((axis, a) => scale(column(old.voxelToLps, axis as 0), flips[a] ? -1 : 1)) as [
    Vector3,
    Vector3,
    Vector3,
  ];
  const corner = [0, 0, 0];
  order.forEach((axis, a) => {
    corner[axis] = flips[a] ? old.size[axis]! - 1 : 0;
  });
  const origin = apply(old.voxelToLps, corner as unknown as Vector3);
  const from: number[] = [];
  for (let k = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++) {
        const at = [0, 0, 0];
        [i, j, k].forEach((index, a) => {
          const axis = order[a]!;
          at[axis] = flips[a] ? old.size[axis]! - 1 - index : index;
        });
        from.push(at[0]! + old.size[0] * (at[1]! + old.size[1] * at[2]!));
      }
  return { grid: { size, voxelToLps: fromAxes(...axes, origin) }, from };
}

describe('segmentTissues on a synthetic torso', () => {
  it('finds every target where the construction put it', async () => {
    const outcomes = await segmentUpright();
    // Fat beside air is partial volume, which only the graph sees.
    for (const [id, file] of Object.entries(golden.expected).filter(([id]) => id !== 'fat'))
      expect([id, dice(bitsOf(outcomes, id), bytes(file)) >= 0.95]).toEqual([id, true]);
  });

  it.each<[string, Vector3, boolean[]]>([
    ['feet first', [0, 1, 2], [false, false, true]],
    ['mirrored columns', [0, 1, 2], [true, false, false]],
    ['prone', [0, 1, 2], [true, true, false]],
    ['coronal', [0, 2, 1], [false, true, false]],
    ['sagittal', [1, 2, 0], [false, true, true]],
  ])('gives the same voxels of the patient when stored %s', async (_, order, flips) => {
    const upright = await segmentUpright();
    const { grid, from } = stored(order, flips);
    const turned = await segment(
      Int16Array.from(from, (n) => torso[n]!),
      grid,
    );
    for (const { id } of targets) {
      const bits = bitsOf(turned, id);
      const expected = bitsOf(upright, id);
      const different = from.filter((n, index) => bitAt(bits, index) !== bitAt(expected, n)).length;
      expect([id, different]).toEqual([id, 0]);
    }
  });

  it('finds the same in an oblique stack', async () => {
    const [c, s] = [Math.cos(0.35), Math.sin(0.35)];
    const { voxelToLps: m, size } = golden.grid;
    const turn = ([x, y, z]: Vector3): Vector3 => [x, c * y - s * z, s * y + c * z];
    const tilted: Affine = fromAxes(turn(column(m, 0)), turn(column(m, 1)), turn(column(m, 2)), [5, -40, 800]);
    const outcomes = await segment(torso, { size, voxelToLps: tilted });
    for (const id of ['left-lung', 'right-lung', 'airways', 'bone'])
      expect([id, dice(bitsOf(outcomes, id), bytes(golden.expected[id]!)) >= 0.95]).toEqual([id, true]);
  });

  it('gives a target the same mask whatever else is requested', async () => {
    const together = await segmentUpright();
    for (const target of targets) {
      const [alone] = await segment(torso, golden.grid, [target]);
      expect(alone).toEqual(together.find((outcome) => outcome.target === target));
    }
  });

  it('parts lungs that touch in front of the heart', async () => {
    const touching = torso.slice();
    const [columns, rows] = golden.grid.size;
    for (let k = 24; k < 29; k++)
      for (let j = 26; j < 29; j++) for (let i = 33; i < 47; i++) touching[i + columns * (j + rows * k)] = -850;
    const outcomes = await segment(touching);
    for (const id of ['left-lung', 'right-lung'])
      expect([id, dice(bitsOf(outcomes, id), bytes(golden.expected[id]!)) >= 0.95]).toEqual([id, true]);
  });

  it('says that lungs and airways are outside the field of view', async () => {
    const sliceVoxels = golden.grid.size[0] * golden.grid.size[1];
    const abdomen = torso.slice(0, 14 * sliceVoxels);
    const outcomes = await segment(abdomen, { ...golden.grid, size: [80, 60, 14] });
    expect(outcomes.filter(({ status }) => status === 'not-found')).toEqual(
      ['left-lung', 'right-lung', 'airways'].map((id) =>
        expect.objectContaining({
          target: expect.objectContaining({ id }),
          reason: expect.stringContaining('No aerated lung is in the field of view'),
        }),
      ),
    );
  });

  it('names the side that is missing', async () => {
    const oneLung = torso.map((value, n) => (value === -850 && n % golden.grid.size[0] < 40 ? 40 : value));
    const outcomes = await segment(oneLung);
    expect(bitsOf(outcomes, 'left-lung').some((byte) => byte !== 0)).toBe(true);
    expect(outcomes.find(({ target }) => target.id === 'right-lung')).toMatchObject({
      status: 'not-found',
      reason: expect.stringContaining('no right lung is in the field of view'),
    });
  });

  it('finds no body in air, in padding, and in a table alone', async () => {
    const images = [-1000, -2000].map((value) => torso.map(() => value));
    images.push(torso.map((value, n) => (Math.floor(n / 80) % 60 >= 56 ? value : -1000)));
    for (const image of images)
      expect(await segment(image)).toEqual(
        targets.map((target) => ({ target, status: 'not-found', reason: 'The image shows no body, only air.' })),
      );
  });

  it('takes one voxel, and an image that is all tissue', async () => {
    const grid = { size: [1, 1, 1] as const, voxelToLps: golden.grid.voxelToLps };
    expect((await segment(Int16Array.from([40]), grid)).every(({ status }) => status === 'not-found')).toBe(true);
    const muscle = await segment(torso.map(() => 40));
    expect(bitsOf(muscle, 'body').every((byte) => byte === 255)).toBe(true);
    expect(bitsOf(muscle, 'soft-tissue').every((byte) => byte === 255)).toBe(true);
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    await expect(
      segmentTissues(thresholds, manifest, volumeOf(torso, golden.grid), targets, options),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses an image that does not fit into memory before it starts', async () => {
    const huge: Grid = { size: [65536, 65536, 4096], voxelToLps: golden.grid.voxelToLps };
    await expect(segment(torso, huge)).rejects.toMatchObject({
      code: 'memory-insufficient',
      details: { bytesNeeded: expect.any(Number), bytesAvailable: expect.any(Number) },
    });
  });
});

describe('tissueRegionsManifestSchema', () => {
  const refusal = (change: object) =>
    tissueRegionsManifestSchema.safeParse({ ...json('model.json'), ...change }).error?.issues[0]?.message;

  it('refuses bounds that do not ascend, and a tissue that has no bounds', () => {
    const [gas, ...others] = manifest.tissues;
    expect(refusal({ tissues: [gas, ...others.reverse()] })).toBe('the bounds in HU do not ascend');
    expect(refusal({ targets: [{ ...manifest.targets[0], tissues: [['cheese']] }] })).toBe('no tissue is named cheese');
  });

  it('refuses tissues without a name that the operations need', () => {
    const tissues = manifest.tissues.filter(({ name }) => name !== 'cortical');
    expect(refusal({ tissues })).toBe('the operations need a tissue named cortical');
  });

  it('refuses fields that it does not know', () => {
    expect(refusal({ operations: { ...manifest.operations, magic: {} } })).toMatch(/magic/);
  });
});

describe('lungs that end before the first and the last slice', () => {
  it.each([
    [10, 1],
    [10, 2],
    [5, 1],
    [5, 2],
    [2.5, 1],
    [2.5, 2],
    [2.5, 4],
  ])('have no voxel beyond (slices of %d mm, %d of soft tissue at each end)', async (dz, soft) => {
    const [columns, rows, slices] = [84, 60, Math.round(160 / dz)];
    const grid: Grid = {
      size: [columns, rows, slices],
      voxelToLps: fromAxes([5, 0, 0], [0, 5, 0], [0, 0, dz], [-207, -147, 0]),
    };
    const huAt = (i: number, j: number, k: number) => {
      const [x, y] = [5 * i - 207, 5 * j - 147];
      const inside = (cx: number, a: number, b: number) => ((x - cx) / a) ** 2 + (y / b) ** 2 < 1;
      if (!inside(0, 170, 110)) return -1000;
      const isLung = k >= soft && k < slices - soft && (inside(-80, 50, 70) || inside(80, 50, 70));
      return isLung ? -850 : 40;
    };
    const voxels = Int16Array.from({ length: columns * rows * slices }, (_, n) =>
      huAt(n % columns, Math.floor(n / columns) % rows, Math.floor(n / (columns * rows))),
    );
    const outcomes = await segment(voxels, grid);
    const lungs = ['left-lung', 'right-lung'].map((id) => bitsOf(outcomes, id));
    let [missed, added] = [0, 0];
    for (let n = 0; n < voxels.length; n++) {
      const isMarked = lungs.some((bits) => bitAt(bits, n) === 1);
      if (voxels[n] === -850 && !isMarked) missed++;
      if (voxels[n] !== -850 && isMarked) added++;
    }
    expect([missed, added]).toEqual([0, 0]);
  });
});
