import { describe, expect, it } from '@jest/globals';
import { identity } from '../values/affine.js';
import type { Mask } from '../values/mask.js';
import { copyBits, framesWithContent, hasSetBit, masksOverlap, packPixels } from './packFrames.js';
import { random } from './syntheticSegments.js';

const bitsOf = (bytes: Uint8Array): number[] =>
  Array.from(bytes).flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1));

describe('copyBits', () => {
  it('copies any run of bits to any place and touches nothing else', () => {
    const next = random(7);
    for (let round = 0; round < 2000; round++) {
      const source = Uint8Array.from({ length: 12 }, () => 256 * next());
      const count = Math.floor(next() * 60);
      const from = Math.floor(next() * (96 - count));
      const to = Math.floor(next() * (96 - count));
      const target = new Uint8Array(12);
      copyBits(source, from, target, to, count);
      const expected = new Array<number>(96).fill(0);
      expected.splice(to, count, ...bitsOf(source).slice(from, from + count));
      expect(bitsOf(target)).toEqual(expected);
    }
  });
});

describe('hasSetBit', () => {
  it('finds a single bit anywhere in the run, and none beside it', () => {
    for (let bit = 0; bit < 80; bit++) {
      const bits = new Uint8Array(10);
      bits[bit >> 3] = 1 << (bit & 7);
      for (const [first, count] of [
        [0, 80],
        [3, 9],
        [8, 16],
        [13, 3],
        [37, 43],
        [5, 0],
      ] as const)
        expect(hasSetBit(bits, first, count)).toBe(bit >= first && bit < first + count);
    }
  });

  it('looks at its own part of a larger buffer', () => {
    const bits = new Uint8Array(32).fill(255).subarray(8, 24).fill(0);
    expect(hasSetBit(bits, 0, 128)).toBe(false);
  });
});

describe('packPixels', () => {
  it('lays frames of 15 pixels one after another, and pads the end to an even length', () => {
    const grid = { size: [5, 3, 3], voxelToLps: identity } as const;
    const bits = new Uint8Array(6);
    for (let voxel = 0; voxel < 45; voxel++) if (voxel < 15 || voxel >= 30) bits[voxel >> 3]! |= 1 << (voxel & 7);
    const masks: Mask[] = [{ grid, bits }];
    const frames = framesWithContent(masks);
    expect(frames).toEqual([
      { mask: 0, slice: 0 },
      { mask: 0, slice: 2 },
    ]);
    expect(Array.from(packPixels(masks, frames))).toEqual([255, 255, 255, 0b00111111]);
  });
});

describe('masksOverlap', () => {
  const grid = { size: [5, 1, 1], voxelToLps: identity } as const;
  const mask = (byte: number): Mask => ({ grid, bits: Uint8Array.of(byte) });

  it('asks every pair', () => {
    expect(masksOverlap([mask(0b00001), mask(0b00010), mask(0b00100)])).toBe(false);
    expect(masksOverlap([mask(0b00001), mask(0b00010), mask(0b00011)])).toBe(true);
    expect(masksOverlap([])).toBe(false);
  });

  it('does not look beyond the last voxel', () => {
    expect(masksOverlap([mask(0b11100001), mask(0b11100010)])).toBe(false);
  });
});
