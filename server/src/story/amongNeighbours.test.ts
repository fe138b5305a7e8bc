import { describe, expect, it } from '@jest/globals';
import type { Neighbours } from '#contract/imagePrompts.js';
import type { SliceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { emptyBits, getBit, setBit } from '../values/maskBits.js';
import { amongNeighbours } from './amongNeighbours.js';

const grid = { size: [12, 1, 1] } as unknown as SliceGrid;

/** A row of voxels: `x` is set. */
function row(text: string): Mask {
  const bits = emptyBits(text.length);
  for (const [n, voxel] of [...text].entries()) if (voxel === 'x') setBit(bits, n);
  return { grid, bits };
}
const textOf = ({ bits }: Mask): string => Array.from({ length: 12 }, (_, n) => (getBit(bits, n) ? 'x' : '.')).join('');

//                  0123456789ab
const before = row('..xxx.......');
const grown = row('.xxxxxxxxx..');
const near = row('....xxxx....');
const far = row('x.......xxxx');

function become(neighbours: Neighbours, changed = grown): readonly string[] {
  const others = [
    { number: 2, mask: near },
    { number: 7, mask: far },
  ];
  const { mask, losing } = amongNeighbours(before, changed, others, neighbours);
  return [textOf(mask), ...others.map(({ number, mask: other }) => textOf(losing.get(number) ?? other))];
}

describe('a segment that grows into its neighbours', () => {
  it.each<[Neighbours, string, string, string]>([
    [{ policy: 'overlapping' }, '.xxxxxxxxx..', '....xxxx....', 'x.......xxxx'],
    // The voxel 4 was in both before, and stays so.
    [{ policy: 'exclusive' }, '.xxxxxxxxx..', '....x.......', 'x.........xx'],
    [{ policy: 'onlyEmpty' }, '.xxxx.......', '....xxxx....', 'x.......xxxx'],
    [{ policy: 'exclusive', locked: [2] }, '.xxxx...xx..', '....xxxx....', 'x.........xx'],
    [{ policy: 'overlapping', locked: [7] }, '.xxxxxxx....', '....xxxx....', 'x.......xxxx'],
    [{ policy: 'onlyEmpty', locked: [2] }, '.xxxx.......', '....xxxx....', 'x.......xxxx'],
  ])('with %j', (neighbours, own, second, seventh) => {
    expect(become(neighbours)).toEqual([own, second, seventh]);
  });

  it('gives nothing back where it shrinks, and takes nothing where it stays', () => {
    for (const policy of ['overlapping', 'exclusive', 'onlyEmpty'] as const) {
      expect(become({ policy }, row('...x........'))).toEqual(['...x........', '....xxxx....', 'x.......xxxx']);
      expect(become({ policy }, before)).toEqual(['..xxx.......', '....xxxx....', 'x.......xxxx']);
    }
  });

  it('changes no mask that it was given', () => {
    become({ policy: 'exclusive' });
    expect([textOf(near), textOf(grown)]).toEqual(['....xxxx....', '.xxxxxxxxx..']);
  });
});
