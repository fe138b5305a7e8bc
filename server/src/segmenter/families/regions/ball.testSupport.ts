import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Vector3 } from '../../../values/affine.js';
import { type Grid, type SliceGrid, voxelCount } from '../../../values/grid.js';
import { getBit, setBit } from '../../../values/maskBits.js';
import { randomNumbers } from '../../../values/randomNumbers.js';
import type { Volume } from '../../../values/volume.js';
import type { Block, GridClick, GridPrompt } from '../../clickable.js';
import { quiet, volumeOn } from '../../testSupport.js';
import { regionsManifestSchema } from './manifest.js';
import { openRegions } from './regions.js';

export const packaged = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../../../../models/regions/model.json'), 'utf8'),
);
const manifest = regionsManifestSchema.parse(packaged);
export const { correctByClicks } = openRegions(manifest);

export const grid: Grid = { size: [60, 50, 30], voxelToLps: [1, 0, 0, 5, 0, 1, 0, 7, 0, 0, 2, -9, 0, 0, 0, 1] };
export type Shape = (i: number, j: number, k: number) => boolean;
export const ball: Shape = (i, j, k) => Math.hypot(i - 30, j - 25, (k - 15) * 2) < 16;
/** A separate, equally bright structure. */
export const neighbour: Shape = (i, j, k) => i >= 2 && i < 10 && j >= 2 && j < 48 && k >= 3 && k < 27;

export function bitsOf(shape: Shape, { size }: SliceGrid = grid): Uint8Array {
  const bits = new Uint8Array(Math.ceil((size[0] * size[1] * size[2]) / 8));
  for (let k = 0, n = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) for (let i = 0; i < size[0]; i++, n++) if (shape(i, j, k)) setBit(bits, n);
  return bits;
}

/** Both structures are bright, with noise. */
export function image(on: SliceGrid = grid): Volume {
  const random = randomNumbers(7);
  const bright = bitsOf((i, j, k) => ball(i, j, k) || neighbour(i, j, k), on);
  const voxels = Int16Array.from({ length: voxelCount(on) }, (_, n) => (getBit(bright, n) ? 90 : 20) + 24 * random());
  return { ...volumeOn(grid, voxels), grid: on };
}

export const correct = (
  bits: Uint8Array,
  clicks: readonly GridPrompt[],
  volume = image(),
  earlier: readonly GridPrompt[] = [],
) => correctByClicks(volume, { grid: volume.grid, bits }, clicks, quiet(), earlier);
export const click = (voxel: Vector3, part: boolean): GridClick => ({ voxel, part });

/** Whether two masks are the same outside of a block. */
export function sameOutside(a: Uint8Array, b: Uint8Array, { first, size }: Block): boolean {
  return bitsOf((i, j, k) =>
    [i, j, k].every((at, axis) => at >= first[axis]! && at < first[axis]! + size[axis]!),
  ).every((inside, byte) => (a[byte]! & ~inside) === (b[byte]! & ~inside));
}
