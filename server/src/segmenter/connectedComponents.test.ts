import { describe, expect, it } from '@jest/globals';
import type { Vector3 } from '../values/affine.js';
import { connectedComponents, selectComponents, sizesOfComponents, sizesOfGaps } from './connectedComponents.js';

/** The same partition by flooding cell after cell. */
function floodLabels(mask: Uint8Array, [nx, ny, nz]: Vector3, corners: boolean): Int32Array {
  const labels = new Int32Array(mask.length);
  let label = 0;
  for (let seed = 0; seed < mask.length; seed++) {
    if (mask[seed] === 0 || labels[seed] !== 0) continue;
    label++;
    labels[seed] = label;
    const stack = [seed];
    for (let n = stack.pop(); n !== undefined; n = stack.pop()) {
      const at = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))] as const;
      for (const dk of [-1, 0, 1])
        for (const dj of [-1, 0, 1])
          for (const di of [-1, 0, 1]) {
            const [i, j, k] = [at[0] + di, at[1] + dj, at[2] + dk];
            if (!corners && Math.abs(di) + Math.abs(dj) + Math.abs(dk) !== 1) continue;
            if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) continue;
            const next = i + nx * (j + ny * k);
            if (mask[next] === 0 || labels[next] !== 0) continue;
            labels[next] = label;
            stack.push(next);
          }
    }
  }
  return labels;
}

describe('connectedComponents', () => {
  it.each([
    ['faces', 0.3],
    ['faces', 0.55],
    ['corners', 0.1],
    ['corners', 0.2],
  ] as const)('labels as flooding does: %s, density %d', (connectivity, density) => {
    const size: Vector3 = [17, 11, 9];
    let state = 12345;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const mask = Uint8Array.from({ length: 17 * 11 * 9 }, () => (random() < density ? 1 : 0));
    const { labels, cellCounts } = connectedComponents(mask, size, connectivity);
    expect(labels).toEqual(floodLabels(mask, size, connectivity === 'corners'));
    expect(cellCounts.reduce((a, b) => a + b)).toBe(mask.reduce((a, b) => a + b));

    const sizesIn = (labelled: Int32Array, weights: ArrayLike<number>) => {
      const sizes: { count: number; first: number }[] = [];
      for (const [n, label] of labelled.entries()) {
        if (label > sizes.length) sizes.push({ count: 0, first: n });
        if (label > 0) sizes[label - 1]!.count += weights[n]!;
      }
      return sizes;
    };
    const values = Uint16Array.from(mask, (is, n) => is * (1 + (n % 5)));
    expect(sizesOfComponents(values, size, connectivity)).toEqual(sizesIn(labels, values));
    const gaps = mask.map((is) => 1 - is);
    const flooded = floodLabels(gaps, size, connectivity === 'corners');
    expect(sizesOfGaps(values, size, connectivity)).toEqual(sizesIn(flooded, gaps));
  });

  it('joins the arms of a U, which meet only in the last row', () => {
    const mask = Uint8Array.from([1, 0, 1, 1, 0, 1, 1, 1, 1]);
    expect(connectedComponents(mask, [3, 3, 1], 'faces').cellCounts).toEqual([0, 7]);
  });

  it('parts cells that touch by a corner, unless corners count', () => {
    const mask = Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 1]);
    expect(connectedComponents(mask, [2, 2, 2], 'faces').cellCounts).toEqual([0, 1, 1]);
    expect(connectedComponents(mask, [2, 2, 2], 'corners').cellCounts).toEqual([0, 2]);
  });

  it('finds nothing in an empty mask', () => {
    const components = connectedComponents(new Uint8Array(8), [2, 2, 2], 'faces');
    expect(components.cellCounts).toEqual([0]);
    expect(selectComponents(components, () => true)).toEqual(new Uint8Array(8));
  });
});
