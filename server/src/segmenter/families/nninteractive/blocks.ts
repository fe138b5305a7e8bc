import type { Vector3 } from '../../../values/affine.js';
import { getBit } from '../../../values/maskBits.js';
import type { Block } from '../../clickable.js';

/** The part of a block that is inside an image or another block; undefined if there is none. */
export function overlapOf(a: Block, b: Block): Block | undefined {
  const first = map((axis) => Math.max(a.first[axis], b.first[axis]));
  const size = map((axis) => Math.min(a.first[axis] + a.size[axis], b.first[axis] + b.size[axis]) - first[axis]);
  return size.every((length) => length > 0) ? { first, size } : undefined;
}

/** All voxels of a grid. */
export const wholeOf = (size: Vector3): Block => ({ first: [0, 0, 0], size });

/** The smallest block around some. */
export function hullOf([one, ...others]: readonly [Block, ...Block[]]): Block {
  return others.reduce((a, b) => {
    const first = map((axis) => Math.min(a.first[axis], b.first[axis]));
    const end = map((axis) => Math.max(a.first[axis] + a.size[axis], b.first[axis] + b.size[axis]));
    return { first, size: map((axis) => end[axis] - first[axis]) };
  }, one);
}

export const extentOf = ({ size: [columns, rows, slices] }: Block): number => columns * rows * slices;

/** One value per axis. */
export const map = (value: (axis: 0 | 1 | 2) => number): Vector3 => [value(0), value(1), value(2)];

/**
 * Calls `visit` for every line of columns that two blocks share.
 * @param visit gets the index of the line's first voxel in each block, and its length
 */
export function forEachSharedLine(a: Block, b: Block, visit: (inA: number, inB: number, length: number) => void): void {
  const shared = overlapOf(a, b);
  if (shared === undefined) return;
  const [columns, rows, slices] = shared.size;
  for (let k = 0; k < slices; k++)
    for (let j = 0; j < rows; j++) visit(indexIn(a, shared, j, k), indexIn(b, shared, j, k), columns);
}

function indexIn({ first, size }: Block, shared: Block, j: number, k: number): number {
  const [x, y, z] = map((axis) => shared.first[axis] - first[axis]);
  return x + size[0] * (y + j + size[1] * (z + k));
}

/**
 * The part of a mask in a block, which may extend beyond the image: 1 inside the mask, 0 outside.
 * @param size of the mask's grid
 */
export function cutBits(bits: Uint8Array, size: Vector3, block: Block): Uint8Array {
  const cut = new Uint8Array(extentOf(block));
  forEachSharedLine(block, wholeOf(size), (inBlock, inMask, length) => {
    for (let i = 0; i < length; i++) if (getBit(bits, inMask + i)) cut[inBlock + i] = 1;
  });
  return cut;
}

/** Puts the part of `cells` of a block that is on the grid into a mask. */
export function pasteBits(bits: Uint8Array, size: Vector3, block: Block, cells: Uint8Array): void {
  forEachSharedLine(block, wholeOf(size), (inBlock, inMask, length) => {
    for (let i = 0; i < length; i++) {
      const voxel = inMask + i;
      if (cells[inBlock + i] === 1) bits[voxel >>> 3]! |= 1 << (voxel & 7);
      else bits[voxel >>> 3]! &= ~(1 << (voxel & 7));
    }
  });
}

/** Copies the cells that both blocks have. */
export function copyCells(from: Uint8Array, source: Block, to: Uint8Array, target: Block): void {
  forEachSharedLine(source, target, (inSource, inTarget, length) => {
    to.set(from.subarray(inSource, inSource + length), inTarget);
  });
}
