import type { Vector3 } from '../values/affine.js';

export interface Components {
  /** Label of every cell: 0 outside; components are numbered from 1 in the order of their first cells. */
  readonly labels: Int32Array;
  /** Number of cells per label; index 0 is 0. */
  readonly cellCounts: readonly number[];
}

/** Runs of set cells along the first axis, with the component of each. */
export interface Runs {
  readonly count: number;
  /** Label of each run: components are numbered from 1 in the order of their first cells. */
  readonly labels: Int32Array;
  readonly componentCount: number;
  /** First cell of each run, and the cell after its last one: indices into the cells. */
  readonly begin: Int32Array;
  readonly end: Int32Array;
}

/**
 * The runs of cells along the first axis, joined to components by union-find (after He, Chao and Suzuki, "A run-based
 * two-scan labeling algorithm", IEEE Trans. Image Process. 17, 2008).
 *
 * @param cells indexed i + size[0]·(j + size[1]·k)
 * @param areSet whether the cells that are not 0 make the runs, or those that are 0
 */
function joinRuns(
  cells: Uint8Array | Uint16Array,
  [nx, ny, nz]: Vector3,
  connectivity: 'faces' | 'corners',
  areSet: boolean,
): Runs {
  let begin = new Int32Array(1024);
  let end = new Int32Array(1024);
  let parent = new Int32Array(1024);
  let count = 0;
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
  // Preceding rows that touch this one, as steps in (j, k).
  const neighbours =
    connectivity === 'faces'
      ? [[-1, 0] as const, [0, -1] as const]
      : [[-1, 0] as const, [-1, -1] as const, [0, -1] as const, [1, -1] as const];

  for (let k = 0, line = 0; k < nz; k++)
    for (let j = 0; j < ny; j++, line++) {
      firstRun[line] = count;
      const past = nx * (line + 1);
      for (let n = nx * line; n < past; n++) {
        if ((cells[n] !== 0) !== areSet) continue;
        if (count === begin.length) [begin, end, parent] = [twice(begin), twice(end), twice(parent)];
        begin[count] = n;
        while (n < past && (cells[n] !== 0) === areSet) n++;
        end[count] = n;
        parent[count] = count;
        count++;
      }
      for (const [dj, dk] of neighbours) {
        if (j + dj < 0 || j + dj >= ny || k + dk < 0) continue;
        const other = line + dj + ny * dk;
        const shift = nx * (line - other);
        let b = firstRun[other]!;
        const bLast = firstRun[other + 1]!;
        for (let a = firstRun[line]!; a < count; a++) {
          while (b < bLast && end[b]! + shift + reach <= begin[a]!) b++;
          for (let c = b; c < bLast && begin[c]! + shift < end[a]! + reach; c++) {
            const ra = root(a);
            const rc = root(c);
            if (ra < rc) parent[rc] = ra;
            else parent[ra] = rc;
          }
        }
      }
      firstRun[line + 1] = count;
    }

  // The root of a component is its first run.
  let componentCount = 0;
  const labels = new Int32Array(count);
  for (let run = 0; run < count; run++) {
    const r = root(run);
    labels[run] = r === run ? ++componentCount : labels[r]!;
  }
  return { count, labels, componentCount, begin, end };
}

function twice(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/**
 * Connected components of the cells that are not 0.
 *
 * @param mask indexed i + size[0]·(j + size[1]·k)
 * @param connectivity cells touch by their faces (6 neighbours), or by faces, edges and corners (26)
 */
export function connectedComponents(mask: Uint8Array, size: Vector3, connectivity: 'faces' | 'corners'): Components {
  const runs = joinRuns(mask, size, connectivity, true);
  const labels = new Int32Array(mask.length);
  const cellCounts = new Array<number>(runs.componentCount + 1).fill(0);
  for (let run = 0; run < runs.count; run++) {
    const label = runs.labels[run]!;
    labels.fill(label, runs.begin[run], runs.end[run]);
    cellCounts[label]! += runs.end[run]! - runs.begin[run]!;
  }
  return { labels, cellCounts };
}

/**
 * The runs of cells that are not 0, each with its component. Takes far less memory than {@link connectedComponents},
 * because no cell is labelled.
 */
export const componentRuns = (cells: Uint8Array, size: Vector3, connectivity: 'faces' | 'corners'): Runs =>
  joinRuns(cells, size, connectivity, true);

/** The size of a component, without the labels of its cells. */
export interface ComponentSize {
  /** Number of cells, or the sum of their values. */
  readonly count: number;
  /** Index of the first cell. */
  readonly first: number;
}

/**
 * Sizes of the connected components of the cells that are not 0, each the sum of the values of its cells, in the order
 * of their first cells. Quicker than {@link connectedComponents}, because no cell is labelled.
 */
export function sizesOfComponents(
  cells: Uint16Array,
  size: Vector3,
  connectivity: 'faces' | 'corners',
): ComponentSize[] {
  return sizesOf(joinRuns(cells, size, connectivity, true), (begin, end) => {
    let sum = 0;
    for (let n = begin; n < end; n++) sum += cells[n]!;
    return sum;
  });
}

/** The same for the cells that are 0: their numbers. */
export function sizesOfGaps(cells: Uint16Array, size: Vector3, connectivity: 'faces' | 'corners'): ComponentSize[] {
  return sizesOf(joinRuns(cells, size, connectivity, false), (begin, end) => end - begin);
}

function sizesOf({ count, labels, begin, end }: Runs, sizeOf: (begin: number, end: number) => number): ComponentSize[] {
  const components: { count: number; first: number }[] = [];
  for (let run = 0; run < count; run++) {
    const label = labels[run]!;
    if (label > components.length) components.push({ count: 0, first: begin[run]! });
    components[label - 1]!.count += sizeOf(begin[run]!, end[run]!);
  }
  return components;
}

/** Mask of the cells of the wanted components. */
export function selectComponents({ labels, cellCounts }: Components, wanted: (label: number) => boolean): Uint8Array {
  const keep = Uint8Array.from(cellCounts, (_, label) => (label > 0 && wanted(label) ? 1 : 0));
  const out = new Uint8Array(labels.length);
  for (let n = 0; n < labels.length; n++) out[n] = keep[labels[n]!]!;
  return out;
}
