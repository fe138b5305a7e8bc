import { describe, expect, it } from '@jest/globals';
import type { Instance } from '#contract/finding.js';
import { matchInstances } from './matchInstances.js';

const ball = (number: number, x: number, diameter = 10): Instance => ({
  number,
  volumeMl: 1,
  voxelCount: 1,
  longestDiameterMm: diameter,
  perpendicularDiameterMm: diameter,
  slice: 0,
  centroidLps: [x, 0, 0],
});
const shortOf = (...lists: Parameters<typeof matchInstances>) =>
  matchInstances(...lists).map(({ status, before, now }) => `${status} ${before} → ${now}`);

describe('instances of two times', () => {
  it('are the same where one has its centre in the other; the others are new or no longer found', () => {
    expect(shortOf([ball(1, 0), ball(2, 50)], [ball(1, 4), ball(2, 100)])).toEqual([
      'in-both 1 → 1',
      'new  → 2',
      'no-longer-found 2 → ',
    ]);
    expect(shortOf([ball(1, 0)], [ball(1, 5.1)])).toEqual(['new  → 1', 'no-longer-found 1 → ']);
  });

  it('have merged, split, or are left undecided', () => {
    expect(shortOf([ball(1, -5), ball(2, 5)], [ball(1, 0, 20)])).toEqual(['merged 1,2 → 1']);
    expect(shortOf([ball(1, 0, 20)], [ball(1, -5), ball(2, 5)])).toEqual(['split 1 → 1,2']);
    expect(shortOf([ball(1, 0), ball(2, 4)], [ball(1, 1), ball(2, 5)])).toEqual(['undecided 1,2 → 1,2']);
  });

  it('are none at either time', () => {
    expect([matchInstances([], []), shortOf([], [ball(1, 0)])]).toEqual([[], ['new  → 1']]);
  });
});
