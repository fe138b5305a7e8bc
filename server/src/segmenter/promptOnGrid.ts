import type { LassoPrompt, RegionPrompt, ScribblePrompt } from '#contract/imagePrompts.js';
import { PromptsegError } from '../platform/errors.js';
import { apply, invert, type Vector3 } from '../values/affine.js';
import { nearestSlice, type SliceGrid, slicePosition } from '../values/grid.js';
import type { GridPrompt, GridStroke } from './clickable.js';
import { clickOnGrid } from './clickOnGrid.js';

const axes = [0, 1, 2] as const;
type Axis = (typeof axes)[number];

/** A point may be this far outside of the outermost voxel centres, in voxels. */
const margin = 0.5;
/** A lasso is flat if it extends over less than this many voxels across its plane. */
const flatWithin = 1;

/**
 * The voxels that a person pointed at.
 * @throws PromptsegError `click-unsuitable`: it does not fit the images
 */
export function promptOnGrid(prompt: RegionPrompt, grid: SliceGrid): GridPrompt {
  if (prompt.kind === 'click') return clickOnGrid(prompt, grid);
  return prompt.kind === 'scribble' ? scribbleOnGrid(prompt, grid) : lassoOnGrid(prompt, grid);
}

/** The voxels nearest to the line: it is sampled twice a voxel. */
function scribbleOnGrid({ line, part }: ScribblePrompt, grid: SliceGrid): GridStroke {
  const toVoxel = invert(grid.voxelToLps);
  const points = line.map((place) => apply(toVoxel, place));
  const last = lastPositions(grid);
  if (points.some((point) => axes.some((axis) => point[axis] < -margin || point[axis] > last[axis] + margin)))
    throw unsuitable('The scribble leaves the images: draw it inside of them.');
  const [columns, rows] = grid.size;
  const nearest = (at: number, axis: Axis): number =>
    axis === 2 && grid.slicePositions !== undefined
      ? nearestSlice(grid, at)
      : Math.min(last[axis], Math.max(0, Math.round(at)));
  const voxels = new Set<number>();
  for (let n = 1; n < points.length; n++) {
    const [from, to] = [points[n - 1]!, points[n]!];
    const steps = Math.max(1, Math.ceil(2 * Math.max(...axes.map((axis) => Math.abs(to[axis] - from[axis])))));
    for (let step = 0; step <= steps; step++) {
      const [i, j, k] = vector((axis) => nearest(from[axis] + ((to[axis] - from[axis]) * step) / steps, axis));
      voxels.add(i + columns * (j + rows * k));
    }
  }
  return { voxels: Uint32Array.from(voxels), part };
}

/** The voxels of one plane whose centres are inside the outline; what is outside of the images is left out. */
function lassoOnGrid({ outline, part, throughSlices = true }: LassoPrompt, grid: SliceGrid): GridStroke {
  const toVoxel = invert(grid.voxelToLps);
  const corners = outline.map((place) => apply(toVoxel, place));
  const extent = vector((axis) => {
    const along = corners.map((corner) => corner[axis]);
    return Math.max(...along) - Math.min(...along);
  });
  const across = axes.reduce<Axis>((flattest, axis) => (extent[axis] < extent[flattest] ? axis : flattest), 2);
  if (extent[across] >= flatWithin)
    throw unsuitable('The lasso runs across slices: draw it on one slice, in a view that is not oblique.');
  const [u, v] = axes.filter((axis) => axis !== across) as [Axis, Axis];
  const flat = corners.map((corner): Point => [corner[u], corner[v]]);
  if (crossesItself(flat)) throw unsuitable('The outline of the lasso crosses itself.');

  const middle = corners.reduce((sum, corner) => sum + corner[across], 0) / corners.length;
  const last = lastPositions(grid);
  if (middle < -margin || middle > last[across] + margin) throw unsuitable('The lasso is outside of the images.');
  const plane =
    across === 2 && grid.slicePositions !== undefined
      ? nearestSlice(grid, middle)
      : Math.min(last[across], Math.max(0, Math.round(middle)));

  const steps = [1, grid.size[0], grid.size[0] * grid.size[1]] as const;
  const positionOf = (n: number, axis: Axis): number => (axis === 2 ? slicePosition(grid, n) : n);
  const voxels: number[] = [];
  for (let b = 0; b < grid.size[v]; b++) {
    const crossings = crossingsOf(flat, positionOf(b, v));
    for (let n = 1; n < crossings.length; n += 2)
      for (let a = 0; a < grid.size[u]; a++) {
        const at = positionOf(a, u);
        if (at >= crossings[n - 1]! && at < crossings[n]!)
          voxels.push(a * steps[u] + b * steps[v] + plane * steps[across]);
      }
  }
  if (voxels.length === 0) throw unsuitable('The lasso encloses no voxel of the images.');
  return { voxels: Uint32Array.from(voxels), part, lasso: { across, plane, throughSlices } };
}

type Point = readonly [u: number, v: number];

/** Where a line of constant v meets the edges of an outline, in ascending order: inside between each two. */
function crossingsOf(outline: readonly Point[], v: number): readonly number[] {
  const crossings: number[] = [];
  forEachEdge(outline, ([au, av], [bu, bv]) => {
    if (av <= v !== bv <= v) crossings.push(au + ((v - av) / (bv - av)) * (bu - au));
  });
  return crossings.sort((a, b) => a - b);
}

/**
 * Whether two edges cross. An outline that only touches itself is none: a hand that trembles goes back the way that it
 * came.
 */
function crossesItself(outline: readonly Point[]): boolean {
  const edges: (readonly [Point, Point])[] = [];
  forEachEdge(outline, (a, b) => edges.push([a, b]));
  return edges.some(([a, b], n) => edges.slice(n + 1).some(([c, d]) => cross(a, b, c, d)));
}

function forEachEdge(outline: readonly Point[], visit: (from: Point, to: Point) => void): void {
  for (const [n, point] of outline.entries()) visit(outline.at(n - 1)!, point);
}

/** Whether the segments ab and cd have a point in common that is an end of neither. */
const cross = (a: Point, b: Point, c: Point, d: Point): boolean =>
  sideOf(c, d, a) * sideOf(c, d, b) < 0 && sideOf(a, b, c) * sideOf(a, b, d) < 0;

/** Above 0 on the left of the line from a to b, 0 on it. */
const sideOf = ([au, av]: Point, [bu, bv]: Point, [u, v]: Point): number =>
  Math.sign((bu - au) * (v - av) - (bv - av) * (u - au));

/** Of the outermost voxels along each axis. */
const lastPositions = (grid: SliceGrid): Vector3 => [
  grid.size[0] - 1,
  grid.size[1] - 1,
  slicePosition(grid, grid.size[2] - 1),
];

const vector = (value: (axis: Axis) => number): Vector3 => [value(0), value(1), value(2)];

const unsuitable = (what: string): PromptsegError => new PromptsegError('click-unsuitable', what);
