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

  it('are where a registration moves them, and as near as it can say', () => {
    const places = { nowToBefore: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], withinMm: 4 } as const;
    const moved = { ...places, nowToBefore: [0, -1, 0, 30, 1, 0, 0, 20, 0, 0, 1, 0, 0, 0, 0, 1] as const };
    const [change] = matchInstances([{ ...ball(7, 30, 4), centroidLps: [30, 28, 0] }], [ball(5, 11, 4)], moved);
    expect(change).toMatchObject({ status: 'in-both', before: [7], now: [5], centroidLps: [11, 0, 0] });
    expect(shortOf([ball(1, 0, 4)], [ball(1, 3.9, 4)], places)).toEqual(['in-both 1 → 1']);
    expect(shortOf([ball(1, 0, 4)], [ball(1, 3.9, 4)])).toHaveLength(2);
  });

  it('are none at either time', () => {
    expect([matchInstances([], []), shortOf([], [ball(1, 0)])]).toEqual([[], ['new  → 1']]);
  });
});
