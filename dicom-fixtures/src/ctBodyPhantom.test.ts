import { beforeAll, describe, expect, it } from '@jest/globals';
import { regionNames } from './ctBodyAnatomy.js';
import { type CtBodyPhantom, createCtBodyPhantom, type TruthName } from './ctBodyPhantom.js';

let phantom: CtBodyPhantom;
beforeAll(async () => {
  phantom = await createCtBodyPhantom({ spacing: [3, 3, 6.25] });
});

/** Number of voxels of a region, and their smallest and largest value. */
function summary(name: TruthName): { count: number; smallest: number; largest: number } {
  const mask = phantom.truth.get(name);
  let [count, smallest, largest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  phantom.huVoxels.forEach((value, n) => {
    if (mask[n] !== 1) return;
    count++;
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  });
  return { count, smallest, largest };
}

describe('the CT body phantom', () => {
  it.each([
    ['left lung', 1032],
    ['right lung', 1481],
    ['airways', 43],
    ['other air', 71],
    ['dense', 3],
    ['bone', 1177],
    ['fat', 4900],
  ] as const)('holds %s, about %d mL', (name, volume) => {
    const millilitres = (summary(name).count * 3 * 3 * 6.25) / 1000;
    expect(Math.abs(millilitres / volume - 1)).toBeLessThan(0.15);
  });

  it('gives each region its values', () => {
    const bounds: [TruthName, number, number][] = [
      ['left lung', -870, -830],
      ['right lung', -870, -830],
      ['airways', -1024, -980],
      ['other air', -970, -930],
      ['fat', -120, -80],
      ['soft tissue', 20, 100],
      ['bone', 330, 920],
      ['dense', 2980, 3071],
      ['table', -170, 170],
      ['outside air', -1010, -990],
    ];
    for (const [name, lowest, highest] of bounds) {
      const { smallest, largest } = summary(name);
      expect({ name, inside: smallest >= lowest && largest <= highest }).toEqual({ name, inside: true });
    }
  });

  it('has every voxel in one region, and all except outside air and table in the body', () => {
    const inRegions = regionNames.reduce((sum, name) => sum + summary(name).count, 0);
    expect(inRegions).toBe(128 * 128 * 64);
    const outside = summary('outside air').count + summary('table').count;
    expect(summary('body').count).toBe(inRegions - outside);
  });

  it('has airways that reach both lungs, and lungs that do not touch', () => {
    const { labels } = phantom;
    const label = (name: (typeof regionNames)[number]) => regionNames.indexOf(name);
    const touching = (one: number, other: number): boolean =>
      [1, 128, 128 * 128].some((step) =>
        labels.some(
          (value, n) => (value === one && labels[n + step] === other) || (value === other && labels[n + step] === one),
        ),
      );
    expect(touching(label('airways'), label('left lung'))).toBe(true);
    expect(touching(label('airways'), label('right lung'))).toBe(true);
    expect(touching(label('left lung'), label('right lung'))).toBe(false);
    expect(touching(label('airways'), label('outside air'))).toBe(false);
  });

  it('is repeatable, and exact without noise', async () => {
    const small = { size: [20, 20, 5], spacing: [20, 20, 80] } as const;
    const [first, second] = [await createCtBodyPhantom(small), await createCtBodyPhantom(small)];
    expect(first.instances.map((part10) => Buffer.from(part10).toString('base64'))).toEqual(
      second.instances.map((part10) => Buffer.from(part10).toString('base64')),
    );
    const exact = await createCtBodyPhantom({ ...small, noise: 0 });
    expect(
      [...new Set(exact.huVoxels)].every((value) =>
        [-1000, -850, -150, -100, 40, 60, 80, 150, 350, 900, -950].includes(value),
      ),
    ).toBe(true);
  });
});
