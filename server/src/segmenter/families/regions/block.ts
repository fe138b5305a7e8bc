import type { Vector3 } from '../../../values/affine.js';
import { type SliceGrid, slicePosition, spacing } from '../../../values/grid.js';
import { getBit } from '../../../values/maskBits.js';
import type { Block } from '../../clickable.js';

/** Distances between the voxels of a volume, in mm; shear is ignored. */
export interface VoxelDistances {
  readonly size: Vector3;
  readonly column: number;
  readonly row: number;
  /** Positions of the slices along their axis. */
  readonly slices: readonly number[];
}

export function distancesOn(grid: SliceGrid): VoxelDistances {
  const [column, row, slice] = spacing(grid);
  const slices = Array.from({ length: grid.size[2] }, (_, k) => slice * slicePosition(grid, k));
  return { size: grid.size, column, row, slices };
}

/** The voxels within `radius` mm of a voxel along each axis, and one more on each side, inside the volume. */
export function blockAround([i, j, k]: Vector3, radius: number, { size, column, row, slices }: VoxelDistances): Block {
  const [across, down] = [Math.ceil(radius / column), Math.ceil(radius / row)];
  let [from, to] = [k, k];
  while (from > 0 && slices[k]! - slices[from]! <= radius) from--;
  while (to < size[2] - 1 && slices[to]! - slices[k]! <= radius) to++;
  const [left, right] = [Math.max(0, i - across - 1), Math.min(size[0] - 1, i + across + 1)];
  const [top, bottom] = [Math.max(0, j - down - 1), Math.min(size[1] - 1, j + down + 1)];
  return { first: [left, top, from], size: [right - left + 1, bottom - top + 1, to - from + 1] };
}

/** The voxel of an index in a volume. */
export const voxelAt = (index: number, [columns, rows]: Vector3): Vector3 => [
  index % columns,
  Math.floor(index / columns) % rows,
  Math.floor(index / (columns * rows)),
];

/** The block around several voxels, given by their indices in the volume: all of {@link blockAround} each. */
export function blockAroundAll(voxels: Uint32Array, radius: number, distances: VoxelDistances): Block {
  const least: [number, number, number] = [Infinity, Infinity, Infinity];
  const greatest: [number, number, number] = [0, 0, 0];
  for (const index of voxels)
    for (const [axis, at] of voxelAt(index, distances.size).entries()) {
      least[axis] = Math.min(least[axis]!, at);
      greatest[axis] = Math.max(greatest[axis]!, at);
    }
  const { first } = blockAround(least, radius, distances);
  const end = blockAround(greatest, radius, distances);
  const sizeAlong = (axis: 0 | 1 | 2): number => end.first[axis] + end.size[axis] - first[axis];
  return { first, size: [sizeAlong(0), sizeAlong(1), sizeAlong(2)] };
}

/** Indices in a block of those voxels of the volume that are in it. */
export function indicesIn({ first, size }: Block, voxels: Uint32Array, volume: Vector3): readonly number[] {
  const indices: number[] = [];
  for (const index of voxels) {
    const voxel = voxelAt(index, volume);
    const [i, j, k] = [voxel[0] - first[0], voxel[1] - first[1], voxel[2] - first[2]];
    if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) continue;
    indices.push(i + size[0] * (j + size[1] * k));
  }
  return indices;
}

/** Number of voxels. */
export const extentOf = ({ size: [columns, rows, slices] }: Block): number => columns * rows * slices;

/** Calls `visit` for every line of columns: its first index in the block, and that in the volume. */
export function forEachLine(
  { first, size }: Block,
  volume: Vector3,
  visit: (inBlock: number, inVolume: number, row: number, slice: number) => void,
): void {
  for (let k = 0, n = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++, n += size[0])
      visit(n, first[0] + volume[0] * (first[1] + j + volume[1] * (first[2] + k)), j, k);
}

/** The part of a mask in a block: 1 inside, 0 outside. */
export function cutMask(bits: Uint8Array, volume: Vector3, block: Block): Uint8Array {
  const cut = new Uint8Array(extentOf(block));
  forEachLine(block, volume, (n, voxel) => {
    for (let i = 0; i < block.size[0]; i++) if (getBit(bits, voxel + i)) cut[n + i] = 1;
  });
  return cut;
}

/** The values of a volume in a block. */
export function cutValues(voxels: Int16Array | Float32Array, volume: Vector3, block: Block): Float32Array {
  const cut = new Float32Array(extentOf(block));
  forEachLine(block, volume, (n, voxel) => cut.set(voxels.subarray(voxel, voxel + block.size[0]), n));
  return cut;
}

/** Flips the bits of a mask where `changed` is 1. */
export function flipBits(bits: Uint8Array, volume: Vector3, block: Block, changed: Uint8Array): void {
  forEachLine(block, volume, (n, voxel) => {
    for (let i = 0; i < block.size[0]; i++)
      if (changed[n + i] === 1) bits[(voxel + i) >>> 3]! ^= 1 << ((voxel + i) & 7);
  });
}

/** Distances in mm from each slice of a block to the next. */
export const stepsOf = ({ first, size }: Block, { slices }: VoxelDistances): readonly number[] =>
  Array.from({ length: size[2] - 1 }, (_, k) => slices[first[2] + k + 1]! - slices[first[2] + k]!);

/** Squared distance of every voxel of a block from a voxel of the volume, in mm². */
export function squaredDistancesFrom([ci, cj, ck]: Vector3, block: Block, distances: VoxelDistances): Float32Array {
  const { first, size } = block;
  const squared = new Float32Array(extentOf(block));
  const across = Float32Array.from({ length: size[0] }, (_, i) => ((first[0] + i - ci) * distances.column) ** 2);
  for (let k = 0, n = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) {
      const rest =
        (distances.slices[first[2] + k]! - distances.slices[ck]!) ** 2 + ((first[1] + j - cj) * distances.row) ** 2;
      for (let i = 0; i < size[0]; i++, n++) squared[n] = rest + across[i]!;
    }
  return squared;
}
