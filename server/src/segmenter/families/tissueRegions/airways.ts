import { norm, subtract, type Vector3 } from '../../../values/affine.js';
import { faceArea, spacing } from '../../../values/grid.js';
import { connectedComponents } from '../../connectedComponents.js';
import { dilateCells } from '../boxMorphology.js';
import { planesAcross } from './anatomicalAxes.js';
import type { RegionOperations } from './manifest.js';
import { cellLps, centroidLps, type Torso } from './torso.js';

/** A round area of gas in one plane across the long axis. */
interface LumenArea {
  readonly plane: number;
  readonly cells: readonly number[];
  readonly centre: Vector3;
}

/**
 * Lumen of the trachea and the main bronchi as coarse cells; undefined without a trachea.
 *
 * A trachea is a stack of gas areas of a trachea's size near the midline, surrounded by soft tissue, that reaches above
 * the middle of the lungs. From it the gas is followed downwards, one shell of cells at a time, until a shell is wider
 * than the trachea by `leakFactor`: there the lumen has leaked into the lung or branched.
 */
export function findAirways(
  torso: Torso,
  lungFields: Uint8Array,
  options: RegionOperations['airways'],
): Uint8Array | undefined {
  const lungCentre = centroidLps(lungFields, torso.grid);
  if (lungCentre === undefined) return undefined;
  const trachea = stacksByLength(lumenAreas(torso, options), torso)
    .filter((stack) => stackLengthMm(stack, torso) >= options.tracheaMm)
    .find((stack) => Math.max(...stack.map(({ centre }) => centre[2])) > lungCentre[2]);
  return trachea && followLumen(torso, trachea, options.leakFactor);
}

function lumenAreas(
  { grid, axes, tissues, body, codes, centroid }: Torso,
  { smallestAreaMm2, largestAreaMm2, midlineMm }: RegionOperations['airways'],
): LumenArea[] {
  const planes = planesAcross(grid.size, axes.superior.axis);
  const { uCount, vCount, uStride, vStride, planeStride } = planes;
  const cellMm2 = faceArea(grid, axes.superior.axis);
  const found: LumenArea[] = [];
  const gas = new Uint8Array(uCount * vCount);
  for (let plane = 0; plane < planes.count; plane++) {
    const cellAt = (u: number, v: number) => plane * planeStride + u * uStride + v * vStride;
    let any = false;
    for (let v = 0; v < vCount; v++)
      for (let u = 0; u < uCount; u++) {
        const n = cellAt(u, v);
        const is = body[n] !== 0 && tissues.median[n] === codes.gas;
        gas[u + uCount * v] = is ? 1 : 0;
        any ||= is;
      }
    if (!any) continue;
    const { labels, cellCounts } = connectedComponents(gas, [uCount, vCount, 1], 'faces');
    const members: number[][] = cellCounts.map(() => []);
    for (let n = 0; n < labels.length; n++) if (labels[n] !== 0) members[labels[n]!]!.push(n);
    for (const flat of members) {
      const area = flat.length * cellMm2;
      if (area < smallestAreaMm2 || area > largestAreaMm2) continue;
      const us = flat.map((n) => n % uCount);
      const vs = flat.map((n) => Math.floor(n / uCount));
      const width = Math.max(...us) - Math.min(...us) + 1;
      const height = Math.max(...vs) - Math.min(...vs) + 1;
      // An ellipse fills π/4 of its box; a trachea is at most about twice as long as wide.
      if (Math.max(width, height) > 2.5 * Math.min(width, height) || flat.length < 0.45 * width * height) continue;
      const cells = flat.map((n) => cellAt(n % uCount, Math.floor(n / uCount)));
      const points = cells.map((n) => cellLps(n, grid));
      const centre = [0, 1, 2].map((axis) => points.reduce((sum, p) => sum + p[axis]!, 0) / points.length);
      if (Math.abs(centre[0]! - centroid[0]) > midlineMm) continue;
      if (wallShare(us, vs, uCount, vCount, (u, v) => tissues.median[cellAt(u, v)]! > codes.aerated) < 0.7) continue;
      found.push({ plane, cells, centre: centre as unknown as Vector3 });
    }
  }
  return found;
}

/** Share of tissue in the second ring of cells around an area; the first is partial volume. */
function wallShare(
  us: readonly number[],
  vs: readonly number[],
  uCount: number,
  vCount: number,
  isTissue: (u: number, v: number) => boolean,
): number {
  const u0 = Math.max(0, Math.min(...us) - 2);
  const v0 = Math.max(0, Math.min(...vs) - 2);
  const width = Math.min(uCount, Math.max(...us) + 3) - u0;
  const height = Math.min(vCount, Math.max(...vs) + 3) - v0;
  const area = new Uint8Array(width * height);
  us.forEach((u, index) => {
    area[u - u0 + width * (vs[index]! - v0)] = 1;
  });
  const inner = dilateCells(area, [width, height, 1], [1, 1, 0]);
  const outer = dilateCells(inner, [width, height, 1], [1, 1, 0]);
  let ring = 0;
  let wall = 0;
  for (let n = 0; n < outer.length; n++) {
    if (outer[n] === inner[n]) continue;
    ring++;
    if (isTissue(u0 + (n % width), v0 + Math.floor(n / width))) wall++;
  }
  return ring === 0 ? 0 : wall / ring;
}

/** Areas of neighbouring planes whose centres are within 8 mm, joined into stacks; longest first. */
function stacksByLength(areas: readonly LumenArea[], { grid, axes }: Torso): LumenArea[][] {
  const planeMm = spacing(grid)[axes.superior.axis];
  const stacks: LumenArea[][] = [];
  for (const area of areas) {
    const below = stacks.find((stack) => {
      const last = stack[stack.length - 1]!;
      const gap = area.plane - last.plane;
      return gap > 0 && gap <= 2 && norm(subtract(area.centre, last.centre)) <= 8 + gap * planeMm;
    });
    if (below === undefined) stacks.push([area]);
    else below.push(area);
  }
  return stacks.sort((a, b) => b.length - a.length);
}

function stackLengthMm(stack: readonly LumenArea[], { grid, axes }: Torso): number {
  return (stack[stack.length - 1]!.plane - stack[0]!.plane + 1) * spacing(grid)[axes.superior.axis];
}

/** Grows through gas, one shell of face neighbours at a time, but not above the stack. */
function followLumen({ grid, axes, tissues, body, codes }: Torso, trachea: readonly LumenArea[], leakFactor: number) {
  const [nx, ny, nz] = grid.size;
  const stride = [1, nx, nx * ny] as const;
  const { axis, sign } = axes.superior;
  const top = Math.max(...trachea.map(({ plane }) => plane * sign));
  const areas = trachea.map(({ cells }) => cells.length).sort((a, b) => a - b);
  const widest = leakFactor * areas[areas.length >> 1]!;
  const lumen = new Uint8Array(nx * ny * nz);
  let shell: number[] = [];
  for (const { cells } of trachea)
    for (const n of cells) {
      lumen[n] = 1;
      shell.push(n);
    }
  while (shell.length > 0) {
    const next: number[] = [];
    for (const n of shell) {
      const i = n % nx;
      const j = ((n - i) / nx) % ny;
      const k = Math.floor(n / (nx * ny));
      const position = [i, j, k];
      for (const along of [0, 1, 2] as const)
        for (const step of [-1, 1]) {
          const moved = position[along]! + step;
          if (moved < 0 || moved >= grid.size[along]) continue;
          if (along === axis && moved * sign > top) continue;
          const neighbour = n + step * stride[along];
          if (lumen[neighbour] !== 0 || body[neighbour] === 0 || tissues.median[neighbour] !== codes.gas) continue;
          lumen[neighbour] = 1;
          next.push(neighbour);
        }
    }
    if (next.length > widest) {
      for (const n of next) lumen[n] = 0;
      break;
    }
    shell = next;
  }
  return lumen;
}
