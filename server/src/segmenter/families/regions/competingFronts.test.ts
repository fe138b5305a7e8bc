import { describe, expect, it } from '@jest/globals';
import { competingFronts, type Terrain } from './competingFronts.js';

/** A corridor of ten voxels; the fronts start at its ends. */
const corridor = (changes: Partial<Terrain> = {}): Terrain => ({
  size: [10, 1, 1],
  open: new Uint8Array(10).fill(1),
  starts: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 2),
  column: 1,
  row: 1,
  slices: [],
  slowness: [new Float32Array(10).fill(1), new Float32Array(10).fill(1)],
  heights: new Float32Array(10),
  ...changes,
});
const owners = (changes?: Partial<Terrain>): string => competingFronts(corridor(changes), 0.125).join('');

describe('two fronts', () => {
  it('meet in the middle', () => {
    expect(owners()).toBe('1111122222');
  });

  it('meet at an edge of the image, wherever it is', () => {
    expect(owners({ heights: Float32Array.of(0, 0, 0, 20, 20, 20, 20, 20, 20, 20) })).toBe('1112222222');
    expect(owners({ heights: Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 20, 20) })).toBe('1111111122');
  });

  it('are held up where they are slow', () => {
    const slow = Float32Array.of(1, 9, 9, 9, 9, 9, 9, 9, 9, 9);
    expect(owners({ slowness: [slow, new Float32Array(10).fill(1)] })).toBe('1222222222');
  });

  it('do not pass what is closed', () => {
    expect(owners({ open: Uint8Array.of(1, 1, 0, 1, 1, 1, 1, 0, 1, 1) })).toBe('1100000022');
  });

  it('take the cheaper way round, across rows and slices', () => {
    // The direct way is blocked by a wall of height 500.
    const heights = new Float32Array(27);
    for (const n of [1, 4, 10, 13]) heights[n] = 500;
    const starts = new Uint8Array(27);
    starts[0] = 1;
    const flat = new Float32Array(27).fill(1);
    const terrain: Terrain = {
      size: [3, 3, 3],
      open: new Uint8Array(27).fill(1),
      starts,
      column: 1,
      row: 1,
      slices: [1, 1],
      slowness: [flat, flat],
      heights,
    };
    expect([...competingFronts(terrain, 0.125)].every((owner) => owner === 1)).toBe(true);
  });

  it('pass an edge of any height at the greatest cost of a step', () => {
    expect(owners({ heights: Float32Array.of(0, 1e9, 0, 0, 0, 0, 0, 0, 0, 0) })).toBe('1122222222');
  });
});
