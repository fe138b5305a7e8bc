import { describe, expect, it } from '@jest/globals';
import { type SliceGrid, voxelCount } from '../../../values/grid.js';
import { countBits, diceOfBits, getBit } from '../../../values/maskBits.js';
import {
  ball,
  bitsOf,
  click,
  correct,
  correctByClicks,
  grid,
  image,
  neighbour,
  packaged,
  type Shape,
  sameOutside,
} from './ball.testSupport.js';
import { regionsManifestSchema } from './manifest.js';

describe('a click on what is missing', () => {
  const without = bitsOf((i, j, k) => ball(i, j, k) && i < 33);

  it('adds it up to its border, and changes nothing else', async () => {
    const before = without.slice();
    const { mask, blocks, executionProvider } = await correct(before, [click([39, 25, 15], true)]);
    expect(diceOfBits(mask.bits, bitsOf(ball))).toBeGreaterThan(0.97);
    expect(diceOfBits(before, bitsOf(ball))).toBeLessThan(0.85);
    // The mask that was given stays, and so does everything outside of the block.
    expect(before).toEqual(without);
    expect(sameOutside(mask.bits, before, blocks[0]!)).toBe(true);
    expect(executionProvider).toBe('cpu');
  });

  it('takes nothing away', async () => {
    const { mask } = await correct(without, [click([39, 25, 15], true)]);
    expect(without.every((byte, n) => (byte & ~mask.bits[n]!) === 0)).toBe(true);
  });

  it('gives the same mask every time, at once or one after another', async () => {
    const clicks = [click([39, 25, 15], true), click([30, 12, 15], true), click([4, 20, 15], true)];
    const together = await correct(without, clicks);
    let bits = without;
    for (const [n, each] of clicks.entries())
      ({
        mask: { bits },
      } = await correct(bits, [each], image(), clicks.slice(0, n)));
    expect(bits).toEqual(together.mask.bits);
  });
});

describe('a click on what is too much', () => {
  const both = bitsOf((i, j, k) => ball(i, j, k) || (i >= 10 && i < 19 && j > 20 && j < 30 && k > 10 && k < 20));

  it('takes it away up to the border of the rest', async () => {
    const { mask, blocks } = await correct(both, [click([12, 25, 15], false)]);
    expect(diceOfBits(mask.bits, bitsOf(ball))).toBeGreaterThan(0.97);
    expect(sameOutside(mask.bits, both, blocks[0]!)).toBe(true);
    expect(both.every((byte, n) => (mask.bits[n]! & ~byte) === 0)).toBe(true);
  });

  it('leaves what an earlier click said', async () => {
    const kept = click([15, 25, 15], true);
    const { mask } = await correct(both, [click([12, 25, 15], false)], image(), [kept]);
    expect(getBit(mask.bits, 15 + 60 * (25 + 50 * 15))).toBe(true);
    expect(getBit(mask.bits, 12 + 60 * (25 + 50 * 15))).toBe(false);
  });
});

describe('a click on nothing', () => {
  it('gives the region there', async () => {
    const { mask } = await correct(
      bitsOf(() => false),
      [click([30, 25, 15], true)],
    );
    expect(diceOfBits(mask.bits, bitsOf(ball))).toBeGreaterThan(0.85);
    const beside = bitsOf(neighbour);
    expect(mask.bits.some((byte, n) => (byte & beside[n]!) !== 0)).toBe(false);
  });

  it('that is marked already changes nothing', async () => {
    const bits = bitsOf(ball);
    const { mask, blocks } = await correct(bits, [click([30, 25, 15], true), click([2, 40, 1], false)]);
    expect(mask.bits).toEqual(bits);
    expect(blocks).toEqual([undefined, undefined]);
  });

  it('changes its voxel in an image of one value, at its corner, and in a single slice', async () => {
    const flat = { ...image(), voxels: new Int16Array(voxelCount(grid)) };
    const { mask } = await correct(bitsOf(ball), [click([0, 0, 0], true), click([30, 25, 15], false)], flat);
    expect([getBit(mask.bits, 0), getBit(mask.bits, 30 + 60 * (25 + 50 * 15))]).toEqual([true, false]);
    const one = { ...image({ ...grid, size: [60, 50, 1] }), voxels: new Float32Array(3000).fill(1.5) };
    const slice = await correct(new Uint8Array(375), [click([59, 49, 0], true)], one);
    expect(countBits(slice.mask.bits)).toBeGreaterThan(0);
  });
});

describe('the images', () => {
  it('may have uneven slices: distances are those in the patient', async () => {
    const uneven: SliceGrid = {
      ...grid,
      size: [60, 50, 24],
      slicePositions: Array.from({ length: 24 }, (_, k) => (k < 12 ? k : k + 6)),
    };
    const shape: Shape = (i, j, k) => ball(i, j, uneven.slicePositions![k]!);
    const volume = image(uneven);
    for (let n = 0; n < volume.voxels.length; n++) {
      const k = Math.floor(n / 3000);
      volume.voxels[n] = shape(n % 60, Math.floor(n / 60) % 50, k) ? 90 : 20;
    }
    const half = bitsOf((i, j, k) => shape(i, j, k) && i < 33, uneven);
    const corrected = await correct(half, [click([39, 25, 11], true)], volume);
    expect(diceOfBits(corrected.mask.bits, bitsOf(shape, uneven))).toBeGreaterThan(0.95);
  });

  it('of another modality are refused', async () => {
    await expect(correct(bitsOf(ball), [click([1, 1, 1], true)], { ...image(), modality: 'NM' })).rejects.toMatchObject(
      {
        code: 'modality-not-served',
      },
    );
  });

  it('of which somebody no longer wants anything are left between two clicks', async () => {
    const controller = new AbortController();
    const running = correctByClicks(
      image(),
      { grid, bits: bitsOf(ball) },
      [click([0, 0, 0], true), click([1, 40, 1], true)],
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('the manifest', () => {
  it('refuses what it does not know', () => {
    expect(regionsManifestSchema.safeParse({ ...packaged, graph: {} }).success).toBe(false);
    expect(regionsManifestSchema.safeParse({ ...packaged, settings: { ...packaged.settings, reach: 0 } }).success).toBe(
      false,
    );
  });
});
