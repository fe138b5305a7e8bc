import { type Grid, voxelVolumeMl } from '../../../values/grid.js';
import { type Components, connectedComponents, selectComponents } from '../../connectedComponents.js';
import { dilateCells, erodeCells } from '../boxMorphology.js';
import { boundingBox, cropArray, cropGrid, pasteArray } from './boxes.js';
import { findLungFields } from './lungFields.js';
import type { RegionOperations } from './manifest.js';
import { close, complement } from './morphology.js';
import { piecesAtFaces } from './piecesAtFaces.js';
import { cellLps, type Torso } from './torso.js';

/** Coarse cells of the two lungs with their vessels, disjoint; empty for a lung that is not in the image. */
export interface Lungs {
  readonly left: Uint8Array;
  readonly right: Uint8Array;
  /** Whether the lungs touch over such a large area that only the midline plane could separate them. */
  readonly cutAtMidline: boolean;
}

const neither = 0;
const left = 1;
const right = 2;

/** A piece belongs to one side if at least this share of it is there. */
const pureShare = 0.85;
/** A seed has at least this share of the piece that it came from. */
const seedShare = 0.05;
/** Eroding further than this would lose the smaller lung. */
const mostErosions = 6;

/**
 * The two lungs. The affine determines the side (the patient's left is +x in LPS) relative to the body's centre.
 * Touching lungs are eroded until they separate, then grown back at the same rate.
 */
export function findLungs(torso: Torso, airways: Uint8Array | undefined, options: RegionOperations['lungs']): Lungs {
  const { grid, body } = torso;
  const air = torso.air.slice();
  const airwayWalls = airways && dilateCells(airways, grid.size, [1, 1, 1]);
  if (airwayWalls !== undefined) for (let n = 0; n < air.length; n++) if (airwayWalls[n] !== 0) air[n] = 0;
  const fields = findLungFields(torso, air, options);
  const { sides, cutAtMidline } = splitSides(torso, fields);
  const closed = (side: number) =>
    withVessels(
      sides.map((value) => (value === side ? 1 : 0)),
      grid,
      options,
    );
  const leftLung = closed(left);
  const rightLung = closed(right);
  for (let n = 0; n < body.length; n++) {
    const elsewhere = body[n] === 0 || airways?.[n] === 1;
    if (elsewhere || sides[n] === right || (rightLung[n] !== 0 && sides[n] !== left)) leftLung[n] = 0;
    if (elsewhere || leftLung[n] !== 0) rightLung[n] = 0;
  }
  return { left: leftLung, right: rightLung, cutAtMidline };
}

/** Side of every cell of the lung fields. */
function splitSides(torso: Torso, fields: Uint8Array): { sides: Uint8Array; cutAtMidline: boolean } {
  const sides = new Uint8Array(fields.length);
  const pieces = connectedComponents(fields, torso.grid.size, 'faces');
  const balance = sideOfPieces(pieces, torso);
  let cutAtMidline = false;
  for (let label = 1; label < pieces.cellCounts.length; label++) {
    if (balance[label] !== neither) {
      for (let n = 0; n < sides.length; n++) if (pieces.labels[n] === label) sides[n] = balance[label]!;
      continue;
    }
    const piece = selectComponents(pieces, (other) => other === label);
    const seeds = seedsBySide(piece, pieces.cellCounts[label]!, torso);
    if (seeds !== undefined) growSeeds(sides, piece, seeds, torso.grid);
    else {
      cutAtMidline = true;
      for (let n = 0; n < sides.length; n++) if (piece[n] !== 0) sides[n] = sideOfCell(n, torso);
    }
  }
  return { sides, cutAtMidline };
}

/** Side of each labelled piece, or `neither` if it is on both. */
function sideOfPieces({ labels, cellCounts }: Components, torso: Torso): Uint8Array {
  const onLeft = new Int32Array(cellCounts.length);
  for (let n = 0; n < labels.length; n++) if (labels[n] !== 0 && sideOfCell(n, torso) === left) onLeft[labels[n]!]!++;
  return Uint8Array.from(cellCounts, (count, label) => {
    const share = onLeft[label]! / count;
    return share >= pureShare ? left : share <= 1 - pureShare ? right : neither;
  });
}

const sideOfCell = (n: number, { grid, centroid }: Torso): number => (cellLps(n, grid)[0] > centroid[0] ? left : right);

/** Erodes a piece that is on both sides until it separates into parts of one side each; undefined if it does not. */
function seedsBySide(piece: Uint8Array, cells: number, torso: Torso): Uint8Array | undefined {
  let eroded = piece;
  for (let round = 0; round < mostErosions; round++) {
    eroded = erodeCells(eroded, torso.grid.size, [1, 1, 1]);
    const parts = connectedComponents(eroded, torso.grid.size, 'faces');
    const sides = sideOfPieces(parts, torso);
    const big = [...sides].filter((_, label) => label > 0 && parts.cellCounts[label]! >= seedShare * cells);
    if (big.length === 0) return undefined;
    if (big.includes(neither)) continue;
    if (!big.includes(left) || !big.includes(right)) return undefined;
    const seeds = new Uint8Array(piece.length);
    for (let n = 0; n < seeds.length; n++) seeds[n] = sides[parts.labels[n]!]!;
    return seeds;
  }
  return undefined;
}

/** Gives every cell of the piece the side of the seed that reaches it first, by steps over faces. */
function growSeeds(sides: Uint8Array, piece: Uint8Array, seeds: Uint8Array, { size: [nx, ny, nz] }: Grid): void {
  let shell: number[] = [];
  for (let n = 0; n < seeds.length; n++)
    if (seeds[n] !== neither) {
      sides[n] = seeds[n]!;
      shell.push(n);
    }
  while (shell.length > 0) {
    const next: number[] = [];
    for (const n of shell) {
      const visit = (neighbour: number) => {
        if (piece[neighbour] === 0 || sides[neighbour] !== neither) return;
        sides[neighbour] = sides[n]!;
        next.push(neighbour);
      };
      const i = n % nx;
      const j = ((n - i) / nx) % ny;
      const k = Math.floor(n / (nx * ny));
      if (i > 0) visit(n - 1);
      if (i + 1 < nx) visit(n + 1);
      if (j > 0) visit(n - nx);
      if (j + 1 < ny) visit(n + nx);
      if (k > 0) visit(n - nx * ny);
      if (k + 1 < nz) visit(n + nx * ny);
    }
    shell = next;
  }
}

/** Closing, then filling of enclosed holes up to a size: vessels, small nodules, the hilum's branches. */
function withVessels(
  lung: Uint8Array,
  grid: Grid,
  { closingMm, largestHoleMl }: RegionOperations['lungs'],
): Uint8Array {
  // Larger than the reach of closing, so that the box cuts nothing.
  const box = boundingBox(lung, grid.size, 2 + Math.ceil(closingMm));
  if (box === undefined) return lung;
  const boxGrid = cropGrid(grid, box);
  const closed = close(cropArray(lung, grid.size, box), boxGrid, closingMm);
  const gaps = connectedComponents(complement(closed), box.size, 'faces');
  const cellMl = voxelVolumeMl(grid);
  const edge = piecesAtFaces(gaps, box.size, [0, 1, 2]);
  for (let n = 0; n < closed.length; n++) {
    const gap = gaps.labels[n]!;
    if (gap > 0 && edge[gap] === 0 && gaps.cellCounts[gap]! * cellMl <= largestHoleMl) closed[n] = 1;
  }
  return pasteArray(closed, grid.size, box);
}
