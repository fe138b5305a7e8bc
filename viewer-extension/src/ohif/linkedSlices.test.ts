import { describe, expect, it } from '@jest/globals';
import type { SliceLink } from '../panel/host.js';
import { LinkedScrolling, partnerOf, type Side, type Slice } from './linkedSlices.js';

/** Axial slices from z upward. */
const axial = (count: number, spacing: number, z = 0, direction = 1): readonly Slice[] =>
  Array.from({ length: count }, (_, n) => ({ centre: [10, 20, z + n * spacing], normal: [0, 0, direction] }));

describe('the slice of another series that belongs to one', () => {
  const sides = { now: axial(11, 1), before: axial(5, 2.5, 100) };
  /** 30° about z, then 100 mm up. */
  const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
  const turned = [cos, -sin, 0, 4, sin, cos, 0, -7, 0, 0, 1, 100, 0, 0, 0, 1];

  it.each<[Side, number, SliceLink, number]>([
    // As the images state it, everything now is below what was before.
    ['now', 10, { by: 'place' }, 0],
    ['now', 5, { by: 'place', nowToBefore: turned }, 2],
    ['before', 4, { by: 'place', nowToBefore: turned }, 10],
    ['before', 1, { by: 'place', nowToBefore: turned }, 2],
    ['now', 5, { by: 'share' }, 2],
    ['before', 1, { by: 'share' }, 2],
    ['before', 4, { by: 'share' }, 10],
  ])('%s %d by %j: %d', (side, index, link, partner) => {
    expect(partnerOf(side, index, sides, link)).toBe(partner);
  });

  it('is where the centre goes, where the registration tilts the slices', () => {
    // 10° about x around the origin: the centre of a slice at z = 50 goes to 50·cos 10° + 20·sin 10° = 52.7.
    const [c, s] = [Math.cos(Math.PI / 18), Math.sin(Math.PI / 18)];
    const tilted = [1, 0, 0, 0, 0, c, -s, 0, 0, s, c, 0, 0, 0, 0, 1];
    const many = { now: axial(101, 1), before: axial(101, 1) };
    expect(partnerOf('now', 50, many, { by: 'place', nowToBefore: tilted })).toBe(53);
    // And back: the place of slice 53 now is 53·cos 10° − 20·sin 10° = 48.7.
    expect(partnerOf('before', 53, many, { by: 'place', nowToBefore: tilted })).toBe(49);
  });

  it('by its share is counted from the same end of the patient, however a series is ordered', () => {
    const opposed = { now: axial(11, 1), before: axial(5, 2.5, 100, -1) };
    expect(partnerOf('now', 10, opposed, { by: 'share' })).toBe(4);
    const reversed = { now: axial(11, 1), before: [...axial(5, 2.5, 100)].reverse() };
    expect(partnerOf('now', 10, reversed, { by: 'share' })).toBe(0);
    expect(partnerOf('now', 3, { now: axial(11, 1), before: axial(1, 1) }, { by: 'share' })).toBe(0);
  });
});

describe('linked scrolling', () => {
  /** Thin slices now, and one for four of them before. */
  const linked = () => {
    const turns: string[] = [];
    const scrolling = new LinkedScrolling(
      (side, index) => (side === 'now' ? Math.floor(index / 4) : 4 * index),
      (side, index) => turns.push(`${side} ${index}`),
    );
    return { turns, scrolling };
  };

  it('turns the other series, and does not follow what it turned itself', () => {
    const { turns, scrolling } = linked();
    scrolling.shown('now', 6);
    scrolling.shown('before', 1);
    expect(turns).toEqual(['before 1']);
    scrolling.shown('before', 2);
    scrolling.shown('now', 8);
    expect(turns).toEqual(['before 1', 'now 8']);
    // The reader goes on from there.
    scrolling.shown('now', 12);
    expect(turns.at(-1)).toBe('before 3');
  });

  it('knows slices that are reported late, and forgets them once the last one is there', () => {
    const { turns, scrolling } = linked();
    for (const index of [4, 8, 12]) scrolling.shown('now', index);
    for (const index of [1, 2, 3]) scrolling.shown('before', index);
    expect(turns).toEqual(['before 1', 'before 2', 'before 3']);
    scrolling.shown('before', 2);
    expect(turns.at(-1)).toBe('now 8');
  });
});
