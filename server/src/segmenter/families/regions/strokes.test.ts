import { describe, expect, it } from '@jest/globals';
import type { Vector3 } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';
import { countBits, diceOfBits, getBit } from '../../../values/maskBits.js';
import type { GridLasso, GridStroke } from '../../clickable.js';
import { volumeOn } from '../../testSupport.js';
import {
  ball,
  bitsOf,
  click,
  correct,
  correctByClicks,
  grid,
  image,
  neighbour,
  type Shape,
  sameOutside,
} from './ball.testSupport.js';

const [columns, rows, slices] = grid.size;
const indexOf = ([i, j, k]: Vector3): number => i + columns * (j + rows * k);
const nothing = bitsOf(() => false);

/** The voxels of a shape, as a stroke. */
function strokeOn(shape: Shape, part: boolean, lasso?: GridLasso): GridStroke {
  const bits = bitsOf(shape);
  const voxels = Uint32Array.from({ length: columns * rows * slices }, (_, n) => n).filter((n) => getBit(bits, n));
  return { voxels, part, ...(lasso && { lasso }) };
}
const along =
  (from: number, to: number, j: number, k: number): Shape =>
  (i, b, c) =>
    i >= from && i <= to && b === j && c === k;
const lassoOn = (shape: Shape, across: 0 | 1 | 2, plane: number, part = true, throughSlices = true): GridStroke =>
  strokeOn((i, j, k) => [i, j, k][across] === plane && shape(i, j, k), part, { across, plane, throughSlices });
const square: Shape = (i, j) => i >= 24 && i < 50 && j >= 20 && j < 28;

/** Whether a mask is, on a plane, as a shape says. */
function isOnPlane(bits: Uint8Array, across: 0 | 1 | 2, plane: number, shape: Shape): boolean {
  const wanted = bitsOf(shape);
  const onPlane = bitsOf((i, j, k) => [i, j, k][across] === plane);
  return onPlane.every((mask, byte) => (bits[byte]! & mask) === (wanted[byte]! & mask));
}
const isPartOf = (small: Uint8Array, large: Uint8Array): boolean => small.every((byte, n) => (byte & ~large[n]!) === 0);

describe('a scribble', () => {
  const without = bitsOf((i, j, k) => ball(i, j, k) && i < 33);

  it('on what is missing adds it up to its border, and changes nothing else', async () => {
    const { mask, blocks } = await correct(without, [strokeOn(along(36, 42, 25, 15), true)]);
    expect(diceOfBits(mask.bits, bitsOf(ball))).toBeGreaterThan(0.97);
    expect(isPartOf(without, mask.bits)).toBe(true);
    expect(isPartOf(bitsOf(along(36, 42, 25, 15)), mask.bits)).toBe(true);
    expect(sameOutside(mask.bits, without, blocks[0]!)).toBe(true);
  });

  it('on what is too much takes it away', async () => {
    const both = bitsOf((i, j, k) => ball(i, j, k) || (i >= 10 && i < 19 && j > 20 && j < 30 && k > 10 && k < 20));
    const { mask } = await correct(both, [strokeOn(along(10, 13, 25, 15), false)]);
    expect(diceOfBits(mask.bits, bitsOf(ball))).toBeGreaterThan(0.97);
    expect(isPartOf(mask.bits, both)).toBe(true);
  });

  it('marks a long structure at once, of which a click marks a piece', async () => {
    const bar = bitsOf(neighbour);
    const long: Shape = (i, j, k) => i === 5 && k === 15 && j >= 5 && j < 45;
    const { mask: scribbled } = await correct(nothing, [strokeOn(long, true)]);
    const { mask: clicked } = await correct(nothing, [click([5, 6, 15], true)]);
    expect(diceOfBits(scribbled.bits, bar)).toBeGreaterThan(0.85);
    expect(diceOfBits(clicked.bits, bar)).toBeLessThan(0.8);
  });

  it('where the mask is as it says changes nothing', async () => {
    const { mask, blocks } = await correct(bitsOf(ball), [strokeOn(along(20, 40, 25, 15), true)]);
    expect(mask.bits).toEqual(bitsOf(ball));
    expect(blocks).toEqual([undefined]);
  });

  it('holds its voxels against later clicks with the other sign', async () => {
    const kept = strokeOn(along(20, 24, 25, 15), true);
    const { mask } = await correct(bitsOf(ball), [kept, click([30, 25, 15], false)]);
    expect(isPartOf(bitsOf(along(20, 24, 25, 15)), mask.bits)).toBe(true);
    expect(getBit(mask.bits, indexOf([30, 25, 15]))).toBe(false);
  });

  it('that spans too much of the images is refused with a sentence', async () => {
    const large: Grid = { ...grid, size: [220, 220, 100] };
    const line = Uint32Array.from({ length: 100 }, (_, n) => 2 * n + 220 * (2 * n + 220 * n));
    const volume = { ...volumeOn(large, new Int16Array(220 * 220 * 100)), grid: large };
    const running = correctByClicks(
      volume,
      { grid: large, bits: new Uint8Array((220 * 220 * 100) / 8) },
      [{ voxels: line, part: true }],
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
    await expect(running).rejects.toMatchObject({
      code: 'click-unsuitable',
      message: 'The scribble spans too much of the images: draw shorter ones.',
    });
  });
});

describe('a lasso', () => {
  it('fills exactly what it encloses on its plane, and neighbouring planes follow the image', async () => {
    const { mask, blocks } = await correct(nothing, [lassoOn(ball, 2, 15)]);
    expect(isOnPlane(mask.bits, 2, 15, ball)).toBe(true);
    expect(diceOfBits(mask.bits, bitsOf(ball))).toBeGreaterThan(0.9);
    expect(sameOutside(mask.bits, nothing, blocks[0]!)).toBe(true);
  });

  it.each<[0 | 1 | 2, number, Shape]>([
    [2, 15, square],
    [0, 30, (_, j, k) => j >= 10 && j < 40 && k >= 12 && k < 16],
    [1, 25, (i, _, k) => i >= 20 && i < 50 && k >= 14 && k < 19],
  ])('is exact whatever the image shows, across axis %s', async (across, plane, shape) => {
    const { mask } = await correct(nothing, [lassoOn(shape, across, plane)]);
    expect(isOnPlane(mask.bits, across, plane, shape)).toBe(true);
    const before = bitsOf(ball);
    const { mask: taken } = await correct(before, [lassoOn(shape, across, plane, false)]);
    expect(isOnPlane(taken.bits, across, plane, (i, j, k) => ball(i, j, k) && !shape(i, j, k))).toBe(true);
    expect(isPartOf(taken.bits, before)).toBe(true);
    expect(countBits(taken.bits)).toBeLessThan(countBits(before));
  });

  it('changes only its slice if asked to', async () => {
    const before = bitsOf((i, j, k) => ball(i, j, k) && i < 33);
    const { mask, blocks } = await correct(before, [lassoOn(square, 2, 15, true, false)]);
    const wanted: Shape = (i, j, k) => (ball(i, j, k) && i < 33) || (k === 15 && square(i, j, k));
    expect(mask.bits).toEqual(bitsOf(wanted));
    expect(sameOutside(mask.bits, before, blocks[0]!)).toBe(true);
  });

  it('over a whole slice marks it', async () => {
    const { mask } = await correct(nothing, [lassoOn(() => true, 2, 15)]);
    expect(isOnPlane(mask.bits, 2, 15, () => true)).toBe(true);
  });

  it('is exact over earlier prompts, and holds its voxels against later ones', async () => {
    const inside = click([45, 24, 15], false);
    const outside = click([30, 40, 15], true);
    const { mask } = await correct(nothing, [outside, inside, lassoOn(square, 2, 15)]);
    expect(getBit(mask.bits, indexOf([45, 24, 15]))).toBe(true);
    const onlyOne = await correct(nothing, [outside]);
    const was: Shape = (i, j, k) => getBit(onlyOne.mask.bits, indexOf([i, j, k]));
    expect(isOnPlane(mask.bits, 2, 15, (i, j, k) => square(i, j, k) || was(i, j, k))).toBe(true);
    const later = await correct(mask.bits, [click([30, 25, 17], false)], image(), [lassoOn(square, 2, 15)]);
    expect(
      isPartOf(
        bitsOf((i, j, k) => k === 15 && square(i, j, k)),
        later.mask.bits,
      ),
    ).toBe(true);
  });

  it('gives the same mask with clicks and scribbles every time, at once or one after another', async () => {
    const prompts = [click([30, 25, 15], true), lassoOn(square, 2, 15), strokeOn(along(20, 28, 25, 17), false)];
    const together = await correct(nothing, prompts);
    let bits = nothing;
    for (const [n, each] of prompts.entries())
      ({
        mask: { bits },
      } = await correct(bits, [each], image(), prompts.slice(0, n)));
    expect(bits).toEqual(together.mask.bits);
    expect(countBits(bits)).toBeGreaterThan(0);
  });
});
