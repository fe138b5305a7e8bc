import { apply, column, dot, type Vector3 } from '../values/affine.js';
import { type SliceGrid, sliceExtents, slicePosition, voxelVolumeMl } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { getBit } from '../values/maskBits.js';
import type { InstanceSettings } from '../values/target.js';
import { componentRuns } from './connectedComponents.js';
import { diametersWithin, type Point } from './diametersWithin.js';

/** One of several connected parts of a mask. */
export interface Instance {
  /** From 1, the largest first. */
  readonly number: number;
  readonly voxelCount: number;
  readonly volumeMl: number;
  /** Longest line within one slice of the source, mm. */
  readonly longestDiameterMm: number;
  /** Extent at right angles to that line in the same slice, mm. */
  readonly perpendicularDiameterMm: number;
  /** That slice, counted from 0. */
  readonly slice: number;
  /** Centre of mass in LPS mm. */
  readonly centroidLps: Vector3;
}

export interface MeasuredInstances {
  readonly found: readonly Instance[];
  /** Number of parts that are smaller than the minimum, or than the {@link mostListed} largest. */
  readonly smaller: number;
}

/** Nobody walks through more; a mask of noise has hundreds of thousands of parts. */
const mostListed = 500;

type Box = { readonly first: Vector3; readonly last: Vector3 };

/**
 * Separates the connected parts of a mask (voxels that touch by faces, edges or corners) and measures each. Parts whose
 * voxel centres come as near as the merge distance count as one.
 * @param box that contains the mask, in voxels, both ends inclusive
 */
export function measureInstances({ grid, bits }: Mask, box: Box, settings: InstanceSettings): MeasuredInstances {
  const size = box.last.map((last, axis) => last - box.first[axis]! + 1) as unknown as Vector3;
  const runs = runsIn(grid, bits, box, size);
  const parts = joined(runs, grid, settings.mergeMm);
  const measured = [...parts.values()].map((part) => measure(part, grid));
  const listed = measured
    .filter(({ volumeMl }) => volumeMl >= settings.minimumMl)
    .sort((a, b) => b.volumeMl - a.volumeMl)
    .slice(0, mostListed);
  return {
    found: listed.map((each, index) => ({ number: index + 1, ...each })),
    smaller: measured.length - listed.length,
  };
}

/** Voxels of one row, from `begin` to before `end`, with the connected part that they belong to. */
interface Run {
  readonly begin: number;
  readonly end: number;
  readonly j: number;
  readonly k: number;
  readonly label: number;
}

function runsIn({ size: [columns, rows] }: SliceGrid, bits: Uint8Array, { first }: Box, size: Vector3): Run[] {
  const cells = new Uint8Array(size[0] * size[1] * size[2]);
  let cell = 0;
  for (let k = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) {
      const line = first[0] + columns * (first[1] + j + rows * (first[2] + k));
      for (let i = 0; i < size[0]; i++) cells[cell++] = getBit(bits, line + i) ? 1 : 0;
    }
  const { count, labels, begin, end } = componentRuns(cells, size, 'corners');
  return Array.from({ length: count }, (_, run) => {
    const line = Math.floor(begin[run]! / size[0]);
    const shift = first[0] - line * size[0];
    return {
      begin: begin[run]! + shift,
      end: end[run]! + shift,
      j: first[1] + (line % size[1]),
      k: first[2] + Math.floor(line / size[1]),
      label: labels[run]!,
    };
  });
}

/** The runs by part, after parts that are nearer than `mergeMm` were joined. */
function joined(runs: readonly Run[], grid: SliceGrid, mergeMm: number): ReadonlyMap<number, readonly Run[]> {
  const parent = new Map<number, number>(runs.map(({ label }) => [label, label]));
  const root = (label: number): number => {
    let top = label;
    for (let up = parent.get(top)!; up !== top; up = parent.get(top)!) {
      parent.set(top, parent.get(up)!);
      top = up;
    }
    return top;
  };
  if (mergeMm > 0 && parent.size > 1)
    for (const [a, c] of pairsNear(runs, grid, mergeMm)) if (root(a) !== root(c)) parent.set(root(a), root(c));
  return groupedBy(runs, ({ label }) => root(label));
}

function groupedBy(runs: readonly Run[], keyOf: (run: Run) => number): ReadonlyMap<number, readonly Run[]> {
  const groups = new Map<number, Run[]>();
  for (const run of runs) {
    const group = groups.get(keyOf(run));
    if (group === undefined) groups.set(keyOf(run), [run]);
    else group.push(run);
  }
  return groups;
}

/** Labels of runs of different parts that come as near as `mergeMm`. */
function* pairsNear(runs: readonly Run[], grid: SliceGrid, mergeMm: number): Generator<readonly [number, number]> {
  const { voxelToLps } = grid;
  const axes = [column(voxelToLps, 0), column(voxelToLps, 1), column(voxelToLps, 2)] as const;
  const lines = groupedBy(runs, ({ j, k }) => j + grid.size[1] * k);
  const reach = Math.floor(mergeMm / Math.sqrt(dot(axes[1], axes[1])));
  const length = (...steps: Vector3): number => {
    const vector = [0, 1, 2].map((part) => steps.reduce((sum, step, axis) => sum + step * axes[axis]![part]!, 0));
    return Math.hypot(...vector);
  };
  for (const run of runs)
    for (let k = run.k; k < grid.size[2]; k++) {
      const dk = slicePosition(grid, k) - slicePosition(grid, run.k);
      if (length(0, 0, dk) > mergeMm) break;
      for (let j = Math.max(0, run.j - reach); j <= run.j + reach; j++)
        for (const other of lines.get(j + grid.size[1] * k) ?? []) {
          if (other.label === run.label) continue;
          const gap = other.begin >= run.end ? other.begin - run.end + 1 : Math.min(0, other.end - run.begin - 1);
          if (length(gap, j - run.j, dk) <= mergeMm) yield [run.label, other.label];
        }
    }
}

function measure(runs: readonly Run[], grid: SliceGrid): Omit<Instance, 'number'> {
  const extents = sliceExtents(grid);
  const outlines = new Map<number, Point[]>();
  let [voxelCount, extent, sumI, sumJ, sumK] = [0, 0, 0, 0, 0];
  for (const { begin, end, j, k } of runs) {
    const length = end - begin;
    const weight = length * extents[k]!;
    voxelCount += length;
    extent += weight;
    sumI += (weight * (begin + end - 1)) / 2;
    sumJ += weight * j;
    sumK += weight * slicePosition(grid, k);
    const last = end - 1;
    const points: Point[] = [
      [begin - 0.5, j],
      [last + 0.5, j],
      [begin, j - 0.5],
      [begin, j + 0.5],
      [last, j - 0.5],
      [last, j + 0.5],
    ];
    const outline = outlines.get(k);
    if (outline === undefined) outlines.set(k, points);
    else outline.push(...points);
  }
  const longest = [...outlines]
    .map(([slice, points]) => ({ slice, ...diametersWithin(points, grid) }))
    .reduce((a, b) => (b.longestDiameterMm > a.longestDiameterMm ? b : a));
  return {
    voxelCount,
    volumeMl: extent * voxelVolumeMl(grid),
    ...longest,
    centroidLps: apply(grid.voxelToLps, [sumI / extent, sumJ / extent, sumK / extent]),
  };
}
