import type { Vector3 } from '../geometry/affine.js';

export interface Components {
  /** Label of every cell: 0 outside, 1… in the order of each component's first cell. */
  readonly labels: Int32Array;
  /** Number of cells per label; index 0 is 0. */
  readonly cellCounts: readonly number[];
}

/**
 * Connected components of the cells that are not 0, by union-find on runs of cells along the first axis (two passes; after
 * He, Chao and Suzuki, "A run-based two-scan labeling algorithm", IEEE Trans. Image Process. 17, 2008).
 *
 * @param mask indexed i + size[0]·(j + size[1]·k)
 * @param connectivity cells touch by their faces (6 neighbours), or by faces, edges and corners (26)
 */
export function connectedComponents(
  mask: Uint8Array,
  [nx, ny, nz]: Vector3,
  connectivity: 'faces' | 'corners',
): Components {
  const begin: number[] = [];
  const end: number[] = [];
  const parent: number[] = [];
  const firstRun = new Int32Array(ny * nz + 1);
  const root = (run: number): number => {
    let r = run;
    while (parent[r] !== r) {
      parent[r] = parent[parent[r]!]!;
      r = parent[r]!;
    }
    return r;
  };
  const reach = connectivity === 'faces' ? 0 : 1;
  // The rows before this one that touch it, as steps in (j, k).
  const neighbours =
    connectivity === 'faces'
      ? [[-1, 0] as const, [0, -1] as const]
      : [[-1, 0] as const, [-1, -1] as const, [0, -1] as const, [1, -1] as const];

  for (let k = 0, line = 0; k < nz; k++)
    for (let j = 0; j < ny; j++, line++) {
      firstRun[line] = begin.length;
      const start = nx * line;
      for (let i = 0; i < nx; i++) {
        if (mask[start + i] === 0) continue;
        const from = i;
        while (i < nx && mask[start + i] !== 0) i++;
        parent.push(begin.length);
        begin.push(from);
        end.push(i);
      }
      const lastRun = begin.length;
      for (const [dj, dk] of neighbours) {
        if (j + dj < 0 || j + dj >= ny || k + dk < 0) continue;
        const other = line + dj + ny * dk;
        let b = firstRun[other]!;
        const bLast = firstRun[other + 1]!;
        for (let a = firstRun[line]!; a < lastRun; a++) {
          while (b < bLast && end[b]! + reach <= begin[a]!) b++;
          for (let c = b; c < bLast && begin[c]! < end[a]! + reach; c++) {
            const ra = root(a);
            const rc = root(c);
            if (ra < rc) parent[rc] = ra;
            else parent[ra] = rc;
          }
        }
      }
      firstRun[line + 1] = lastRun;
    }

  const labels = new Int32Array(mask.length);
  const labelOfRoot = new Int32Array(begin.length);
  const cellCounts = [0];
  for (let line = 0; line < ny * nz; line++)
    for (let run = firstRun[line]!; run < firstRun[line + 1]!; run++) {
      const r = root(run);
      if (labelOfRoot[r] === 0) {
        labelOfRoot[r] = cellCounts.length;
        cellCounts.push(0);
      }
      const label = labelOfRoot[r]!;
      labels.fill(label, nx * line + begin[run]!, nx * line + end[run]!);
      cellCounts[label]! += end[run]! - begin[run]!;
    }
  return { labels, cellCounts };
}

/** Mask of the cells whose component is wanted. */
export function selectComponents({ labels, cellCounts }: Components, wanted: (label: number) => boolean): Uint8Array {
  const keep = Uint8Array.from(cellCounts, (_, label) => (label > 0 && wanted(label) ? 1 : 0));
  const out = new Uint8Array(labels.length);
  for (let n = 0; n < labels.length; n++) out[n] = keep[labels[n]!]!;
  return out;
}
