import { stopIfCancelled } from '../platform/stopIfCancelled.js';
import { type Grid, voxelCount } from '../values/grid.js';
import { emptyBits, setBit } from '../values/maskBits.js';
import { voxelToVoxel } from './orientedGrid.js';
import type { ProbabilityMap } from './probabilityMap.js';
import { lineOf, lineWithin } from './trilinear.js';

// As in resample.ts, for Jest.
const { max, min } = Math;

/** How probabilities become a mask; see the manifest's `decision`. */
export type Decision = { readonly kind: 'threshold'; readonly threshold: number } | { readonly kind: 'argmax' };

/** Marks a cell that must be interpolated; every other cell contains its result: a channel, or `channels` for none. */
const mixed = 0xffff;

/**
 * Maps blended probabilities back to the source grid and decides there. At the centre of every source voxel all
 * channels are interpolated (trilinear, by one affine map), then
 *   threshold  the voxel is in channel c if its probability is greater than the threshold;
 *   argmax     the voxel is in the channel with the greatest probability, unless 1 − their sum is at least as great.
 * Source voxels outside the model grid are in no channel.
 *
 * Cells whose eight corners agree are decided without interpolation: what is true at all corners (all at or below the
 * threshold; the same channel greatest) is true for their weighted means. With argmax, neither are cells in which no
 * target's channel can be the greatest.
 *
 * @param targets for each target its channels; a voxel is in a target if it is in one of them
 * @returns the bits of one mask per target (see {@link Mask}), on `source`
 * @throws PromptsegError `cancelled`
 */
export async function restoreToSourceGrid(
  map: ProbabilityMap,
  source: Grid,
  decision: Decision,
  targets: readonly (readonly number[])[],
  signal: AbortSignal,
): Promise<Uint8Array[]> {
  const { channels, values } = map;
  const masks = targets.map(() => emptyBits(voxelCount(source)));
  /** The masks that contain a channel's voxels; none for "no channel". */
  const masksOfChannel = Array.from({ length: channels + 1 }, (_, channel) =>
    masks.filter((_mask, target) => targets[target]!.includes(channel)),
  );
  const cells = decidedCells(map, decision);
  if (decision.kind === 'argmax') leaveOutHopeless(cells, map, new Set(targets.flat()));
  const probabilities = new Float64Array(channels);
  const matrix = voxelToVoxel(source, map.grid);
  const [nx, ny, nz] = map.grid.size;
  const [lastX, lastY, lastZ] = [Math.max(0, nx - 2), Math.max(0, ny - 2), Math.max(0, nz - 2)];
  const [alongX, alongY, alongZ] = [nx > 1 ? 1 : 0, ny > 1 ? nx : 0, nz > 1 ? nx * ny : 0];
  const [columns, rows, slices] = source.size;

  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      const { start, step } = lineOf(matrix, j, k);
      const { first, end } = lineWithin(start, step, map.grid.size, columns);
      const [x0, y0, z0] = start;
      const [dx, dy, dz] = step;
      const line = columns * (j + rows * k);
      for (let i = first; i < end; i++) {
        const x = min(max(x0 + i * dx, 0), nx - 1);
        const y = min(max(y0 + i * dy, 0), ny - 1);
        const z = min(max(z0 + i * dz, 0), nz - 1);
        const cellX = x >= lastX ? lastX : x | 0;
        const cellY = y >= lastY ? lastY : y | 0;
        const cellZ = z >= lastZ ? lastZ : z | 0;
        const cell = cellX + nx * (cellY + ny * cellZ);
        const channel = cells[cell]!;
        if (channel !== mixed) {
          for (const mask of masksOfChannel[channel]!) setBit(mask, line + i);
          continue;
        }
        interpolate(values, channels, cell, alongX, alongY, alongZ, x - cellX, y - cellY, z - cellZ, probabilities);
        if (decision.kind === 'argmax') {
          for (const mask of masksOfChannel[greatestChannel(probabilities, 0, channels)]!) setBit(mask, line + i);
          continue;
        }
        for (let c = 0; c < channels; c++)
          if (probabilities[c]! > decision.threshold) for (const mask of masksOfChannel[c]!) setBit(mask, line + i);
      }
    }
    await stopIfCancelled(signal);
  }
  return masks;
}

/** The result for every cell whose corners agree, `mixed` for others. A cell is identified by its lowest corner. */
function decidedCells({ grid, channels, values }: ProbabilityMap, decision: Decision): Uint16Array {
  const corner = new Uint16Array(voxelCount(grid));
  for (let n = 0; n < corner.length; n++) {
    const base = n * channels;
    if (decision.kind === 'argmax') {
      corner[n] = greatestChannel(values, base, channels);
    } else {
      let above = false;
      for (let c = 0; c < channels; c++) above ||= values[base + c]! > decision.threshold;
      corner[n] = above ? mixed : channels;
    }
  }
  return agreementAlong(agreementAlong(agreementAlong(corner, grid, 0), grid, 1), grid, 2);
}

/**
 * Decides cells in which no wanted channel can be the greatest: "no channel" is as good as any unwanted one. The
 * greatest of n channels and the rest is at least 1 / (n + 1), and a weighted mean is at most its greatest corner.
 */
function leaveOutHopeless(cells: Uint16Array, { grid, channels, values }: ProbabilityMap, wanted: Set<number>): void {
  const members = [...wanted];
  // A little less, because the means are rounded.
  const least = 0.999 / (channels + 1);
  let hopeful = new Uint8Array(cells.length);
  for (let n = 0; n < cells.length; n++)
    for (const channel of members)
      if (values[n * channels + channel]! >= least) {
        hopeful[n] = 1;
        break;
      }
  for (const axis of [0, 1, 2] as const) hopeful = eitherAlong(hopeful, grid, axis);
  for (let n = 0; n < cells.length; n++) if (cells[n] === mixed && hopeful[n] === 0) cells[n] = channels;
}

/** For every voxel, whether it or its next neighbour along an axis is set. */
function eitherAlong(set: Uint8Array<ArrayBuffer>, { size }: Grid, axis: 0 | 1 | 2): Uint8Array<ArrayBuffer> {
  const [nx, ny] = size;
  const stride = [1, nx, nx * ny][axis]!;
  const either = set.slice();
  // At the end of a line the next voxel is no neighbour: a cell more is interpolated there, and none is left out.
  for (let n = 0; n + stride < set.length; n++) either[n]! |= set[n + stride]!;
  return either;
}

/** For every voxel, the common value of it and its next neighbour along an axis, or `mixed`. */
function agreementAlong(channels: Uint16Array, { size }: Grid, axis: 0 | 1 | 2): Uint16Array {
  const [nx, ny, nz] = size;
  const stride = [1, nx, nx * ny][axis]!;
  const agreed = channels.slice();
  for (let z = 0; z < nz - (axis === 2 ? 1 : 0); z++)
    for (let y = 0; y < ny - (axis === 1 ? 1 : 0); y++) {
      const line = nx * (y + ny * z);
      for (let n = line; n < line + nx - (axis === 0 ? 1 : 0); n++)
        if (channels[n] !== channels[n + stride]) agreed[n] = mixed;
    }
  return agreed;
}

/** The first channel with the greatest probability, or `channels` if the rest, 1 − their sum, is at least as great. */
export function greatestChannel(values: Float32Array | Float64Array, base: number, channels: number): number {
  let best = channels;
  let greatest = -1;
  let sum = 0;
  for (let c = 0; c < channels; c++) {
    const value = values[base + c]!;
    sum += value;
    if (value > greatest) [best, greatest] = [c, value];
  }
  return greatest > 1 - sum ? best : channels;
}

/** All channels at a point of a cell; (fx, fy, fz) is its position inside, 0–1. */
function interpolate(
  values: Float32Array,
  channels: number,
  cell: number,
  alongX: number,
  alongY: number,
  alongZ: number,
  fx: number,
  fy: number,
  fz: number,
  out: Float64Array,
): void {
  out.fill(0);
  for (let corner = 0; corner < 8; corner++) {
    const [x, y, z] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight = (x ? fx : 1 - fx) * (y ? fy : 1 - fy) * (z ? fz : 1 - fz);
    if (weight === 0) continue;
    const base = (cell + x * alongX + y * alongY + z * alongZ) * channels;
    for (let c = 0; c < channels; c++) out[c]! += weight * values[base + c]!;
  }
}
